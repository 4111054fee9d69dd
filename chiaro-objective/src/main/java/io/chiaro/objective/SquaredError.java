package io.chiaro.objective;

/**
 * {@code (s - gold)^2}, the mean over pairs (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, section 3, regression
 * objective). Its chance value is that of the best constant score, the variance of the gold scores.
 */
public record SquaredError() implements Divergence {

    @Override
    public Reach reach() {
        return Reach.PAIRWISE;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.GoldScores.class;
    }

    @Override
    public Judgement judge(ScoreTable table) {
        double[][] gradient = table.zeros();
        long anchors = 0;
        double gold = 0;
        for (int i = 0; i < table.rows(); i++) {
            if (table.isWhole(i)) {
                anchors++;
                gold += table.targets()[i][0];
            }
        }
        double mean = gold / Math.max(1, anchors);
        double sum = 0;
        double variance = 0;
        for (int i = 0; i < table.rows(); i++) {
            if (table.isWhole(i)) {
                double error = table.scores()[i][0] - table.targets()[i][0];
                double spread = mean - table.targets()[i][0];
                sum += error * error / anchors;
                variance += spread * spread / anchors;
                gradient[i][0] = 2 * error / anchors;
            }
        }
        return new Judgement(sum, variance, 0.0, gradient, anchors);
    }
}
