package io.chiaro.objective;

/**
 * {@code ((s_positive - s_negative) - teacher's margin)^2}, the mean over negatives and anchors (Hofstaetter et al.,
 * "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation", 2020, eq. 5). Candidate 0 is
 * the positive.
 */
public record SquaredMargin() implements Divergence {

    @Override
    public Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.TeacherMargins.class;
    }

    @Override
    public Judgement judge(ScoreTable table) {
        double[][] gradient = table.zeros();
        long anchors = 0;
        for (int i = 0; i < table.rows(); i++) {
            anchors += table.isWhole(i) ? 1 : 0;
        }
        double sum = 0;
        double chance = 0;
        for (int i = 0; i < table.rows(); i++) {
            if (!table.isWhole(i)) {
                continue;
            }
            double[] scores = table.scores()[i];
            double weight = 1.0 / ((double) anchors * (scores.length - 1));
            for (int n = 1; n < scores.length; n++) {
                double margin = table.targets()[i][n - 1];
                double error = scores[0] - scores[n] - margin;
                sum += weight * error * error;
                chance += weight * margin * margin;
                gradient[i][0] += 2 * weight * error;
                gradient[i][n] -= 2 * weight * error;
            }
        }
        return new Judgement(sum, chance, 0.0, gradient, anchors);
    }
}
