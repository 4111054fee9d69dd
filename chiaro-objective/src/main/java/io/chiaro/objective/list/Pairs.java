package io.chiaro.objective.list;

/** Pairs of a list's candidates of which the first has the higher grade. */
final class Pairs {

    private Pairs() {}

    /** How much a pair counts. */
    @FunctionalInterface
    interface Weight {
        double of(int better, int worse);
    }

    static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("expected " + name + " above 0, but found " + value);
        }
    }

    /** How many there are. */
    static long count(double[] grades) {
        long pairs = 0;
        for (double better : grades) {
            for (double worse : grades) {
                pairs += better > worse ? 1 : 0;
            }
        }
        return pairs;
    }

    /** sum of w_ij log(1 + exp(-sigma (s_i - s_j))), where w_ij is held fixed; the gradient is added. */
    static double sum(double[] scores, double[] grades, double[] gradient, double sigma, Weight weight) {
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (grades[i] > grades[j]) {
                    double difference = sigma * (scores[i] - scores[j]);
                    double counts = weight.of(i, j);
                    double pull = counts * sigma * Logistic.probability(-difference);
                    sum += counts * Logistic.loss(difference);
                    gradient[i] -= pull;
                    gradient[j] += pull;
                }
            }
        }
        return sum;
    }
}
