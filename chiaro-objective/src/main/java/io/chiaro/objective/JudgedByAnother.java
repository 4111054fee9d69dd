package io.chiaro.objective;

import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A divergence that chooses cells, or how much they count, and lets another judge them; what the other reads, it reads. */
public interface JudgedByAnother extends RowDivergence {

    /**
     * An error for another that does not go by positives and negatives alone, and so would not see that some are left out.
     *
     * @throws IllegalArgumentException if it orders by numbers, or takes what is left out to be the anchor itself
     */
    static void requireMasks(RowDivergence judging) {
        if (judging.readsItself() || judging.supervision() == Supervision.GoldScores.class) {
            throw new IllegalArgumentException("judging: expected a divergence of positives and negatives, but found "
                    + RecordSlots.kind(judging));
        }
    }

    /** The other. */
    RowDivergence judging();

    @Override
    default Class<? extends Supervision> supervision() {
        return judging().supervision();
    }

    @Override
    default boolean readsScale() {
        return judging().readsScale();
    }

    @Override
    default boolean readsNumbers() {
        return judging().readsNumbers();
    }

    @Override
    default boolean readsDistances() {
        return judging().readsDistances();
    }

    @Override
    default boolean comparesDistances() {
        return judging().comparesDistances();
    }

    @Override
    default boolean readsItself() {
        return judging().readsItself();
    }

    @Override
    default boolean feelsBias() {
        return judging().feelsBias();
    }

    @Override
    default Set<String> memories() {
        return judging().memories();
    }

    @Override
    default Map<String, Tensor> remembered(Strip strip) {
        return judging().remembered(strip);
    }

    @Override
    default Tensor logDenominators(Strip strip) {
        return judging().logDenominators(strip);
    }

    @Override
    default Optional<Compared> compared(Strip strip) {
        return judging().compared(strip);
    }

    @Override
    default String reduction() {
        return judging().reduction();
    }
}
