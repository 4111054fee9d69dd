package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * A tower that learns beside one that is locked: the softmax of view 0 over what a frozen guide makes of view 1, and the other way round,
 * each towards its own item, and their mean (Zhai et al., "LiT: Zero-Shot Transfer with Locked-image text Tuning", CVPR 2022, section 3).
 * So a model learns to search in the vectors of another. What the model itself makes of view 1 has no part in it. The vectors of the locked
 * tower are view 2 where it is given.
 */
public record LockedTower(double temperature) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public boolean guided() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        batch.view(1);
        Tensor locked = batch.views().size() > 2 ? batch.unit(2).detach() : batch.guide(1);
        if (locked.size(1) != batch.width()) {
            throw ChiaroException.usage("guide: expected vectors of " + batch.width()
                    + " numbers, as the model has, but found " + locked.size(1)
                    + ". Take a guide of that width, or a head that leads to it: --set head=" + locked.size(1) + ".");
        }
        return batch.crossEntropyOfItems(batch.unit(0), locked, temperature)
                .add(batch.crossEntropyOfItems(locked, batch.unit(0), temperature))
                .divide(2);
    }

    @Override
    public String reduction() {
        return "mean over items and directions";
    }
}
