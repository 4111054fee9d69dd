package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;

/**
 * Slot 6: log w, what makes some candidates count more. It is added to their scores before a divergence sees them, so that every
 * divergence of rows takes any weights. A filling is a record whose components are the numbers that a recipe can set.
 */
public sealed interface Weights
        permits Weights.None,
                Weights.Hardness,
                Weights.LabelDistance,
                Weights.InversePropensity,
                Weights.OwnCluster,
                Weights.NearPositives,
                Weights.GuideBelow {

    /** Every candidate counts the same. */
    Weights NONE = new None();

    /** log w of every cell, [n, m]; gradients may flow through it. */
    Tensor logarithms(Strip strip);

    /** The strip with log w added to its scores. */
    default Strip weighed(Strip strip) {
        return strip.withScores(strip.scores().add(logarithms(strip)));
    }

    /** Whether it looks at the numbers that supervise rows. */
    default boolean scored() {
        return false;
    }

    /** Whether it looks at the classes of rows. */
    default boolean labelled() {
        return false;
    }

    /** Whether it looks at how near positives are, which is known of products alone. */
    default boolean readsPositives() {
        return false;
    }

    /** Whether it looks at what a guide makes of rows. */
    default boolean guided() {
        return false;
    }

    /** Every candidate counts the same. */
    record None() implements Weights {
        @Override
        public Tensor logarithms(Strip strip) {
            return strip.scores().multiply(0);
        }
    }

    /**
     * Near negatives count more: w_ij = exp(beta s_ij) / mean over negatives of exp(beta s_ik), and 1 for positives (Robinson et
     * al., "Contrastive Learning with Hard Negative Samples", ICLR 2021, section 3). The weights take part in the gradient.
     *
     * @param beta at least 0
     */
    record Hardness(double beta) implements Weights {
        public Hardness {
            if (!(beta >= 0)) {
                throw new IllegalArgumentException("Hardness: expected a beta of at least 0, but found " + beta);
            }
        }

        @Override
        public Tensor logarithms(Strip strip) {
            Tensor hardness = strip.scores().multiply(beta);
            Tensor mean = strip.logSumExp(hardness, strip.negatives())
                    .subtract(strip.count(strip.negatives()).atLeast(1).log());
            return hardness.subtract(mean.unsqueeze(1))
                    .maskedFill(strip.negatives().not(), 0);
        }
    }

    /**
     * Negatives count the more, the further their number is: log w_ij = slope |y_i - y_j|, and 0 for positives.
     *
     * @param slope below 0, if near ones should count more
     */
    record LabelDistance(double slope) implements Weights {
        @Override
        public Tensor logarithms(Strip strip) {
            return strip.targetDistances()
                    .multiply(slope)
                    .maskedFill(strip.negatives().not(), 0);
        }

        @Override
        public boolean scored() {
            return true;
        }
    }

    /**
     * A candidate that comes into a batch with the propensity y_j counts 1 / y_j (Yi et al., "Sampling-Bias-Corrected Neural
     * Modeling for Large Corpus Item Recommendations", RecSys 2019, eq. 4). The number that supervises a row is its propensity,
     * above 0.
     */
    record InversePropensity() implements Weights {
        @Override
        public Tensor logarithms(Strip strip) {
            Tensor propensities = strip.candidateNumbers();
            for (double propensity : propensities.toDoubles()) {
                if (!(propensity > 0)) {
                    throw ChiaroException.data(
                            "objective: expected propensities above 0, but found " + propensity + ". Mend the scores.");
                }
            }
            return propensities
                    .log()
                    .negate()
                    .unsqueeze(0)
                    .expand(strip.scores().shape());
        }

        @Override
        public boolean scored() {
            return true;
        }
    }

    /**
     * Negatives of the anchor's own cluster may well be positives that nobody told, and count less: w_ij = kept for them, and 1 for all
     * others (after Deng et al., "Clustering-Aware Negative Sampling for Unsupervised Sentence Representation", ACL Findings 2023, who
     * find such negatives by k-means and take them out of the denominator). The class of a row is its cluster.
     *
     * @param kept from 0, where they are left out, to 1
     */
    record OwnCluster(double kept) implements Weights {
        public OwnCluster {
            if (!(kept >= 0 && kept <= 1)) {
                throw new IllegalArgumentException("OwnCluster: expected a number from 0 to 1, but found " + kept);
            }
        }

        @Override
        public Tensor logarithms(Strip strip) {
            return strip.scores().multiply(0).maskedFill(strip.negatives().and(strip.sameClass()), Math.log(kept));
        }

        @Override
        public Strip weighed(Strip strip) {
            // A weight of zero leaves a cell out; its logarithm would make many a formula infinite.
            return kept == 0
                    ? strip.withMasks(
                            strip.positives(),
                            strip.negatives().and(strip.sameClass().not()))
                    : Weights.super.weighed(strip);
        }

        @Override
        public boolean labelled() {
            return true;
        }
    }

    /**
     * Positives that are near already draw less: log w_ip = (a_i - 1) s_ip, a_i = 2 - n softmax_i(c_i / sigma), over the n anchors with a
     * positive, c_i the mean cosine of an anchor with its positives, a held fixed; 0 for negatives. A divergence without positives in its
     * denominator so becomes -a_i s_ip + log sum over negatives of exp s_ik (Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, eq. 6).
     *
     * @param sigma above 0; the larger, the more evenly positives draw
     */
    record NearPositives(double sigma) implements Weights {
        public NearPositives {
            if (!(sigma > 0)) {
                throw new IllegalArgumentException("NearPositives: expected a sigma above 0, but found " + sigma);
            }
        }

        @Override
        public Tensor logarithms(Strip strip) {
            Tensor all = strip.nearness().all().divide(sigma);
            // Without any positive there is nothing that it could change.
            Tensor together = all.count() == 0 ? all.sum() : all.logSumExp(0, false);
            Tensor near = strip.nearness()
                    .own()
                    .divide(sigma)
                    .subtract(together)
                    .exp()
                    .multiply(all.count());
            return strip.scores()
                    .multiply(near.negate().add(1).unsqueeze(1))
                    .maskedFill(strip.positives().not(), 0);
        }

        @Override
        public boolean readsPositives() {
            return true;
        }
    }

    /**
     * Negatives count whose cosine by a guide is below a threshold; the others are false ones and are left out (Zhou et al., "Debiased
     * Contrastive Learning of Unsupervised Sentence Representations", ACL 2022, section 3.3):
     *
     * <pre>
     * w_ik = 0 if cos(g(x_i), g(x_k)) &gt;= threshold, else 1; 1 for positives
     * </pre>
     *
     * @param threshold of the guide's cosine
     */
    record GuideBelow(double threshold) implements Weights {
        @Override
        public Tensor logarithms(Strip strip) {
            return strip.scores().multiply(0).maskedFill(near(strip), Double.NEGATIVE_INFINITY);
        }

        private Tensor near(Strip strip) {
            Tensor far = strip.guide().negate().isGreater(-threshold);
            return strip.negatives().and(far.not());
        }

        @Override
        public Strip weighed(Strip strip) {
            // A weight of zero leaves a cell out; its logarithm would make many a formula infinite.
            return strip.withMasks(
                    strip.positives(), strip.negatives().and(near(strip).not()));
        }

        @Override
        public boolean guided() {
            return true;
        }
    }
}
