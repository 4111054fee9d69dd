package io.chiaro.search.mining;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Pairs to learn from that a collection gives by itself, without labels and without a model: a part of a document as the question and
 * another part, or all of it, as the answer. The same seed gives the same pairs, and those of a document do not depend on other
 * documents, but for {@link Method#WORDS}, which asks what is usual in the collection.
 *
 * @param method how a question is made
 * @param perDocument pairs of a document, at least 1
 * @param seed of what is drawn
 */
public record PseudoQueries(Method method, int perDocument, long seed) {

    /** A text of fewer words gives no two parts. */
    private static final int FEWEST_WORDS = 8;

    /** A sentence or a span of fewer asks for nothing. */
    private static final int FEWEST_OF_A_SIDE = 4;

    /** How often a pair whose sides are the same text is drawn anew. */
    private static final int TRIES = 10;

    /** How a question is made of a document. */
    public enum Method {
        /**
         * Two spans, drawn independently: of 5 to 50 % of the words and at least four, at any place (Izacard et al., "Unsupervised Dense Information
         * Retrieval with Contrastive Learning", TMLR 2022, section 3.1).
         */
        CROPS,
        /**
         * A sentence asks for the rest of its text; one time in ten it stays in it, so that equal words count too (Lee, Chang and
         * Toutanova, "Latent Retrieval for Weakly Supervised Open Domain Question Answering", ACL 2019, section 4).
         */
        INVERSE_CLOZE,
        /** A sentence and one of the three behind it (contrastive context prediction, Wu et al., IJCAI 2022, section 3.1). */
        NEXT_SENTENCE,
        /**
         * Words that the text has and the collection has not ask for the text. A word w of document d is drawn, without putting back,
         * by p(w|d) log(p(w|d) / p(w|C)), where that is above 0: what it adds to the divergence of the document from the collection.
         * The number of words is 1 and a Poisson number of mean 3 (Ma et al., "B-PROP", SIGIR 2021, section 3, with counts where
         * the paper has the attention of a model).
         */
        WORDS,
        /** The title asks for the text. */
        TITLE;

        /** As it is written outside. */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What was made.
     *
     * @param documents read
     * @param pairs given
     * @param without documents that gave no pair: too short, without a title, or with no word of their own
     */
    public record Made(long documents, long pairs, long without) {}

    public PseudoQueries {
        if (perDocument < 1) {
            throw new IllegalArgumentException(
                    "PseudoQueries: expected at least 1 pair a document, but found " + perDocument);
        }
    }

    /**
     * Makes the pairs, document by document.
     *
     * @param documents the collection; read once, or twice for {@link Method#WORDS}, and closed each time
     */
    public Made of(Supplier<Stream<Document>> documents, Consumer<HardNegatives.Pair> pairs) {
        Optional<RepresentativeWords> words =
                method == Method.WORDS ? Optional.of(RepresentativeWords.of(documents)) : Optional.empty();
        long[] counts = new long[3];
        try (Stream<Document> read = documents.get()) {
            read.forEach(document -> {
                List<HardNegatives.Pair> made = pairs(document, words);
                made.forEach(pairs);
                counts[0]++;
                counts[1] += made.size();
                counts[2] += made.isEmpty() ? 1 : 0;
            });
        }
        return new Made(counts[0], counts[1], counts[2]);
    }

    private List<HardNegatives.Pair> pairs(Document document, Optional<RepresentativeWords> words) {
        RandomStream random = RandomStream.of(
                seed, "pseudo-queries " + document.id().length() + " " + document.id(), method.ordinal());
        List<HardNegatives.Pair> made = new ArrayList<>();
        int most = method == Method.TITLE ? 1 : perDocument;
        for (int i = 0; i < most; i++) {
            for (int tried = 0; tried < TRIES; tried++) {
                Optional<HardNegatives.Pair> pair = pair(document, words, random);
                // An answer that says no more than its question teaches nothing.
                if (pair.isPresent()
                        && !SearchedTexts.key(pair.get().anchor())
                                .equals(SearchedTexts.key(pair.get().positive()))
                        && !made.contains(pair.get())) {
                    made.add(pair.get());
                    break;
                }
            }
        }
        return made;
    }

    private Optional<HardNegatives.Pair> pair(
            Document document, Optional<RepresentativeWords> words, RandomStream random) {
        return switch (method) {
            case CROPS -> crops(document.content(), random);
            case INVERSE_CLOZE -> cloze(document, random);
            case NEXT_SENTENCE -> neighbours(document.text(), random);
            case WORDS ->
                words.orElseThrow()
                        .of(document.content(), random)
                        .map(query -> new HardNegatives.Pair(query, document.content()));
            case TITLE ->
                document.title().isBlank() || document.text().isBlank()
                        ? Optional.empty()
                        : Optional.of(new HardNegatives.Pair(document.title(), document.text()));
        };
    }

    private static Optional<HardNegatives.Pair> crops(String text, RandomStream random) {
        List<TextParts.Word> words = TextParts.words(text);
        return words.size() < FEWEST_WORDS
                ? Optional.empty()
                : Optional.of(new HardNegatives.Pair(crop(text, words, random), crop(text, words, random)));
    }

    private static String crop(String text, List<TextParts.Word> words, RandomStream random) {
        int least = Math.max(FEWEST_OF_A_SIDE, words.size() / 20);
        int length = least + random.nextInt(words.size() / 2 - least + 1);
        int from = random.nextInt(words.size() - length + 1);
        return text.substring(
                        words.get(from).start(), words.get(from + length - 1).end())
                .replaceAll("\\s+", " ");
    }

    private static Optional<HardNegatives.Pair> cloze(Document document, RandomStream random) {
        List<String> sentences = TextParts.sentences(document.text());
        List<Integer> askable = askable(sentences);
        if (sentences.size() < 2 || askable.isEmpty()) {
            return Optional.empty();
        }
        int asked = askable.get(random.nextInt(askable.size()));
        boolean stays = random.nextInt(10) == 0;
        List<String> rest = new ArrayList<>(sentences);
        if (!stays) {
            rest.remove(asked);
        }
        String answer = (document.title() + " " + String.join(" ", rest)).strip();
        return Optional.of(new HardNegatives.Pair(sentences.get(asked), answer));
    }

    private static Optional<HardNegatives.Pair> neighbours(String text, RandomStream random) {
        List<String> sentences = TextParts.sentences(text);
        List<Integer> askable = askable(sentences);
        if (askable.size() < 2) {
            return Optional.empty();
        }
        int first = askable.get(random.nextInt(askable.size()));
        List<Integer> behind = askable.stream()
                .filter(other -> other > first && other <= first + 3)
                .toList();
        return behind.isEmpty()
                ? Optional.empty()
                : Optional.of(new HardNegatives.Pair(
                        sentences.get(first), sentences.get(behind.get(random.nextInt(behind.size())))));
    }

    /** The places of the sentences that say enough to stand alone. */
    private static List<Integer> askable(List<String> sentences) {
        return IntStream.range(0, sentences.size())
                .filter(i -> TextParts.words(sentences.get(i)).size() >= FEWEST_OF_A_SIDE)
                .boxed()
                .toList();
    }
}
