package io.chiaro.model;

import io.chiaro.core.metric.DocumentOrder;
import java.util.ArrayList;
import java.util.List;

/** The best documents of a query so far: a heap whose root is the worst of them. One thread. */
final class BestHits {

    private final int depth;
    private final String[] ids;
    private final float[] scores;
    private int size;

    BestHits(int depth) {
        this.depth = depth;
        this.ids = new String[depth];
        this.scores = new float[depth];
    }

    /** Takes a document in if it is among the best. */
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

    /** The documents, best first, in trec_eval's order. */
    List<Hit> sorted() {
        List<Hit> hits = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            hits.add(new Hit(ids[i], scores[i]));
        }
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return hits;
    }
}
