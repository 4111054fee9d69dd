package io.chiaro.objective;

/**
 * Slot 7: how far scores are from what supervises them. A divergence is given scores, relations and targets and returns its
 * value and the gradient to the scores; the engine carries that gradient to the embeddings.
 *
 * <p>The form below is the one for scores that fit in memory, which a block of aligned views always does. A {@link
 * Reach#ROWWISE} divergence that serves in-batch candidates has a second form in two calls for tiles, see {@link
 * CrossEntropy}.
 */
public sealed interface Divergence
        permits CrossEntropy,
                KullbackLeibler,
                Hinge,
                SquaredError,
                SquaredMargin,
                OrderedPairs,
                RowDivergence,
                ListDivergence {

    /** What must be known to judge one score. */
    enum Reach {
        /** The other scores of its row, through a statistic of the row that can be gathered tile by tile. */
        ROWWISE,
        /** Nothing but the score. */
        PAIRWISE,
        /** The scores of all rows. */
        GLOBAL
    }

    /** What must be known to judge one score. */
    Reach reach();

    /** The supervision it understands. */
    Class<? extends Supervision> supervision();

    /** The value and the gradient to every score. */
    Judgement judge(ScoreTable table);
}
