package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * Views 0 and 1 are predictions, 2 and 3 projections of an item's two views, held fixed. In place of a projection stands its
 * nearest neighbour in the memory {@code queue}; it looks for its item's prediction from the other view (Dwibedi et al., "With a
 * Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations", ICCV 2021, eq. 4). The value is
 * the mean of both.
 *
 * <pre>
 * PREDICTIONS   negatives are the predictions of other items
 * BOTH_SIDES    NT-Xent of neighbours and predictions: the neighbours of other items are negatives too
 * </pre>
 */
public record NeighbourAsPositive(double temperature, Negatives negatives) implements BatchLoss {

    /** What stands against the positive. */
    public enum Negatives {
        PREDICTIONS,
        BOTH_SIDES
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        return half(batch, 2, 1).add(half(batch, 3, 0)).divide(2);
    }

    private Tensor half(ViewBatch batch, int projection, int prediction) {
        Tensor neighbour = Statistics.nearest(batch.unit(projection).detach(), batch.memory("queue"));
        Tensor predicted = batch.unit(prediction);
        return negatives == Negatives.PREDICTIONS
                ? batch.crossEntropyOfItems(neighbour, predicted, temperature)
                : batch.softmaxOfPairs(neighbour, predicted, temperature).mean();
    }

    @Override
    public int views() {
        return 4;
    }

    @Override
    public String reduction() {
        return "mean over items and both directions";
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }
}
