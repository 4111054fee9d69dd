package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * {@code 1 - mean cos(a, b) + weight * mean of a^T C a} with unit rows a of view 0 and C a running second moment of them, held
 * fixed: {@code C = momentum * C before + (1 - momentum) A^T A / B} (Zhu et al., "TiCo: Transformation Invariance and Covariance
 * Contrast for Self-Supervised Visual Representation Learning", 2022, eq. 4 and 5). The memory {@code covariance} [d, d] holds
 * the C before; without it, C before is zero, as at the first step.
 */
public record TransformationCovariance(double momentum, double weight) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor contrast =
                first.matmul(moment(batch)).multiply(first).sum(1, false).mean();
        return Statistics.meanCosine(first, batch.view(1)).negate().add(1).add(contrast.multiply(weight));
    }

    private Tensor moment(ViewBatch batch) {
        Tensor fixed = batch.unit(0).detach();
        Tensor before = batch.memoryOrZeros("covariance", batch.width(), batch.width());
        return fixed.transpose(0, 1)
                .matmul(fixed)
                .multiply((1 - momentum) / batch.items())
                .add(before.multiply(momentum));
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        return Map.of("covariance", moment(batch));
    }

    @Override
    public String reduction() {
        return "mean over items";
    }

    @Override
    public Set<String> memories() {
        return Set.of("covariance");
    }
}
