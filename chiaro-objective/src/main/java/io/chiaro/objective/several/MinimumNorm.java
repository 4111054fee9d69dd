package io.chiaro.objective.several;

import java.util.Arrays;

/**
 * The shortest vector among the weighted means of gradients: {@code min |sum_t a_t g_t|} over a_t of at least 0 with sum 1.
 * Where it is 0 no direction helps all objectives; else its negative lowers each of them.
 *
 * <p>For two it has a closed form (Sener and Koltun, NeurIPS 2018, algorithm 1), {@code a_1 = ((g_2 - g_1) . g_2) / |g_1 - g_2|^2}
 * cut to 0 and 1. For more, that form moves weight again and again from the gradient that the mean points along most to the one
 * that it points along least, until both are alike: the method of Frank and Wolfe of their algorithm 2 with pairwise steps
 * (Lacoste-Julien and Jaggi, 2015, algorithm 2), which does not slow down near the end.
 *
 * <p>Nothing is scaled before, so an objective with small gradients gets a large share.
 */
final class MinimumNorm {

    private static final int ROUNDS = 1000;
    private static final double ENOUGH = 1e-12;

    private MinimumNorm() {}

    /**
     * The shares a_t.
     *
     * @param products g_s . g_t
     */
    static double[] shares(double[][] products) {
        int count = products.length;
        double[] shares = new double[count];
        Arrays.fill(shares, 1.0 / count);
        double size = 0;
        for (int t = 0; t < count; t++) {
            size += products[t][t];
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] along = along(products, shares);
            int least = 0;
            int most = -1;
            for (int t = 0; t < count; t++) {
                least = along[t] < along[least] ? t : least;
                most = shares[t] > 0 && (most < 0 || along[t] > along[most]) ? t : most;
            }
            double apart = products[most][most] - 2 * products[most][least] + products[least][least];
            if (!(along[most] - along[least] > ENOUGH * size) || !(apart > 0)) {
                break;
            }
            double moved = Math.min(shares[most], (along[most] - along[least]) / apart);
            shares[most] -= moved;
            shares[least] += moved;
        }
        return shares;
    }

    /** The product of each gradient with the mean. */
    private static double[] along(double[][] products, double[] shares) {
        double[] along = new double[shares.length];
        for (int s = 0; s < shares.length; s++) {
            for (int t = 0; t < shares.length; t++) {
                along[s] += products[s][t] * shares[t];
            }
        }
        return along;
    }
}
