package io.chiaro.search.mining;

import io.chiaro.model.Embedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How near a model finds the two texts of pairs, and how many texts of a pool it finds nearer to the anchor than the positive (the
 * consistency-based filter of Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022, section 3). Texts of
 * the pool that belong to the same anchor, are the positive itself or the anchor again do not count, in any case and white space.
 *
 * <p>Pairs are handed in window by window. Memory is that of the vectors of the pool, of one window and of a tile of scores for each
 * thread. Sums are formed in one order: the result does not depend on threads or on the cut into windows, as far as the model's
 * vectors do not.
 */
public final class PairMeasuring {

    private static final int TILE = 256;

    private final Embedder model;
    private final List<Tile> tiles = new ArrayList<>();

    /**
     * What was found of a pair.
     *
     * @param cosine of anchor and positive
     * @param rank of the positive among itself and the pool, from 1
     */
    public record Measure(float cosine, int rank) {}

    /** Texts of the pool with a column each, [dimension, count], so that the inner loop runs over texts next to each other. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Tile(List<String> anchors, List<String> positives, float[] columns) {

        int nearer(String anchor, String positive, float[] query, float cosine) {
            int count = positives.size();
            float[] scores = new float[count];
            for (int k = 0; k < query.length; k++) {
                float value = query[k];
                int at = k * count;
                for (int c = 0; c < count; c++) {
                    scores[c] += value * columns[at + c];
                }
            }
            int nearer = 0;
            for (int c = 0; c < count; c++) {
                String text = positives.get(c);
                if (scores[c] > cosine
                        && !text.equals(positive)
                        && !text.equals(anchor)
                        && !anchors.get(c).equals(anchor)) {
                    nearer++;
                }
            }
            return nearer;
        }
    }

    /**
     * Embeds the pool.
     *
     * @param model embeds anchors as queries and positives as documents; stays with the caller
     * @param pool pairs whose positives the others are compared with; may be empty, and then every rank is 1
     */
    public PairMeasuring(Embedder model, List<HardNegatives.Pair> pool) {
        this.model = model;
        for (int from = 0; from < pool.size(); from += TextVectors.WINDOW) {
            List<HardNegatives.Pair> window = pool.subList(from, Math.min(pool.size(), from + TextVectors.WINDOW));
            float[][] vectors = TextVectors.of(model, positives(window), TextRole.DOCUMENT);
            for (int first = 0; first < vectors.length; first += TILE) {
                int end = Math.min(vectors.length, first + TILE);
                tiles.add(tile(window.subList(first, end), Arrays.copyOfRange(vectors, first, end)));
            }
        }
    }

    private static Tile tile(List<HardNegatives.Pair> pairs, float[][] vectors) {
        int count = vectors.length;
        float[] columns = new float[vectors[0].length * count];
        for (int c = 0; c < count; c++) {
            for (int k = 0; k < vectors[c].length; k++) {
                columns[k * count + c] = vectors[c][k];
            }
        }
        return new Tile(
                pairs.stream().map(pair -> SearchedTexts.key(pair.anchor())).toList(),
                pairs.stream().map(pair -> SearchedTexts.key(pair.positive())).toList(),
                columns);
    }

    private static List<String> positives(List<HardNegatives.Pair> pairs) {
        return pairs.stream().map(HardNegatives.Pair::positive).toList();
    }

    /** Measures a window of pairs, best some thousand at a time; in their order. */
    public List<Measure> of(List<HardNegatives.Pair> window) {
        float[][] queries = TextVectors.of(
                model, window.stream().map(HardNegatives.Pair::anchor).toList(), TextRole.QUERY);
        float[][] answers = TextVectors.of(model, positives(window), TextRole.DOCUMENT);
        return IntStream.range(0, queries.length)
                .parallel()
                .mapToObj(i -> measured(window.get(i), queries[i], answers[i]))
                .toList();
    }

    private Measure measured(HardNegatives.Pair pair, float[] query, float[] answer) {
        // In the same numbers and order as the scores of a tile, so that equal vectors give equal scores.
        float cosine = 0;
        for (int k = 0; k < query.length; k++) {
            cosine += query[k] * answer[k];
        }
        String anchor = SearchedTexts.key(pair.anchor());
        String positive = SearchedTexts.key(pair.positive());
        int nearer = 0;
        for (Tile tile : tiles) {
            nearer += tile.nearer(anchor, positive, query, cosine);
        }
        return new Measure(cosine, 1 + nearer);
    }
}
