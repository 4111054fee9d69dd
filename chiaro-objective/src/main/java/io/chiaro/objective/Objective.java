package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import java.util.List;
import java.util.Map;

/**
 * What training makes small: a function from the embeddings of a batch to a value and its exact gradient for each
 * embedding. No graph is recorded over scores, so that the same function serves the plain step, cached gradients, tiles
 * and shards.
 *
 * <p>Objectives are immutable; {@link #evaluate} runs on the thread that owns the tensors.
 */
public interface Objective {

    /**
     * The value and gradients on a batch. The gradients belong to the scope that is open at the call; all else that is
     * made on the way is released.
     *
     * @throws io.chiaro.core.ChiaroException if the batch lacks what {@link #needs} names
     */
    Evaluation evaluate(Views views);

    /**
     * The value of the batch that all workers have together, and the gradients of this worker's own rows; what several workers
     * find is what one would find on the whole batch. Each sees the rows of all. Here each also judges all of them and keeps
     * the gradients of its own, which is exact whatever the objective; a contrast of anchors with candidates divides the
     * anchors instead, and sums what they say to each row.
     *
     * @param own the rows of this worker's items; the rows of an item are all with one worker
     */
    default Evaluation evaluate(Views own, Collective collective) {
        try (Scope scope = Scope.open("gathered rows")) {
            Gathered gathered = Gathered.of(own, collective);
            return gathered.own(evaluate(gathered.whole())).escaped(scope);
        }
    }

    /**
     * The scores and relations of every anchor with its candidates and what the value makes of them, a table for each denominator, for
     * people to look at: small batches only. Empty where the value is not made of rows of scores.
     */
    default List<Explained> explained(Views views) {
        return List.of();
    }

    /** What a batch must hold. */
    Needs needs();

    /** Over what the value is a mean or a sum, for people to read. */
    String reduction();

    /** How the slots are filled, in the order of the equation, for people to read. */
    Map<String, String> slots();
}
