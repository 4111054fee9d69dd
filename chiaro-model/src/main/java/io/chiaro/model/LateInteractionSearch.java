package io.chiaro.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Exact search by late interaction for queries that are known before: every document is scored for each of them. The collection is
 * computed in pieces and forgotten, so that memory holds the vectors of the queries, their best documents and one piece. For judging; a
 * collection of more than some ten thousand documents is better searched by something faster and reranked.
 */
public final class LateInteractionSearch implements Ranker {

    private static final int PIECE = 256;

    private final String name;
    private final String description;
    private final int depth;
    private final Map<String, List<Hit>> found;

    private LateInteractionSearch(String name, String description, int depth, Map<String, List<Hit>> found) {
        this.name = name;
        this.description = description;
        this.depth = depth;
        this.found = found;
    }

    /**
     * Searches at once.
     *
     * @param model used by the thread that calls, and not closed
     * @param queries that may be asked for afterwards
     * @param depth how many documents are kept for each
     * @param threads of the scoring
     */
    public static LateInteractionSearch of(
            LateInteractionReranker model, Stream<Document> documents, List<String> queries, int depth, int threads) {
        List<TokenVectors> asked = model.vectors(queries, TextRole.QUERY);
        BestHits[] best = new BestHits[queries.size()];
        Arrays.setAll(best, q -> new BestHits(depth));
        List<Document> piece = new ArrayList<>();
        documents.forEachOrdered(document -> {
            piece.add(document);
            if (piece.size() == PIECE) {
                score(model, piece, asked, best, threads);
                piece.clear();
            }
        });
        score(model, piece, asked, best, threads);
        Map<String, List<Hit>> found = new LinkedHashMap<>();
        for (int q = 0; q < best.length; q++) {
            found.put(queries.get(q), best[q].sorted());
        }
        return new LateInteractionSearch(
                model.description().name(), "late interaction, exact, " + model.description(), depth, found);
    }

    private static void score(
            LateInteractionReranker model,
            List<Document> piece,
            List<TokenVectors> asked,
            BestHits[] best,
            int threads) {
        if (piece.isEmpty()) {
            return;
        }
        List<TokenVectors> vectors =
                model.vectors(piece.stream().map(Document::content).toList(), TextRole.DOCUMENT);
        // Each query belongs to one thread, so that the result does not depend on their number.
        IntStream.range(0, threads).parallel().forEach(share -> {
            for (int q = share; q < best.length; q += threads) {
                for (int d = 0; d < vectors.size(); d++) {
                    best[q].offer(piece.get(d).id(), asked.get(q).maxSim(vectors.get(d)));
                }
            }
        });
    }

    @Override
    public List<Hit> rank(String query, int most) {
        List<Hit> hits = found.get(query);
        if (hits == null || most > depth) {
            throw new IllegalArgumentException(
                    "LateInteractionSearch: expected a query that was searched for, and at most " + depth
                            + " documents, but found \"" + query + "\" and " + most);
        }
        return hits.subList(0, Math.min(most, hits.size()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {}
}
