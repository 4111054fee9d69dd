package io.chiaro.cli.quickstart;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.Json;
import io.chiaro.core.RandomStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A task: from a definition, find the word among all lemmas of WordNet.
 *
 * <p>The collection is every lemma, in lower case since the encoders here do not see case. A question is the definition
 * of a meaning, with all lemmas of that meaning hidden; those lemmas are the right answers. Training pairs are
 * (definition, lemma) of other meanings.
 *
 * <p>The rule that keeps training and test apart: a meaning asked about gives no training pair, and a pair whose lemma
 * is a right answer to any question is dropped, whatever its meaning. Questions have a definition that no other meaning
 * has, with at least three words shown. So training and test share no meaning, no lemma and no definition.
 *
 * <p>Equal lexicon, size and seed give equal dictionaries.
 *
 * @param entries the collection, in the order of lemmas
 * @param questions the test
 * @param pairs the training pairs, in the order of meanings
 * @param counts how many of what there are, and what was dropped
 */
public record ReverseDictionary(List<Entry> entries, List<Question> questions, List<Pair> pairs, Counts counts) {

    private static final int SHOWN_WORDS_OF_QUESTION = 3;

    public ReverseDictionary {
        entries = List.copyOf(entries);
        questions = List.copyOf(questions);
        pairs = List.copyOf(pairs);
    }

    /**
     * A document of the collection.
     *
     * @param lemma the lemma in lower case: its id, and all that an encoder sees
     * @param lexicalText what BM25 sees: the lemma, its synonyms, its hypernyms and its example sentences; no definition
     */
    public record Entry(String lemma, String lexicalText) {}

    /**
     * A test question.
     *
     * @param id the id of the meaning
     * @param definition the definition, its lemmas hidden
     * @param lemmas the right answers: all lemmas of the meaning
     */
    public record Question(String id, String definition, List<String> lemmas) {

        public Question {
            lemmas = List.copyOf(lemmas);
        }
    }

    /**
     * A training pair.
     *
     * @param meaning the id of the meaning; pairs of one meaning are not negatives of each other
     * @param definition the definition, all lemmas of the meaning hidden
     * @param lemma one of the meaning's lemmas
     */
    public record Pair(String meaning, String definition, String lemma) {}

    /**
     * What is in a dictionary.
     *
     * @param meanings meanings of the lexicon
     * @param lemmas lemmas of the collection
     * @param questions test definitions
     * @param answers lemmas that are a right answer to a question
     * @param pairs training pairs
     * @param trainingMeanings meanings that gave a training pair
     * @param trainingLemmas lemmas that occur in a training pair
     * @param crossingPairs pairs dropped because their lemma is a right answer to a question
     * @param questionPairs pairs not made because their meaning is asked about
     * @param emptyPairs pairs dropped because their definition shows no word
     */
    public record Counts(
            int meanings,
            int lemmas,
            int questions,
            int answers,
            int pairs,
            int trainingMeanings,
            int trainingLemmas,
            int crossingPairs,
            int questionPairs,
            int emptyPairs) {

        /** The rule and the counts, to print. */
        public List<String> lines() {
            return List.of(
                    format("collection: %,d lemmas of %,d meanings", lemmas, meanings),
                    format("test: %,d definitions with %,d right answers", questions, answers),
                    format(
                            "training: %,d pairs (definition, lemma) of %,d meanings and %,d lemmas",
                            pairs, trainingMeanings, trainingLemmas),
                    format(
                            "kept apart: training and test share no meaning and no lemma; %,d pairs of test meanings left"
                                    + " out, %,d crossing pairs dropped",
                            questionPairs, crossingPairs),
                    format(
                            "masked: a definition hides all lemmas of its meaning, their inflections and the words that"
                                    + " contain them as %s; %,d pairs without a shown word dropped",
                            LemmaMask.MASK, emptyPairs));
        }

        private static String format(String pattern, Object... values) {
            return String.format(Locale.ROOT, pattern, values);
        }
    }

    /**
     * Makes the task.
     *
     * @param questions how many test definitions; fewer only if the lexicon has no more that qualify
     * @param seed chooses the test definitions
     */
    public static ReverseDictionary of(Lexicon lexicon, int questions, long seed) {
        LemmaMask mask = new LemmaMask(lexicon.irregularForms());
        List<Pair> all = new ArrayList<>();
        Map<String, String> definitions = new LinkedHashMap<>();
        Map<String, Integer> definitionUses = new HashMap<>();
        Map<String, List<String>> lemmasOf = new HashMap<>();
        for (Lexicon.Meaning meaning : lexicon.meanings()) {
            String definition = mask.hide(meaning.definition(), meaning.lemmas());
            definitions.put(meaning.id(), definition);
            definitionUses.merge(folded(definition), 1, Integer::sum);
            List<String> lemmas = foldedLemmas(meaning);
            lemmasOf.put(meaning.id(), lemmas);
            lemmas.forEach(lemma -> all.add(new Pair(meaning.id(), definition, lemma)));
        }

        List<String> candidates = definitions.entrySet().stream()
                .filter(entry -> LemmaMask.shownWords(entry.getValue()) >= SHOWN_WORDS_OF_QUESTION)
                .filter(entry -> definitionUses.getOrDefault(folded(entry.getValue()), 0) == 1)
                .map(Map.Entry::getKey)
                .toList();
        List<Question> asked = new ArrayList<>();
        Set<String> askedMeanings = new HashSet<>();
        Set<String> answers = new HashSet<>();
        int[] order = RandomStream.of(seed, "quickstart-questions").permutation(candidates.size());
        for (int i = 0; i < Math.min(questions, order.length); i++) {
            String meaning = candidates.get(order[i]);
            List<String> lemmas = lemmasOf.getOrDefault(meaning, List.of());
            asked.add(new Question(meaning, definitions.getOrDefault(meaning, ""), lemmas));
            askedMeanings.add(meaning);
            answers.addAll(lemmas);
        }

        List<Pair> pairs = new ArrayList<>();
        Set<String> trainingMeanings = new HashSet<>();
        Set<String> trainingLemmas = new HashSet<>();
        int crossing = 0;
        int ofQuestions = 0;
        int empty = 0;
        for (Pair pair : all) {
            if (askedMeanings.contains(pair.meaning())) {
                ofQuestions++;
            } else if (answers.contains(pair.lemma())) {
                crossing++;
            } else if (LemmaMask.shownWords(pair.definition()) == 0) {
                empty++;
            } else {
                pairs.add(pair);
                trainingMeanings.add(pair.meaning());
                trainingLemmas.add(pair.lemma());
            }
        }
        List<Entry> entries = entries(lexicon);
        Counts counts = new Counts(
                lexicon.meanings().size(),
                entries.size(),
                asked.size(),
                answers.size(),
                pairs.size(),
                trainingMeanings.size(),
                trainingLemmas.size(),
                crossing,
                ofQuestions,
                empty);
        return new ReverseDictionary(entries, asked, pairs, counts);
    }

    private static List<Entry> entries(Lexicon lexicon) {
        Map<String, Lexicon.Meaning> byId = new HashMap<>();
        lexicon.meanings().forEach(meaning -> byId.put(meaning.id(), meaning));
        Map<String, Set<String>> texts = new TreeMap<>();
        for (Lexicon.Meaning meaning : lexicon.meanings()) {
            Set<String> text = new LinkedHashSet<>(meaning.lemmas());
            for (String broader : meaning.broader()) {
                Lexicon.Meaning above = byId.get(broader);
                if (above != null) {
                    text.addAll(above.lemmas());
                }
            }
            text.addAll(meaning.examples());
            foldedLemmas(meaning)
                    .forEach(lemma -> texts.computeIfAbsent(lemma, key -> new LinkedHashSet<>())
                            .addAll(text));
        }
        List<Entry> entries = new ArrayList<>();
        texts.forEach((lemma, text) -> entries.add(new Entry(lemma, String.join(". ", text))));
        return entries;
    }

    private static List<String> foldedLemmas(Lexicon.Meaning meaning) {
        return meaning.lemmas().stream()
                .map(ReverseDictionary::folded)
                .distinct()
                .toList();
    }

    private static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /**
     * Writes the task as files that {@code chiaro fit} and {@code chiaro eval} read: {@code train.jsonl} with anchor and
     * positive, the BEIR folder {@code test} over the lemmas, and the BEIR folder {@code test-bm25}, the same with the
     * texts that BM25 sees.
     */
    public void write(Path directory) {
        lines(directory.resolve("train.jsonl"), pairs, ReverseDictionary::training);
        for (String folder : List.of("test", "test-bm25")) {
            Path test = directory.resolve(folder);
            boolean bm25 = folder.equals("test-bm25");
            lines(
                    test.resolve("corpus.jsonl"),
                    entries,
                    entry -> document(entry.lemma(), bm25 ? entry.lexicalText() : entry.lemma()));
            lines(test.resolve("queries.jsonl"), questions, question -> document(question.id(), question.definition()));
            AtomicFiles.write(test.resolve("qrels/test.tsv"), out -> {
                out.write("query-id\tcorpus-id\tscore\n".getBytes(StandardCharsets.UTF_8));
                for (Question question : questions) {
                    for (String lemma : question.lemmas()) {
                        out.write((question.id() + "\t" + lemma + "\t1\n").getBytes(StandardCharsets.UTF_8));
                    }
                }
            });
        }
    }

    private static Map<String, Object> training(Pair pair) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("anchor", pair.definition());
        record.put("positive", pair.lemma());
        return record;
    }

    private static Map<String, Object> document(String id, String text) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("_id", id);
        document.put("text", text);
        return document;
    }

    /** An item as an object of a JSONL file. */
    private interface Line<T> {
        Map<String, ?> of(T item) throws IOException;
    }

    private static <T> void lines(Path file, List<T> items, Line<T> line) {
        AtomicFiles.write(file, out -> {
            for (T item : items) {
                out.write((Json.line(line.of(item)) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }
}
