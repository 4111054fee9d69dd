package io.chiaro.objective;

/**
 * The scores of each anchor with its own candidates, in double precision.
 *
 * @param scores [N][k], scaled
 * @param relations [N][k]
 * @param targets what the supervision says: gold scores [N][1], a distribution or degrees [N][k], margins [N][k - 1] of candidate 0 over
 *     the others; [N][0] if the relations say it all
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScoreTable(double[][] scores, Relation[][] relations, double[][] targets) {

    /** The number of anchors. */
    public int rows() {
        return scores.length;
    }

    /** A gradient of zeros. */
    double[][] zeros() {
        double[][] zeros = new double[scores.length][];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = new double[scores[i].length];
        }
        return zeros;
    }

    /** How many cells of a row have a relation. */
    int count(int row, Relation relation) {
        int count = 0;
        for (Relation found : relations[row]) {
            if (found == relation) {
                count++;
            }
        }
        return count;
    }

    /** How many cells have a relation. */
    long count(Relation relation) {
        long count = 0;
        for (int i = 0; i < relations.length; i++) {
            count += count(i, relation);
        }
        return count;
    }

    /** Whether all candidates of a row are there. */
    boolean isWhole(int row) {
        return count(row, Relation.IGNORE) == 0;
    }
}
