package io.chiaro.search;

import io.chiaro.model.Hit;
import io.chiaro.model.MixingWeight;
import io.chiaro.model.Ranker;
import java.util.List;

/**
 * Words and vectors together: what one misses the other may find. A name, a number or a rare term is found by its letters, a
 * paraphrase by its meaning.
 *
 * @param words ranks by BM25, whose scores are at least 0
 * @param vectors ranks by cosine
 * @param fusion how two rankings become one
 * @param vectorWeight of the vectors, from 0 to 1; the words have the rest
 */
public record HybridRanker(Ranker words, Ranker vectors, Fusion fusion, double vectorWeight) implements Ranker {

    /** Words and vectors count alike. */
    public static final double EVEN = MixingWeight.EVEN;

    /** Documents that each side brings, at least: one that only the deep places of both hold can still come out on top. */
    static final int LEAST_DEPTH = 100;

    public HybridRanker {
        if (!(vectorWeight >= 0 && vectorWeight <= 1)) {
            throw new IllegalArgumentException(
                    "HybridRanker: expected a weight from 0 to 1, but found " + vectorWeight);
        }
    }

    @Override
    public List<Hit> rank(String query, int depth) {
        int looked = Math.max(LEAST_DEPTH, depth);
        return fused(words.rank(query, looked), vectors.rank(query, looked), fusion, vectorWeight, depth);
    }

    static List<Hit> fused(List<Hit> words, List<Hit> vectors, Fusion fusion, double vectorWeight, int depth) {
        return fused(words, vectors, List.of(), fusion, HybridShares.of(vectorWeight), depth);
    }

    /** All three sides; products of weights that are not below zero are not below zero. */
    static List<Hit> fused(
            List<Hit> words, List<Hit> vectors, List<Hit> sparse, Fusion fusion, HybridShares shares, int depth) {
        return fusion.of(
                List.of(
                        new Fusion.Ranking(words, shares.words(), 0),
                        new Fusion.Ranking(vectors, shares.vectors(), -1),
                        new Fusion.Ranking(sparse, shares.sparse(), 0)),
                depth);
    }

    @Override
    public String name() {
        return words.name() + " + " + vectors.name();
    }

    @Override
    public String description() {
        return words.description() + " with " + vectors.description() + ", fused by " + fusion.words()
                + ", weight of the vectors " + vectorWeight;
    }

    /** Closes both. */
    @Override
    public void close() {
        try (words;
                vectors) {
            // both are closed, also where the first fails
        }
    }
}
