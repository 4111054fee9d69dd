package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;

/**
 * Pointwise: {@code (s - g)^2}, the mean over candidates, where a grade is what the score itself should be, such as a teacher's (Hinton,
 * Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2.1: matching logits). Each candidate is judged alone.
 */
public record SquaredScore() implements ListDivergence {

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
            double error = scores[j] - grades[j];
            sum += error * error;
            gradient[j] += 2 * error;
        }
        return sum;
    }
}
