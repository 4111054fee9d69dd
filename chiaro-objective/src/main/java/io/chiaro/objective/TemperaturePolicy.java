package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * Slot 5, its temperature: whose it is, and what becomes of it during a run. A scale is one over a temperature. A filling is a record
 * whose components are the numbers that a recipe can set.
 */
public sealed interface TemperaturePolicy
        permits TemperaturePolicy.OneForAll,
                TemperaturePolicy.ModelAware,
                TemperaturePolicy.PerItem,
                TemperaturePolicy.Predicted {

    /** It stays. */
    TemperaturePolicy FIXED = new Fixed();

    /** Those that no named recipe has. */
    List<TemperaturePolicy> OF_RUNS = List.of(FIXED, new Scheduled(), new Learned(), new LearnedWithBias());

    /**
     * The scale of each row as an anchor, [1, 1] if all have one, else [rows, 1].
     *
     * @param scale of the similarity
     * @param rows of the batch
     * @param nearness how near rows are to their positives on average, reckoned only if it is asked for
     */
    Tensor scales(double scale, BatchRows rows, Nearness nearness);

    /** How near rows are to their positives on average, without a scale. */
    interface Nearness {
        /** The mean over anchors with a positive; 0 if there is none. */
        double mean();
    }

    /** The memories that it reads. */
    default Set<String> memories() {
        return Set.of();
    }

    /** Whether a gradient flows to it. */
    default boolean isLearned() {
        return false;
    }

    /** Whether it reads how near positives are, which is known of products alone. */
    default boolean readsPositives() {
        return false;
    }

    /** How many of the last numbers of an embedding belong to it. */
    default int columns() {
        return 0;
    }

    /** One number for all anchors, which a run may change. */
    sealed interface OneForAll extends TemperaturePolicy permits Fixed, Scheduled, Learned, LearnedWithBias {

        /** The scale as it is in a batch. */
        double scaleIn(double scale, Views views);

        @Override
        default Tensor scales(double scale, BatchRows rows, Nearness nearness) {
            return rows.number(scaleIn(scale, rows.views()));
        }
    }

    /** It stays. */
    record Fixed() implements OneForAll {
        @Override
        public double scaleIn(double scale, Views views) {
            return scale;
        }
    }

    /** The run tells it for each step, as one over the scale; until then it is where it begins. */
    record Scheduled() implements OneForAll {
        @Override
        public Set<String> memories() {
            return Set.of(Similarity.SCHEDULED);
        }

        @Override
        public double scaleIn(double scale, Views views) {
            Tensor told = views.memories().get(Similarity.SCHEDULED);
            return told == null ? scale : 1 / told.to(DType.DOUBLE).item();
        }
    }

    /**
     * The logarithm of the scale is learned, and after each step brought back into [0, log 100] (Radford et al., "Learning
     * Transferable Visual Models From Natural Language Supervision", ICML 2021, section 2.5).
     */
    record Learned() implements OneForAll {
        @Override
        public Set<String> memories() {
            return Set.of(Similarity.LOG_SCALE);
        }

        @Override
        public double scaleIn(double scale, Views views) {
            Tensor learned = views.memories().get(Similarity.LOG_SCALE);
            return learned == null ? scale : Math.exp(learned.to(DType.DOUBLE).item());
        }

        @Override
        public boolean isLearned() {
            return true;
        }
    }

    /**
     * So, and a number that is added to every score is learned too, 0 at first (Zhai et al., "Sigmoid Loss for Language Image
     * Pre-Training", ICCV 2023, section 3.2).
     */
    record LearnedWithBias() implements OneForAll {
        @Override
        public Set<String> memories() {
            return Set.of(Similarity.LOG_SCALE, Similarity.BIAS);
        }

        @Override
        public double scaleIn(double scale, Views views) {
            return new Learned().scaleIn(scale, views);
        }

        @Override
        public boolean isLearned() {
            return true;
        }
    }

    /**
     * It follows how far the model has come: {@code tau (1 + alpha (A - threshold))}, with tau one over the scale and A the mean over
     * anchors of their cosines with their positives, held fixed (Huang et al., "Model-Aware Contrastive Learning: Towards Escaping
     * the Dilemmas", ICML 2023, eq. 9).
     *
     * @param alpha how much it follows; with 0 it stays
     * @param threshold where it is tau
     */
    record ModelAware(double alpha, double threshold) implements TemperaturePolicy {
        @Override
        public Tensor scales(double scale, BatchRows rows, Nearness nearness) {
            double factor = 1 + alpha * (nearness.mean() - threshold);
            if (!(factor > 0)) {
                throw ChiaroException.usage(
                        "objective: expected a temperature above 0, but 1 + alpha (A - threshold) is " + factor
                                + " for positives of the mean " + nearness.mean() + ". Give a smaller alpha.");
            }
            return rows.number(scale / factor);
        }

        @Override
        public boolean readsPositives() {
            return true;
        }
    }

    /**
     * A temperature for each record, which grows for records with many near neighbours (Qiu et al., "Not All Semantics are Created
     * Equal: Contrastive Self-supervised Learning with Automatic Temperature Individualization", ICML 2023, algorithm 1). With u the
     * denominator of an anchor as its divergence knows it, J its negatives and s their scores:
     *
     * <pre>
     * g_i   = log u_i - mean over j in J of exp(s_ij) / u_i s_ij, the slope of tau log u by tau, the mean over the record's anchors
     * v_i   = (1 - beta) v_i + beta (g_i + rho)
     * tau_i = tau_i - eta v_i, held between least and most
     * </pre>
     *
     * <p>A record that was not seen before has one over the scale. The memory {@code temperatures} keeps tau and v.
     *
     * @param least above 0
     * @param most at least {@code least}
     * @param rho what keeps temperatures low
     * @param eta the step
     * @param beta the share of the batch in the slope
     */
    record PerItem(double least, double most, double rho, double eta, double beta) implements TemperaturePolicy {

        static final String TEMPERATURES = "temperatures";

        static final int KEPT = 2;
        /** The least u whose logarithm is taken. */
        private static final double LEAST = 1e-8;

        public PerItem {
            if (!(least > 0 && least <= most)) {
                throw new IllegalArgumentException(
                        "PerItem: expected 0 < least <= most, but found " + least + " and " + most);
            }
        }

        @Override
        public Set<String> memories() {
            return Set.of(TEMPERATURES);
        }

        @Override
        public Tensor scales(double scale, BatchRows rows, Nearness nearness) {
            Tensor one = rows.number(1);
            return one.divide(temperatures(1 / scale, rows.remembered(TEMPERATURES, KEPT, 0, rows.ofViews())));
        }

        private static Tensor temperatures(double first, Tensor kept) {
            Tensor known = kept.narrow(1, 0, 1);
            return known.where(known.isGreater(0), known.multiply(0).add(first));
        }

        /** The slope g of each anchor of a strip, [n, 1]. */
        static Tensor slopes(Strip strip, Tensor logDenominators) {
            Tensor logs = logDenominators.atLeast(Math.log(LEAST));
            Tensor weights = strip.scores().subtract(logs.unsqueeze(1)).exp();
            return logs.subtract(strip.mean(weights.multiply(strip.scores()), strip.negatives()))
                    .unsqueeze(1);
        }

        /**
         * What becomes of the records.
         *
         * @param scale of the similarity
         * @param kept tau and v, [B, 2]
         * @param slopes g, [B, 1]
         */
        Tensor moved(double scale, Tensor kept, Tensor slopes) {
            Tensor slope =
                    kept.narrow(1, 1, 1).multiply(1 - beta).add(slopes.add(rho).multiply(beta));
            Tensor moved = temperatures(1 / scale, kept)
                    .subtract(slope.multiply(eta))
                    .atLeast(least)
                    .atMost(most);
            return Tensor.concatenate(List.of(moved, slope), 1);
        }
    }

    /**
     * Every row says itself how sure it is: its last number u makes its scale as an anchor, sigmoid(u) times that of the similarity, and the
     * others are its embedding (Zhang et al., "Temperature as Uncertainty in Contrastive Learning", 2021, section 3). A row that is
     * hard to tell from others pays less with a smaller scale, and shows by it that it is uncertain. The authors' code scales the
     * positive of a second view's row by the number of the first view's; here a row has one scale.
     */
    record Predicted() implements TemperaturePolicy {
        @Override
        public Tensor scales(double scale, BatchRows rows, Nearness nearness) {
            return rows.lastNumbers().sigmoid().multiply(scale);
        }

        /** d log scale / d u, [N, 1]. */
        static Tensor slopes(Tensor lastNumbers) {
            return lastNumbers.sigmoid().negate().add(1);
        }

        @Override
        public boolean isLearned() {
            return true;
        }

        @Override
        public int columns() {
            return 1;
        }
    }
}
