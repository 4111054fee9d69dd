package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code invariance (-mean cosine of each view with the mean of views) - rate mean over views of 1/2 log det(I + d / (B
 * epsilon) Z^T Z)} of unit rows (Tong et al., "EMP-SSL: Towards Self-Supervised Learning in One Training Epoch", 2023, eq. 6).
 * The rate is to grow: a library that adds it instead rewards collapse.
 *
 * @param epsilon the squared distortion
 */
public record CodingRate(double invariance, double rate, double epsilon) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor centre = batch.units().stream()
                .reduce(Tensor::add)
                .orElseThrow()
                .divide(batch.views().size());
        Tensor near = batch.view(0).sum().multiply(0);
        Tensor rates = near;
        for (Tensor view : batch.units()) {
            near = near.add(Statistics.meanCosine(view, centre));
            Tensor scaled = view.transpose(0, 1)
                    .matmul(view)
                    .multiply(batch.width() / (batch.items() * epsilon))
                    .add(Statistics.identity(batch.width(), 1, view));
            rates = rates.add(Statistics.logDeterminant(scaled).divide(2));
        }
        int views = batch.views().size();
        return near.multiply(-invariance / views).subtract(rates.multiply(rate / views));
    }
}
