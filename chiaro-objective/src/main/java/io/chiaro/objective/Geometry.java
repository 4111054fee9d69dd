package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * The closed forms of a similarity and of its gradient. A similarity is a function of <em>rows</em>, which are made from the
 * embeddings once (normalised, for a cosine), so that a tile costs one product of matrices and its gradient two.
 *
 * <p>A block is CROSS, anchors [n, d] with candidates [m, d] to scores [n, m], or ALIGNED, [n, d] with [n, d] to [n].
 */
interface Geometry {

    /** What a block of scores is made of, and whether it is row with row or all with all. */
    record Block(Tensor anchors, Tensor candidates, boolean aligned) {}

    /** The gradients of a block to its anchors' and candidates' rows. */
    interface Pull {

        Tensor anchors();

        Tensor candidates();

        /** Adds those to the anchors. */
        default void addAnchorsTo(Tensor sum) {
            sum.addInPlace(anchors());
        }

        /** Adds those to the candidates. */
        default void addCandidatesTo(Tensor sum) {
            sum.addInPlace(candidates());
        }

        /** Gradients that are there already. */
        static Pull of(Tensor anchors, Tensor candidates) {
            return new Made(anchors, candidates);
        }
    }

    /** Gradients as tensors. */
    record Made(Tensor anchors, Tensor candidates) implements Pull {}

    /**
     * Gradients of a product of all anchors with all candidates, themselves products of matrices, made when they are asked for. To be
     * added they are made in the place of the sum: among many candidates their own place would be larger than the scores.
     *
     * @param gradient to the scores [n, m]
     */
    record Products(Block block, Tensor gradient) implements Pull {

        @Override
        public Tensor anchors() {
            return gradient.matmul(block.candidates());
        }

        @Override
        public Tensor candidates() {
            return gradient.transpose(0, 1).matmul(block.anchors());
        }

        @Override
        public void addAnchorsTo(Tensor sum) {
            sum.addMatmulInPlace(gradient, block.candidates());
        }

        @Override
        public void addCandidatesTo(Tensor sum) {
            sum.addMatmulInPlace(gradient.transpose(0, 1), block.anchors());
        }
    }

    /** The rows of embeddings [N, d]. */
    Tensor rows(Tensor values);

    /** Whether a row may have many vectors, [N, L, d]. */
    default boolean takesSeveral() {
        return false;
    }

    /** The scores of a block, without scale. */
    Tensor scores(Block block);

    /** The gradients to the rows, from the gradient to the unscaled scores. */
    Pull pull(Block block, Tensor gradient);

    /** The gradient to the embeddings, from the gradient to their rows. */
    Tensor values(Tensor values, Tensor rows, Tensor gradient);

    /** s = x y. */
    class Dot implements Geometry {
        @Override
        public Tensor rows(Tensor values) {
            return values;
        }

        @Override
        public Tensor scores(Block block) {
            return product(block.anchors(), block.candidates(), block.aligned());
        }

        @Override
        public Pull pull(Block block, Tensor gradient) {
            return pullProduct(block, gradient);
        }

        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            return gradient;
        }
    }

    /** s = x y of unit rows. */
    class Cosine implements Geometry {

        /** Below this length a vector has no direction: its row is near zero and its gradient is zero. */
        private static final double LEAST_LENGTH = 1e-12;

        @Override
        public Tensor rows(Tensor values) {
            return values.normalize(-1);
        }

        @Override
        public Tensor scores(Block block) {
            return product(block.anchors(), block.candidates(), block.aligned());
        }

        @Override
        public Pull pull(Block block, Tensor gradient) {
            return pullProduct(block, gradient);
        }

        /** For u = x / |x|: d/dx = (g - (g u) u) / |x|. */
        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            Tensor length = values.norm(-1, true);
            Tensor along = gradient.multiply(rows).sum(-1, true);
            Tensor across = gradient.subtract(along.multiply(rows));
            return across.divide(length.atLeast(LEAST_LENGTH))
                    .maskedFill(length.isGreater(LEAST_LENGTH).not(), 0);
        }
    }

    /** s = |x turn(y)| of unit rows, where turn(c, d) = (c - d, d + c) joins the real and the imaginary part of x / y. */
    class Angle extends Cosine {

        @Override
        public Tensor rows(Tensor values) {
            if (values.size(1) % 2 != 0) {
                throw ChiaroException.usage(
                        "similarity angle: expected an even width, whose halves are real and imaginary "
                                + "parts, but found " + values.size(1) + ". Use another similarity or width.");
            }
            return super.rows(values);
        }

        @Override
        public Tensor scores(Block block) {
            return signed(block).abs();
        }

        private static Tensor signed(Block block) {
            return product(block.anchors(), turn(block.candidates(), 1), block.aligned());
        }

        @Override
        public Pull pull(Block block, Tensor gradient) {
            Tensor signed = signed(block);
            Tensor sign = signed.divide(signed.abs().atLeast(Float.MIN_NORMAL));
            Pull turned = pullProduct(
                    new Block(block.anchors(), turn(block.candidates(), 1), block.aligned()), gradient.multiply(sign));
            return Pull.of(turned.anchors(), turn(turned.candidates(), -1));
        }

        /** (c - d, d + c), or for the direction -1 its transpose (c + d, d - c). */
        private static Tensor turn(Tensor rows, int direction) {
            long half = rows.size(1) / 2;
            Tensor first = rows.narrow(1, 0, half);
            Tensor second = rows.narrow(1, half, half);
            Tensor difference = direction > 0 ? first.subtract(second) : first.add(second);
            Tensor sum = direction > 0 ? second.add(first) : second.subtract(first);
            return Tensor.concatenate(List.of(difference, sum), 1);
        }
    }

    /** s = -|x - y|. */
    class NegativeDistance implements Geometry {

        /** Equal vectors have no direction between them; this keeps their gradient at zero. */
        private static final double LEAST_DISTANCE = 1e-12;

        @Override
        public Tensor rows(Tensor values) {
            return values;
        }

        @Override
        public Tensor scores(Block block) {
            return distance(block).negate();
        }

        private static Tensor distance(Block block) {
            if (block.aligned()) {
                return block.anchors().subtract(block.candidates()).norm(-1, false);
            }
            Tensor anchors = block.anchors().square().sum(-1, true);
            Tensor candidates = block.candidates().square().sum(-1, false);
            Tensor product = product(block.anchors(), block.candidates(), false);
            return anchors.add(candidates)
                    .subtract(product.multiply(2))
                    .atLeast(0)
                    .sqrt();
        }

        /** d s / dx = -(x - y) / |x - y| and the opposite for y. */
        @Override
        public Pull pull(Block block, Tensor gradient) {
            if (block.aligned()) {
                Tensor difference = block.anchors().subtract(block.candidates());
                Tensor distance = difference.norm(-1, true).atLeast(LEAST_DISTANCE);
                Tensor pull = difference.divide(distance).multiply(gradient.unsqueeze(1));
                return Pull.of(pull.negate(), pull);
            }
            Tensor distance = distance(block);
            Tensor share = gradient.divide(distance.atLeast(LEAST_DISTANCE))
                    .maskedFill(distance.isGreater(LEAST_DISTANCE).not(), 0);
            Tensor transposed = share.transpose(0, 1);
            return Pull.of(
                    share.matmul(block.candidates()).subtract(block.anchors().multiply(share.sum(1, true))),
                    transposed
                            .matmul(block.anchors())
                            .subtract(block.candidates().multiply(transposed.sum(1, true))));
        }

        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            return gradient;
        }
    }

    /** s = -|x - y| of unit rows. */
    class UnitNegativeDistance extends NegativeDistance {

        private static final Geometry UNIT = new Cosine();

        @Override
        public Tensor rows(Tensor values) {
            return UNIT.rows(values);
        }

        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            return UNIT.values(values, rows, gradient);
        }
    }

    /** s = -|x - y|^2. */
    class NegativeSquaredDistance extends NegativeDistance {

        @Override
        public Tensor scores(Block block) {
            return super.scores(block).square().negate();
        }

        /** d s / dx = -2 (x - y) and the opposite for y. */
        @Override
        public Pull pull(Block block, Tensor gradient) {
            Tensor twice = gradient.multiply(2);
            if (block.aligned()) {
                Tensor pull = block.anchors().subtract(block.candidates()).multiply(twice.unsqueeze(1));
                return Pull.of(pull.negate(), pull);
            }
            Tensor transposed = twice.transpose(0, 1);
            return Pull.of(
                    twice.matmul(block.candidates()).subtract(block.anchors().multiply(twice.sum(1, true))),
                    transposed
                            .matmul(block.anchors())
                            .subtract(block.candidates().multiply(transposed.sum(1, true))));
        }
    }

    /** s = -|x - y|^2 of unit rows. */
    class UnitNegativeSquaredDistance extends NegativeSquaredDistance {

        private static final Geometry UNIT = new Cosine();

        @Override
        public Tensor rows(Tensor values) {
            return UNIT.rows(values);
        }

        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            return UNIT.values(values, rows, gradient);
        }
    }

    /** s = -log(1 + |x - y|^2). */
    class Student extends NegativeSquaredDistance {

        private static Tensor onePlusSquare(Tensor negativeSquares) {
            return negativeSquares.negate().add(1);
        }

        @Override
        public Tensor scores(Block block) {
            return onePlusSquare(super.scores(block)).log().negate();
        }

        @Override
        public Pull pull(Block block, Tensor gradient) {
            return super.pull(block, gradient.divide(onePlusSquare(super.scores(block))));
        }
    }

    /** s = -|x - y|^2 / |x|^2 of unit rows less the mean of their features, x the anchor. */
    class UnitNegativeNoise extends NegativeSquaredDistance {

        private static final Geometry UNIT = new Cosine();

        /** Below this square an anchor has no signal. */
        private static final double LEAST_SIGNAL = 1e-12;

        private static Tensor centred(Tensor values) {
            return values.subtract(values.mean(-1, true));
        }

        private static Tensor signal(Block block) {
            return block.anchors().square().sum(-1, !block.aligned()).atLeast(LEAST_SIGNAL);
        }

        @Override
        public Tensor rows(Tensor values) {
            return centred(UNIT.rows(values));
        }

        @Override
        public Tensor scores(Block block) {
            return super.scores(block).divide(signal(block));
        }

        /** As of the squared distance, and d s / d|x|^2 = -s / |x|^2. */
        @Override
        public Pull pull(Block block, Tensor gradient) {
            Tensor share = gradient.divide(signal(block));
            Pull pull = super.pull(block, share);
            Tensor byLength = share.multiply(scores(block)).multiply(-2);
            Tensor column = block.aligned() ? byLength.unsqueeze(1) : byLength.sum(1, true);
            return Pull.of(pull.anchors().add(block.anchors().multiply(column)), pull.candidates());
        }

        @Override
        public Tensor values(Tensor values, Tensor rows, Tensor gradient) {
            return UNIT.values(values, UNIT.rows(values), centred(gradient));
        }
    }

    private static Tensor product(Tensor anchors, Tensor candidates, boolean aligned) {
        return aligned ? anchors.multiply(candidates).sum(-1, false) : anchors.matmul(candidates.transpose(0, 1));
    }

    private static Pull pullProduct(Block block, Tensor gradient) {
        if (block.aligned()) {
            Tensor column = gradient.unsqueeze(1);
            return Pull.of(block.candidates().multiply(column), block.anchors().multiply(column));
        }
        return new Products(block, gradient);
    }
}
