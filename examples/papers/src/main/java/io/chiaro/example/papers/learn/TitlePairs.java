package io.chiaro.example.papers.learn;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.RandomStream;
import io.chiaro.eval.RetrievalData;
import io.chiaro.example.papers.feed.Listing;
import io.chiaro.model.Document;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Pairs of titles and abstracts, in which no title and no abstract stands twice: the answer to a held-out title must not have been
 * learned by heart, and there must be one.
 *
 * @param pairs in the order of the data
 * @param left out: without a title or an abstract, or with one that another has
 */
public record TitlePairs(List<TitlePair> pairs, int left) {

    public TitlePairs {
        pairs = List.copyOf(pairs);
    }

    /** Those of a feed. */
    public static TitlePairs from(List<Listing> listings) {
        return distinct(listings.stream()
                .map(listing -> new TitlePair(listing.id(), listing.title(), listing.abstractText()))
                .toList());
    }

    /** Those of a collection with one document a line, {@code {"_id", "title", "text"}}, as SciFact's {@code corpus.jsonl.gz}. */
    public static TitlePairs from(Path collection) {
        try (Stream<Document> documents = Document.read(collection)) {
            return distinct(documents
                    .map(document -> new TitlePair(
                            document.id(),
                            document.title().strip(),
                            document.text().strip()))
                    .toList());
        }
    }

    private static TitlePairs distinct(List<TitlePair> all) {
        Set<String> texts = new HashSet<>(Set.of(""));
        List<TitlePair> kept = new ArrayList<>();
        for (TitlePair pair : all) {
            // Both are looked at: a title that is new may stand above an abstract that is not.
            boolean title = texts.add(pair.title().toLowerCase(Locale.ROOT));
            boolean text = texts.add(pair.abstractText().toLowerCase(Locale.ROOT));
            if (title && text) {
                kept.add(pair);
            }
        }
        return new TitlePairs(kept, all.size() - kept.size());
    }

    /** Pairs to learn from and pairs to judge by. */
    public record Split(List<TitlePair> training, List<TitlePair> heldOut) {}

    /**
     * Holds pairs out, drawn by the seed.
     *
     * @throws ChiaroException of kind usage if as many would be left to learn from as there are, or none
     */
    public Split split(int heldOut, long seed) {
        if (heldOut < 1 || heldOut >= pairs.size()) {
            throw ChiaroException.usage("--held-out: expected from 1 to " + (pairs.size() - 1) + " of " + pairs.size()
                    + " pairs, but found " + heldOut + ".");
        }
        int[] order = RandomStream.of(seed, "held-out pairs").permutation(pairs.size());
        List<TitlePair> training = new ArrayList<>();
        List<TitlePair> judged = new ArrayList<>();
        for (int i = 0; i < order.length; i++) {
            (i < heldOut ? judged : training).add(pairs.get(order[i]));
        }
        return new Split(training, judged);
    }

    /** Writes pairs as a run reads them: a title as the anchor, its abstract as the positive. */
    static void write(Path file, List<TitlePair> pairs) {
        StringBuilder lines = new StringBuilder();
        for (TitlePair pair : pairs) {
            lines.append(Json.line(Map.of("anchor", pair.title(), "positive", pair.abstractText())))
                    .append('\n');
        }
        AtomicFiles.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A search task: of all these abstracts, find the one that belongs to a title.
     *
     * @param among pairs whose abstracts stand there too, and whose titles nobody asks for
     */
    static RetrievalData task(List<TitlePair> pairs, List<TitlePair> among) {
        List<Document> documents = new ArrayList<>();
        Map<String, String> queries = new LinkedHashMap<>();
        Map<String, Map<String, Integer>> judgments = new LinkedHashMap<>();
        for (TitlePair pair : pairs) {
            documents.add(new Document(pair.id(), "", pair.abstractText()));
            queries.put(pair.id(), pair.title());
            judgments.put(pair.id(), Map.of(pair.id(), 1));
        }
        among.forEach(pair -> documents.add(new Document(pair.id(), "", pair.abstractText())));
        return RetrievalData.of("titles and abstracts", "held-out", documents, queries, judgments);
    }
}
