package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Views 0 and 1 are predictions of an item's two views, 2 and 3 what a slowly moving encoder makes of the same, held fixed. Each
 * prediction looks for its item among the targets of the other view: {@code 2 temperature * (CE(p0, t1) + CE(p1, t0))} (Chen,
 * Xie and He, "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, algorithm 1).
 */
public record CrossedPredictions(double temperature) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        return batch.crossEntropyOfItems(batch.unit(0), batch.unit(3).detach(), temperature)
                .add(batch.crossEntropyOfItems(batch.unit(1), batch.unit(2).detach(), temperature))
                .multiply(2 * temperature);
    }

    @Override
    public int views() {
        return 4;
    }

    @Override
    public String reduction() {
        return "sum of both directions, each a mean over items";
    }
}
