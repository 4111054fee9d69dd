package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code invariance (-mean cosine of each view with the mean of views) - rate mean over views of 1/2 log det(I + d / (B
 * epsilon) Z^T Z)} (Tong et al., "EMP-SSL: Towards Self-Supervised Learning in One Training Epoch", 2023, eq. 6).
 * The rate is to grow: a library that adds it instead rewards collapse.
 *
 * @param epsilon the squared distortion
 * @param normalised whether rows are brought to length one, as in the paper; else the rate grows with their length
 */
public record CodingRate(double invariance, double rate, double epsilon, boolean normalised) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        List<Tensor> views = normalised ? batch.units() : batch.views();
        Tensor centre = views.stream().reduce(Tensor::add).orElseThrow().divide(views.size());
        Tensor near = batch.view(0).sum().multiply(0);
        Tensor rates = near;
        for (Tensor view : views) {
            near = near.add(Statistics.meanCosine(view, centre));
            Tensor scaled = view.transpose(0, 1)
                    .matmul(view)
                    .multiply(batch.width() / (batch.items() * epsilon))
                    .add(Statistics.identity(batch.width(), 1, view));
            rates = rates.add(Statistics.logDeterminant(scaled).divide(2));
        }
        return near.multiply(-invariance / views.size()).subtract(rates.multiply(rate / views.size()));
    }
}
