package io.chiaro.objective.several;

/**
 * Gradients that conflict, each without its part against the others (Yu et al., "Gradient Surgery for Multi-Task Learning",
 * NeurIPS 2020, algorithm 1):
 *
 * <pre>
 * p = g_i;    for each j other than i:    if p . g_j < 0:    p = p - (p . g_j) / |g_j|^2 g_j
 * </pre>
 *
 * and the sum over i of what p has become. The paper draws the order of the j; here it is i + 1, i + 2, ... and round, so that
 * a step is a function of its batch. Of two objectives there is but one order.
 */
final class ProjectedConflicts {

    private ProjectedConflicts() {}

    /**
     * How much each gradient counts in that sum: a projection is a combination of the gradients, so their products are enough.
     *
     * @param products g_s . g_t
     */
    static double[] shares(double[][] products) {
        int count = products.length;
        double[] shares = new double[count];
        for (int i = 0; i < count; i++) {
            double[] of = new double[count];
            of[i] = 1;
            for (int offset = 1; offset < count; offset++) {
                int j = (i + offset) % count;
                double along = 0;
                for (int k = 0; k < count; k++) {
                    along += of[k] * products[k][j];
                }
                if (along < 0) {
                    of[j] -= along / products[j][j];
                }
            }
            for (int k = 0; k < count; k++) {
                shares[k] += of[k];
            }
        }
        return shares;
    }
}
