package io.chiaro.objective;

/**
 * {@code factor * sum_j p_j (log p_j - log q_j)} with {@code q = softmax(s)}, the mean over anchors: the student's
 * distribution over the candidates against the teacher's (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
 * Network", 2015, section 2; the factor is the square of the student's temperature, which keeps the size of the gradient).
 *
 * @param factor above 0
 */
public record KullbackLeibler(double factor) implements Divergence {

    public KullbackLeibler {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("KullbackLeibler: the factor must be above 0, but was " + factor);
        }
    }

    @Override
    public Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    public Class<? extends Supervision> supervision() {
        return Supervision.TeacherSoftmax.class;
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
            double[] target = table.targets()[i];
            double normalizer = LogSumExp.of(scores);
            double weight = factor / anchors;
            for (int j = 0; j < scores.length; j++) {
                double logModel = scores[j] - normalizer;
                // p log p is 0 at p = 0.
                double entropy = target[j] > 0 ? target[j] * Math.log(target[j]) : 0;
                sum += weight * (entropy - target[j] * logModel);
                chance += weight * (entropy + target[j] * Math.log(scores.length));
                gradient[i][j] = weight * (Math.exp(logModel) - target[j]);
            }
        }
        return new Judgement(sum, chance, 0.0, gradient, anchors);
    }
}
