package io.chiaro.objective.list;

/** The logistic function of a difference of scores. */
final class Logistic {

    private Logistic() {}

    /** 1 / (1 + exp(-x)). */
    static double probability(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** log(1 + exp(-x)), also where the exponential is beyond all numbers. */
    static double loss(double x) {
        return Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
