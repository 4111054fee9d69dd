package io.chiaro.train;

import java.util.Map;

/**
 * What a step found, as Java values.
 *
 * @param loss the objective's value
 * @param chance the value that embeddings without any signal would have; NaN if there is none
 * @param components the parts of the loss by name
 * @param maskedCells candidates that were left out as duplicates or likely false negatives
 * @param skippedAnchors anchors that had nothing to be compared with
 * @param anchors embeddings of different items, for the collapse verdict; empty if the objective has none
 * @param positives a second view of each of them, or empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record StepOutcome(
        double loss,
        double chance,
        Map<String, Double> components,
        long maskedCells,
        long skippedAnchors,
        float[][] anchors,
        float[][] positives) {

    public StepOutcome {
        components = Map.copyOf(components);
    }
}
