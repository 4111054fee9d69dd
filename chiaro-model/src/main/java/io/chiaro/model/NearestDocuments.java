package io.chiaro.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Exact search of many queries at once in a collection that comes in pieces: keeps the best documents of each query and
 * forgets the vectors. Memory is that of the queries, their best documents and one piece.
 *
 * <p>A piece is laid out with a column a document, so that the inner loop runs over documents next to each other and the
 * sum of each dot product is formed in one fixed order: the result is the same for any number of threads and any cut into
 * pieces.
 */
public final class NearestDocuments {

    private static final int TILE = 256;

    private final float[][] queries;
    private final int threads;
    private final BestHits[] best;

    /**
     * A search for some queries.
     *
     * @param queries vectors of one length
     * @param depth how many documents are kept for each
     * @param threads of the scoring
     */
    public NearestDocuments(float[][] queries, int depth, int threads) {
        this.queries = queries;
        this.threads = threads;
        this.best = new BestHits[queries.length];
        Arrays.setAll(best, i -> new BestHits(depth));
    }

    /** Scores a piece of the collection against all queries. */
    public void add(List<String> ids, float[][] vectors) {
        for (int start = 0; start < vectors.length; start += TILE) {
            int count = Math.min(TILE, vectors.length - start);
            float[] tile = transpose(vectors, start, count);
            List<String> tileIds = ids.subList(start, start + count);
            inParallel(share -> {
                float[] scores = new float[count];
                for (int q = share; q < queries.length; q += threads) {
                    score(queries[q], tile, scores);
                    for (int i = 0; i < count; i++) {
                        best[q].offer(tileIds.get(i), scores[i]);
                    }
                }
            });
        }
    }

    /** The best documents of each query, best first, in trec_eval's order. */
    public List<List<Hit>> hits() {
        return Arrays.stream(best).map(BestHits::sorted).toList();
    }

    private void inParallel(java.util.function.IntConsumer work) {
        if (threads == 1 || queries.length < 2 * threads) {
            for (int share = 0; share < threads; share++) {
                work.accept(share);
            }
            return;
        }
        IntStream.range(0, threads).parallel().forEach(work);
    }

    private static float[] transpose(float[][] vectors, int start, int count) {
        int dimension = vectors[start].length;
        float[] tile = new float[dimension * count];
        for (int i = 0; i < count; i++) {
            float[] vector = vectors[start + i];
            for (int k = 0; k < dimension; k++) {
                tile[k * count + i] = vector[k];
            }
        }
        return tile;
    }

    private static void score(float[] query, float[] tile, float[] scores) {
        int count = scores.length;
        Arrays.fill(scores, 0);
        for (int k = 0; k < query.length; k++) {
            float weight = query[k];
            int offset = k * count;
            for (int i = 0; i < count; i++) {
                scores[i] += weight * tile[offset + i];
            }
        }
    }
}
