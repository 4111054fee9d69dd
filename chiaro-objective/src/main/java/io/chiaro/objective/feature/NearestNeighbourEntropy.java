package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code -mean log(distance to the nearest other row + epsilon)} of unit rows, the mean over the views (Sablayrolles et al., "Spreading
 * vectors for similarity search", ICLR 2019, eq. 3: the Kozachenko-Leonenko estimate of entropy).
 */
public record NearestNeighbourEntropy(double epsilon) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor sum = batch.view(0).sum().multiply(0);
        for (Tensor rows : batch.units()) {
            sum = sum.add(entropy(batch, rows));
        }
        return sum.divide(batch.views().size());
    }

    private Tensor entropy(ViewBatch batch, Tensor rows) {
        Tensor cosines =
                rows.matmul(rows.transpose(0, 1)).maskedFill(batch.others().not(), -2);
        Tensor nearest = rows.indexSelect(0, cosines.sortedIndices(1, true).select(1, 0));
        Tensor distance =
                rows.subtract(nearest).add(epsilon).square().sum(1, false).sqrt();
        return distance.add(epsilon).log().mean().negate();
    }

    @Override
    public int views() {
        return 1;
    }
}
