package io.chiaro.objective.list;

import io.chiaro.objective.ListDivergence;

/**
 * ADR-MSE: how far smooth ranks by score are from the ranks by grade, where the first ranks count most (Schlatt et al., "Rank-DistiLLM:
 * Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-Ranking", ECIR 2025, section 3; the smooth ranks are those
 * of Qin, Liu and Li, "A General Approximation Framework for Direct Optimization of Information Retrieval Measures", 2010):
 *
 * <pre>
 * rank(i) = 1 + sum over j != i of 1 / (1 + exp(s_i - s_j))
 * value = mean over candidates of (r_i - rank(i))^2 / log2(1 + r_i)      r the ranks by grade, from 1
 * </pre>
 *
 * Candidates of one grade share the mean of their ranks, which is what equal scores give them.
 */
public record ApproximateRanks() implements ListDivergence {

    @Override
    public long terms(double[] grades) {
        return ListLoss.isEven(grades) ? 0 : grades.length;
    }

    @Override
    public double sum(double[] scores, double[] grades, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            double rank = 1;
            double wanted = 1;
            for (int j = 0; j < scores.length; j++) {
                if (j != i) {
                    rank += Logistic.probability(scores[j] - scores[i]);
                    wanted += grades[j] > grades[i] ? 1 : grades[j] == grades[i] ? 0.5 : 0;
                }
            }
            double discount = Math.log(2) / Math.log1p(wanted);
            double error = rank - wanted;
            sum += discount * error * error;
            for (int j = 0; j < scores.length; j++) {
                if (j != i) {
                    double above = Logistic.probability(scores[j] - scores[i]);
                    double pull = 2 * discount * error * above * (1 - above);
                    gradient[j] += pull;
                    gradient[i] -= pull;
                }
            }
        }
        return sum;
    }
}
