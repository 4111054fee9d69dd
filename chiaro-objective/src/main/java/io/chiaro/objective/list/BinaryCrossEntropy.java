package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;

/**
 * Pointwise: {@code -g log p - (1 - g) log(1 - p)} with {@code p = 1 / (1 + exp(-s))}, the mean over candidates (Nogueira and Cho,
 * "Passage Re-ranking with BERT", 2019, section 3). Each candidate is judged alone; a grade is a probability, from 0 to 1.
 */
public record BinaryCrossEntropy() implements ListDivergence {

    @Override
    public Reach reach() {
        return Reach.PAIRWISE;
    }

    @Override
    public long terms(double[] grades) {
        return grades.length;
    }

    @Override
    public double sum(double[] scores, double[] grades, double[] gradient) {
        double sum = 0;
        for (int j = 0; j < scores.length; j++) {
            // -log p = log(1 + exp(-s)) and -log(1 - p) = -log p + s.
            sum += Logistic.loss(scores[j]) + (1 - grades[j]) * scores[j];
            gradient[j] += Logistic.probability(scores[j]) - grades[j];
        }
        return sum;
    }

    /** The entropy of the grades. */
    @Override
    public double floor(double[] grades) {
        double sum = 0;
        for (double grade : grades) {
            sum -= share(grade) + share(1 - grade);
        }
        return sum;
    }

    private static double share(double p) {
        return p > 0 ? p * Math.log(p) : 0;
    }
}
