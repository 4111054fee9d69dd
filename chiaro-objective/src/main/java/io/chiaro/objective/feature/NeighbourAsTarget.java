package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * Views 0 and 1 are predictions, 2 and 3 projections of an item's two views, held fixed. In place of a projection stands its
 * nearest neighbour in the memory {@code queue}, and the item's prediction from the other view is drawn to it, without
 * negatives: NNBYOL, both directions of {@code 2 - 2 cos} added, and NNSiam, the mean of {@code -cos} (Dwibedi et al., "With a
 * Little Help from My Friends", ICCV 2021, section 3.2, on Grill et al., "BYOL", NeurIPS 2020, eq. 2, and Chen and He, "SimSiam",
 * CVPR 2021, eq. 1).
 */
public record NeighbourAsTarget(NegativeCosine.Form form) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosines = half(batch, 2, 1).add(half(batch, 3, 0));
        return form == NegativeCosine.Form.NEGATIVE_COSINE
                ? cosines.divide(-2)
                : cosines.multiply(-2).add(4);
    }

    private static Tensor half(ViewBatch batch, int projection, int prediction) {
        Tensor neighbour = Statistics.nearest(batch.unit(projection).detach(), batch.memory("queue"));
        return Statistics.meanCosine(batch.view(prediction), neighbour);
    }

    @Override
    public int views() {
        return 4;
    }

    @Override
    public String reduction() {
        return form == NegativeCosine.Form.NEGATIVE_COSINE
                ? "mean over items and both directions"
                : "mean over items, both directions added";
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }
}
