package io.chiaro.train;

import io.chiaro.nn.Head;
import io.chiaro.nn.HeadShape;
import io.chiaro.tensor.ParameterStore;

/** A predictor as data. */
public sealed interface PredictorShape {

    /** Declares the arrays of a predictor of rows of some width. */
    void declare(ParameterStore.Builder builder, int width);

    /** Whether rows of a batch depend on each other. */
    boolean couplesRows();

    /** The predictor whose arrays were declared. */
    Predictor create(ParameterStore parameters);

    /**
     * A multilayer perceptron that learns as the encoder does.
     *
     * @param shape whose last width is that of the rows
     */
    record Layers(HeadShape shape) implements PredictorShape {

        @Override
        public void declare(ParameterStore.Builder builder, int width) {
            Head.declare(builder, Predictor.PREFIX, shape, width);
        }

        @Override
        public boolean couplesRows() {
            return shape.couplesRows();
        }

        @Override
        public Predictor create(ParameterStore parameters) {
            return new Predictor.Learned(new Head(parameters, Predictor.PREFIX, shape));
        }

        @Override
        public String toString() {
            return shape.toString();
        }
    }

    /** A linear map that follows from its inputs ({@link Predictor.Direct}). */
    enum ClosedForm implements PredictorShape {
        /** U diag(sqrt(max(s, 0) / max s) + 0.01) U^T of F = U diag(s) U^T, the diagonal at least 0.0001. */
        ROOT,
        /** F + 0.01 I: the same without eigenvectors (DirectCopy). */
        COPY;

        @Override
        public void declare(ParameterStore.Builder builder, int width) {
            Predictor.Direct.declare(builder, width);
        }

        /** Its map follows from earlier batches. */
        @Override
        public boolean couplesRows() {
            return false;
        }

        @Override
        public Predictor create(ParameterStore parameters) {
            return new Predictor.Direct(parameters, this);
        }

        /** As it is written in a setting. */
        @Override
        public String toString() {
            return this == ROOT ? "direct" : "direct-copy";
        }
    }
}
