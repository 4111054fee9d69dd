package io.chiaro.train;

import io.chiaro.nn.Head;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * What foretells one view's projection from another's, so that a model without negatives need not collapse.
 *
 * <p>Used by the thread that trains.
 */
public sealed interface Predictor {

    /** Before the names of a predictor's arrays. */
    String PREFIX = "head.predictor.";

    /** The predictions of a view's projections, [n, width] to [n, width]. */
    Tensor forward(Tensor projections);

    /** Its matrix W [width, width], if it is a linear map that makes {@code W f} of f; else nothing. */
    Optional<Tensor> matrix();

    /** Moves on by the projections of a step, one tensor a view; only what gradients do not teach. */
    void follow(List<Tensor> projections);

    /** Sets the numbers before the first step. */
    void start(long seed);

    /** A multilayer perceptron that learns as the encoder does. */
    record Learned(Head head) implements Predictor {

        @Override
        public Tensor forward(Tensor projections) {
            return head.forward(projections);
        }

        @Override
        public Optional<Tensor> matrix() {
            return head.matrix();
        }

        @Override
        public void follow(List<Tensor> projections) {}

        @Override
        public void start(long seed) {
            head.start(seed);
        }
    }

    /**
     * A linear map without bias that is set and not taught (Tian, Chen and Ganguli, "Understanding self-supervised Learning Dynamics
     * without Contrastive Pairs", ICML 2021, section 4, DirectPred). F is a running mean of the outer products of its inputs over
     * both views, {@code F = 0.3 F + 0.7 mean f f^T}, zero at first, when the map is the identity; the map follows from F as {@link
     * PredictorShape.ClosedForm} says.
     *
     * @param parameters where F and the map are kept, so that checkpoints hold them
     */
    record Direct(ParameterStore parameters, PredictorShape.ClosedForm form) implements Predictor {

        private static final double KEPT = 0.3;
        private static final double EPSILON = 0.01;
        private static final double LEAST = 1e-4;
        private static final String CORRELATION = PREFIX + "correlation";
        private static final String MAP = PREFIX + "map";

        static void declare(ParameterStore.Builder builder, int width) {
            builder.add(CORRELATION, Parameter.Kind.STATE, width, width).add(MAP, Parameter.Kind.STATE, width, width);
        }

        @Override
        public Tensor forward(Tensor projections) {
            return projections.linear(parameters.array(MAP));
        }

        @Override
        public Optional<Tensor> matrix() {
            return Optional.of(parameters.array(MAP));
        }

        @Override
        public void follow(List<Tensor> projections) {
            try (Scope scope = Scope.open("direct predictor");
                    Grad off = Grad.disabled()) {
                Tensor correlation = parameters.array(CORRELATION);
                double share = (1 - KEPT) / projections.size();
                Tensor moved = correlation.multiply(KEPT);
                for (Tensor rows : projections) {
                    Tensor outer = rows.transpose(0, 1).matmul(rows).divide(rows.size(0));
                    moved = moved.add(outer.multiply(share));
                }
                correlation.copyInPlace(moved);
                parameters.array(MAP).copyInPlace(map(moved));
            }
        }

        private Tensor map(Tensor correlation) {
            if (form == PredictorShape.ClosedForm.COPY) {
                return correlation.add(identity(correlation.size(0)).multiply(EPSILON));
            }
            Tensor.Eigen eigen = correlation.symmetricEigen();
            Tensor positive = eigen.values().atLeast(0);
            Tensor roots = positive.divide(positive.max().atLeast(Float.MIN_NORMAL))
                    .sqrt()
                    .add(EPSILON)
                    .atLeast(LEAST);
            return eigen.vectors()
                    .multiply(roots.unsqueeze(0))
                    .matmul(eigen.vectors().transpose(0, 1));
        }

        @Override
        public void start(long seed) {
            try (Scope scope = Scope.open("direct predictor")) {
                Tensor map = parameters.array(MAP);
                parameters.array(CORRELATION).fillInPlace(0);
                map.copyInPlace(identity(map.size(0)));
            }
        }

        private static Tensor identity(long size) {
            int width = Math.toIntExact(size);
            float[] values = new float[width * width];
            for (int i = 0; i < width; i++) {
                values[i * width + i] = 1;
            }
            return Tensor.of(values, width, width);
        }
    }
}
