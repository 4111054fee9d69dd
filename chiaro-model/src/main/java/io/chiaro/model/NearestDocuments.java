package io.chiaro.model;

import io.chiaro.core.metric.DocumentOrder;
import java.util.ArrayList;
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
    private final Best[] best;

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
        this.best = new Best[queries.length];
        Arrays.setAll(best, i -> new Best(depth));
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
        return Arrays.stream(best).map(Best::sorted).toList();
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

    /** A heap whose root is the worst of the best. */
    private static final class Best {
        private final int depth;
        private final String[] ids;
        private final float[] scores;
        private int size;

        Best(int depth) {
            this.depth = depth;
            this.ids = new String[depth];
            this.scores = new float[depth];
        }

        void offer(String id, float score) {
            if (size < depth) {
                ids[size] = id;
                scores[size] = score;
                size++;
                if (size == depth) {
                    for (int i = depth / 2 - 1; i >= 0; i--) {
                        sink(i);
                    }
                }
                return;
            }
            if (score < scores[0] || DocumentOrder.compare(score, id, scores[0], ids[0]) >= 0) {
                return;
            }
            ids[0] = id;
            scores[0] = score;
            sink(0);
        }

        private void sink(int start) {
            int i = start;
            while (true) {
                int worst = i;
                for (int child = 2 * i + 1; child <= 2 * i + 2 && child < size; child++) {
                    if (DocumentOrder.compare(scores[child], ids[child], scores[worst], ids[worst]) > 0) {
                        worst = child;
                    }
                }
                if (worst == i) {
                    return;
                }
                String id = ids[i];
                float score = scores[i];
                ids[i] = ids[worst];
                scores[i] = scores[worst];
                ids[worst] = id;
                scores[worst] = score;
                i = worst;
            }
        }

        List<Hit> sorted() {
            List<Hit> hits = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                hits.add(new Hit(ids[i], scores[i]));
            }
            hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
            return hits;
        }
    }
}
