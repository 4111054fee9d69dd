package io.chiaro.objective;

/** A divergence that chooses cells, or how much they count, and lets another judge them; what the other reads, it reads. */
public interface JudgedByAnother extends RowDivergence {

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
    default boolean feelsBias() {
        return judging().feelsBias();
    }

    @Override
    default String reduction() {
        return judging().reduction();
    }
}
