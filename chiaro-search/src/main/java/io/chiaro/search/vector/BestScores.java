package io.chiaro.search.vector;

/**
 * The documents with the highest scores, in a heap whose size is set before: the root is the lowest score that is kept. It
 * remembers the highest score that it let go, which tells whether the last place was a draw.
 */
final class BestScores {

    private final float[] scores;
    private final int[] documents;
    private int size;
    private float highestDropped = Float.NEGATIVE_INFINITY;

    /** @param capacity at least 1 */
    BestScores(int capacity) {
        scores = new float[capacity];
        documents = new int[capacity];
    }

    int size() {
        return size;
    }

    int document(int at) {
        return documents[at];
    }

    float score(int at) {
        return scores[at];
    }

    /** The lowest score that is kept. */
    float lowest() {
        return scores[0];
    }

    /** Whether a document that was let go has the same score as the lowest that is kept. */
    boolean isDrawn() {
        return size > 0 && highestDropped == scores[0];
    }

    void add(int document, float score) {
        if (size < scores.length) {
            rise(size++, document, score);
        } else if (score > scores[0]) {
            highestDropped = scores[0];
            sink(document, score);
        } else if (score > highestDropped) {
            highestDropped = score;
        }
    }

    void addAll(BestScores others) {
        for (int i = 0; i < others.size; i++) {
            add(others.documents[i], others.scores[i]);
        }
        highestDropped = Math.max(highestDropped, others.highestDropped);
    }

    private void rise(int from, int document, float score) {
        int at = from;
        while (at > 0 && scores[(at - 1) / 2] > score) {
            put(at, documents[(at - 1) / 2], scores[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        put(at, document, score);
    }

    private void sink(int document, float score) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && scores[child + 1] < scores[child]) {
                child++;
            }
            if (scores[child] >= score) {
                break;
            }
            put(at, documents[child], scores[child]);
            at = child;
        }
        put(at, document, score);
    }

    private void put(int at, int document, float score) {
        documents[at] = document;
        scores[at] = score;
    }
}
