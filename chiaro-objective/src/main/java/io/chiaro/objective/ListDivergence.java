package io.chiaro.objective;

import java.util.Arrays;

/**
 * A divergence of the scores of a query's candidates from their grades, each row of a {@link ScoreTable} a list of its own length
 * and its targets the grades, one for each candidate and higher for better ones. The value is a mean over terms: candidates,
 * or pairs of them. How many a list has is told by its grades alone, so that a batch may be judged in parts.
 *
 * <p>Implementations are records whose components are the numbers that can be set. They keep nothing between calls.
 */
public non-sealed interface ListDivergence extends Divergence {

    /** How many terms a list has; 0 if it teaches nothing. */
    long terms(double[] grades);

    /**
     * The sum of a list's terms.
     *
     * @param gradient [k], zeros at the call; takes the gradient of the sum to each score
     */
    double sum(double[] scores, double[] grades, double[] gradient);

    /** A bound that the sum of a list's terms cannot fall below. */
    default double floor(double[] grades) {
        return 0;
    }

    @Override
    default Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    default Class<? extends Supervision> supervision() {
        return Supervision.GoldScores.class;
    }

    /** The mean over the terms of all lists; the anchors of the judgement are these terms. */
    @Override
    default Judgement judge(ScoreTable table) {
        double[][] gradient = table.zeros();
        long terms = 0;
        double sum = 0;
        double chance = 0;
        double floor = 0;
        for (int i = 0; i < table.rows(); i++) {
            double[] grades = table.targets()[i];
            long of = terms(grades);
            if (of > 0) {
                terms += of;
                sum += sum(table.scores()[i], grades, gradient[i]);
                chance += sum(new double[grades.length], grades, new double[grades.length]);
                floor += floor(grades);
            }
        }
        double count = Math.max(1, terms);
        for (double[] row : gradient) {
            Arrays.setAll(row, j -> row[j] / count);
        }
        return new Judgement(sum / count, chance / count, floor / count, gradient, terms);
    }
}
