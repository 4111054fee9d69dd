package io.chiaro.objective;

/**
 * {@code max(0, s_negative - s_positive + margin)}, the mean over the pairs of a positive and a negative of an anchor and
 * then over anchors (Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, eq. 3, with scores for distances).
 *
 * @param margin by how much a positive must lead
 */
public record Hinge(double margin) implements Divergence {

    @Override
    public Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.SameItem.class;
    }

    @Override
    public Judgement judge(ScoreTable table) {
        double[][] gradient = table.zeros();
        double sum = 0;
        long anchors = 0;
        for (int i = 0; i < table.rows(); i++) {
            anchors += pairs(table, i) > 0 ? 1 : 0;
        }
        for (int i = 0; i < table.rows(); i++) {
            double[] scores = table.scores()[i];
            Relation[] relations = table.relations()[i];
            double weight = 1.0 / Math.max(1, (double) anchors * pairs(table, i));
            for (int p = 0; p < scores.length; p++) {
                for (int n = 0; n < scores.length; n++) {
                    double excess = scores[n] - scores[p] + margin;
                    if (relations[p] == Relation.POSITIVE && relations[n] == Relation.NEGATIVE && !(excess <= 0)) {
                        sum += weight * excess;
                        gradient[i][n] += weight;
                        gradient[i][p] -= weight;
                    }
                }
            }
        }
        return new Judgement(sum, anchors == 0 ? 0 : Math.max(0, margin), 0.0, gradient, anchors);
    }

    private static int pairs(ScoreTable table, int row) {
        return table.count(row, Relation.POSITIVE) * table.count(row, Relation.NEGATIVE);
    }
}
