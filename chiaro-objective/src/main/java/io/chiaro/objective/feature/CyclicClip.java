package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * CLIP whose two spaces have one geometry: beside the symmetric softmax the similarities within both modalities should agree,
 * and those across should be symmetric (Goel et al., "CyCLIP", NeurIPS 2022, eq. 4). Both are sums of squares over B^2 cells, divided by B.
 *
 * @param within weight of the difference within modalities
 * @param across weight of the difference across
 */
public record CyclicClip(double temperature, double within, double across) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor second = batch.unit(1);
        Tensor cross = first.matmul(second.transpose(0, 1));
        Tensor softmax = batch.crossEntropyOfItems(first, second, temperature)
                .add(batch.crossEntropyOfItems(second, first, temperature))
                .divide(2);
        Tensor inside = first.matmul(first.transpose(0, 1)).subtract(second.matmul(second.transpose(0, 1)));
        Tensor turned = cross.subtract(cross.transpose(0, 1));
        return softmax.add(inside.square().sum().multiply(within / batch.items()))
                .add(turned.square().sum().multiply(across / batch.items()));
    }
}
