package io.chiaro.objective.several;

/**
 * How much each of several objectives counts in a step. L_t is the weighted value of objective t, g_t its gradient to all
 * embeddings of the batch; every balance gives {@code g = sum_t share_t g_t}.
 *
 * <p>PCGrad and MGDA are stated for gradients to the parameters that objectives share. These are gradients to the embeddings,
 * which all objectives see alike: Sener and Koltun show (section 3.3, "MGDA-UB") that this minimises an upper bound of the
 * norm that matters, for one backward pass through the encoder instead of one an objective.
 */
public enum Balance {

    /** The weights that were given: {@code L = sum_t L_t}. */
    FIXED {
        @Override
        Shares of(double[] losses, double[][] products, double[] logVariances) {
            double[] ones = ones(losses.length);
            return new Shares(ones, ones, 0);
        }
    },

    /**
     * Weights that are learned (Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018,
     * eq. 7, with s_t the logarithm of the variance as in section 3.2):
     *
     * <pre>
     * L = sum_t exp(-s_t) L_t / 2 + s_t / 2        dL/ds_t = (1 - exp(-s_t) L_t) / 2
     * </pre>
     *
     * It needs values of at least 0: below, the variance would shrink without end.
     */
    UNCERTAINTY {
        @Override
        Shares of(double[] losses, double[][] products, double[] logVariances) {
            double[] shares = new double[losses.length];
            double constant = 0;
            for (int t = 0; t < shares.length; t++) {
                shares[t] = 0.5 * Math.exp(-logVariances[t]);
                constant += 0.5 * logVariances[t];
            }
            return new Shares(shares, shares, constant);
        }
    },

    /**
     * Projecting conflicting gradients (Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, algorithm 1); see
     * {@link ProjectedConflicts}. What is made small is still the sum of the L_t.
     */
    PCGRAD {
        @Override
        Shares of(double[] losses, double[][] products, double[] logVariances) {
            return new Shares(ProjectedConflicts.shares(products), ones(losses.length), 0);
        }
    },

    /**
     * The shortest mean of the gradients, which lets no objective rise (Désidéri, 2012; Sener and Koltun, "Multi-Task Learning
     * as Multi-Objective Optimization", NeurIPS 2018, eq. 3); see {@link MinimumNorm}. The value is the mean with these shares.
     */
    MGDA {
        @Override
        Shares of(double[] losses, double[][] products, double[] logVariances) {
            double[] shares = MinimumNorm.shares(products);
            return new Shares(shares, shares, 0);
        }
    };

    /**
     * How much each objective counts.
     *
     * @param gradient the share of each gradient
     * @param value the share of each value
     * @param constant added to the value
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Shares(double[] gradient, double[] value, double constant) {}

    /**
     * The shares of a step.
     *
     * @param losses L_t
     * @param products g_s . g_t
     * @param logVariances s_t
     */
    abstract Shares of(double[] losses, double[][] products, double[] logVariances);

    private static double[] ones(int count) {
        double[] ones = new double[count];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }
}
