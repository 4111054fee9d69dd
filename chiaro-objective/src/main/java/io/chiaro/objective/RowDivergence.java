package io.chiaro.objective;

import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A divergence that judges an anchor by its own scores alone. It is written as an expression of tensors over a {@link Strip}
 * of anchors; the engine calls it strip by strip, records the expression and carries its gradient to the embeddings, so
 * that a new one is a formula and nothing else.
 *
 * <pre>{@code
 * record Hinge(double margin) implements RowDivergence {
 *     public List<Term> terms(Strip strip) {
 *         return List.of(Term.mean(strip.sum(strip.scores().add(margin).relu(), strip.negatives()), strip.has(strip.negatives())));
 *     }
 * }
 * }</pre>
 *
 * <p>Implementations are records whose components are the numbers that a recipe can set. They keep nothing between calls.
 */
public non-sealed interface RowDivergence extends Divergence {

    /**
     * One part of a value: over all strips, the sum of {@code sums} divided by the sum of {@code counts}. Counts are
     * numbers without gradient.
     *
     * @param sums [n] or [n, m]
     * @param counts [n] or [n, m]
     */
    record Term(Tensor sums, Tensor counts) {

        /** The mean over the rows (or cells) that a mask of zeros and ones counts. */
        public static Term mean(Tensor values, Tensor counted) {
            return new Term(values.multiply(counted), counted);
        }

        /** The mean over the values that are above zero: what is not yet learned. */
        public static Term meanAboveZero(Tensor values) {
            return new Term(values, values.detach().isGreater(0).to(values.type()));
        }
    }

    /** The parts of the value on some anchors; always as many. */
    List<Term> terms(Strip strip);

    /** Whether it looks at {@link Strip#scales} or at distances of cosines; then the scale cannot be learned, as the gradient would miss that path. */
    default boolean readsScale() {
        return comparesDistances();
    }

    /** Whether it takes what belongs together from {@link Strip#shares} alone, so that this may be a matter of degree. */
    default boolean takesShares() {
        return false;
    }

    /** Whether it looks at the numbers that supervise rows, whatever the supervision is. */
    default boolean readsNumbers() {
        return false;
    }

    /** Whether it takes scores to be distances below zero, so that a cosine would be read as its contrary. */
    default boolean readsDistances() {
        return false;
    }

    /** Whether it looks at {@link Strip#distances}: the similarity must give all equal rows one score. */
    default boolean comparesDistances() {
        return false;
    }

    /** Whether it takes every cell that is neither positive nor negative to be the anchor itself. */
    default boolean readsItself() {
        return false;
    }

    /** Whether a number added to every score changes the value, so that it can be learned. */
    default boolean feelsBias() {
        return false;
    }

    /** The memories of records that it reads. */
    default Set<String> memories() {
        return Set.of();
    }

    /**
     * What is to be remembered of the records of some anchors after the batch, by the name of the memory, [n, width]; the mean over the anchors
     * of a record is kept. Without gradients.
     */
    default Map<String, Tensor> remembered(Strip strip) {
        return Map.of();
    }

    /** log u of each anchor, [n]: the mean over its negatives of exp s, as far as this knows it. */
    default Tensor logDenominators(Strip strip) {
        return strip.logSumExp(strip.scores(), strip.negatives())
                .subtract(strip.count(strip.negatives()).atLeast(1).log());
    }

    /**
     * What is compared on some anchors, for people to look at.
     *
     * @param targets p, [n, m]
     * @param model q, [n, m]
     * @param logDenominators log Z, by which q was divided, [n]; null where q is no share of a sum
     */
    record Compared(Tensor targets, Tensor model, @Nullable Tensor logDenominators) {

        /** Against the softmax of scores over the cells of a mask. */
        public static Compared softmax(Strip strip, Tensor targets, Tensor scores, Tensor mask) {
            Tensor below = strip.logSumExp(scores, mask);
            Tensor model = scores.subtract(below.unsqueeze(1))
                    .maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                    .exp();
            return new Compared(targets, model, below);
        }

        /** The same over all candidates, against {@link Strip#shares}. */
        public static Compared softmax(Strip strip) {
            return softmax(strip, strip.shares(), strip.scores(), strip.candidates());
        }
    }

    /** p, q and the denominator as this compares them; empty where it compares no distributions. */
    default Optional<Compared> compared(Strip strip) {
        return Optional.empty();
    }

    /** Over what the value is a mean, for people to read. */
    default String reduction() {
        return "mean over anchors with a positive";
    }

    @Override
    default Reach reach() {
        return Reach.ROWWISE;
    }

    @Override
    default Class<? extends Supervision> supervision() {
        return Supervision.class;
    }

    @Override
    default Judgement judge(ScoreTable table) {
        throw new IllegalStateException(this + " judges strips of rows, and no aligned columns");
    }
}
