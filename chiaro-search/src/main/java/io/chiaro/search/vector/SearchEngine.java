package io.chiaro.search.vector;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.ScoreDoc;

/** How an index finds the nearest vectors. */
public enum SearchEngine {

    /** Every vector is compared; nothing is missed. */
    EXACT {
        @Override
        public List<ScoreDoc> nearest(NearestVectors vectors, float[] query, int k) throws IOException {
            return vectors.exact(query, k);
        }

        @Override
        public String describe(Quantisation quantisation) {
            return "every vector compared";
        }
    },

    /** Every vector is compared in its short form ({@link Quantisation}), and the best are compared in full. */
    CODES {
        @Override
        public List<ScoreDoc> nearest(NearestVectors vectors, float[] query, int k) throws IOException {
            return vectors.coded(query, k);
        }

        @Override
        public String describe(Quantisation quantisation) {
            return "every " + quantisation.word() + " code compared, the best in full";
        }
    },

    /**
     * A graph is walked, which finds nearly all of the nearest (Malkov and Yashunin, "Efficient and robust approximate
     * nearest neighbor search using HNSW graphs", 2020).
     */
    HNSW {
        @Override
        public List<ScoreDoc> nearest(NearestVectors vectors, float[] query, int k) throws IOException {
            return vectors.walked(query, k);
        }

        @Override
        public String describe(Quantisation quantisation) {
            return "graph search with Lucene";
        }
    },

    /**
     * A graph over product codes is walked, and the best are compared in full (Subramanya et al., "DiskANN: Fast accurate
     * billion-point nearest neighbor search on a single node", 2019). Vectors that have no graph yet are compared one by one.
     */
    JVECTOR {
        @Override
        public List<ScoreDoc> nearest(NearestVectors vectors, float[] query, int k) throws IOException {
            return vectors.walkedByProductCodes(query, k);
        }

        @Override
        public String describe(Quantisation quantisation) {
            return "graph search over product codes with JVector, the best compared in full";
        }
    };

    /**
     * The nearest vectors of a snapshot, in no order and maybe more than were asked for, with their cosines.
     *
     * @param query of length one
     * @param k at least 1
     */
    public abstract List<ScoreDoc> nearest(NearestVectors vectors, float[] query, int k) throws IOException;

    /** What is done, for a report. */
    public abstract String describe(Quantisation quantisation);
}
