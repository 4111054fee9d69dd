package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * With a kernel k of unit rows: {@code -2 mean k(a, b) + energy * (mean over pairs of
 * items of k in view 0 + that in view 1)} (Koromilas et al., "Bridging Mini-Batch and Asymptotic Analysis in Contrastive
 * Learning: From InfoNCE to Kernel-Based Losses", ICML 2024, eq. 12).
 */
public record KernelContrast(Kernel kernel, double energy) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor second = batch.unit(1);
        Tensor aligned =
                kernel.of(first.subtract(second).square().sum(1, false)).mean();
        return aligned.multiply(-2)
                .add(spread(first, batch).add(spread(second, batch)).multiply(energy));
    }

    private Tensor spread(Tensor units, ViewBatch batch) {
        Tensor near = kernel.of(Statistics.squaredDistances(units));
        int n = batch.items();
        return near.maskedFill(batch.others().not(), 0).sum().divide(Math.max(1, (double) n * (n - 1)));
    }

    @Override
    public String reduction() {
        return "means over items and over pairs of items";
    }
}
