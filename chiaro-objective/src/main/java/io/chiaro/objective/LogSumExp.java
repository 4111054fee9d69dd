package io.chiaro.objective;

/** log sum exp in double precision, with the largest term taken out. */
final class LogSumExp {

    private LogSumExp() {}

    /** log sum_i exp(x_i); minus infinity for no terms. */
    static double of(double[] values) {
        double result = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            result = add(result, value);
        }
        return result;
    }

    /** log(exp(a) + exp(b)). */
    static double add(double a, double b) {
        if (a == Double.NEGATIVE_INFINITY) {
            return b;
        }
        if (b == Double.NEGATIVE_INFINITY) {
            return a;
        }
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }
}
