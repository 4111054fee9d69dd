package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Contrast of three modalities by the sum of products x_d y_d z_d: each modality in turn is the anchor, and its own pair of the
 * other two stands against all pairs of the batch (Saporta, Puli, Goldstein and Ranganath, "Contrasting with Symile",
 * NeurIPS 2024, eq. 6, with all B^2 pairs as candidates). Finds what no pair of modalities shows.
 *
 * @param scale of the product
 */
public record Triples(double scale) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor sum = anchored(batch, 0, 1, 2).add(anchored(batch, 1, 2, 0)).add(anchored(batch, 2, 0, 1));
        return sum.divide(3);
    }

    private Tensor anchored(ViewBatch batch, int anchor, int second, int third) {
        int items = batch.items();
        Tensor pairs = batch.unit(second)
                .unsqueeze(1)
                .multiply(batch.unit(third).unsqueeze(0))
                .reshape((long) items * items, batch.width());
        Tensor logits = batch.unit(anchor).matmul(pairs.transpose(0, 1)).multiply(scale);
        // Item i's own pair is that of number i items + i.
        Tensor own = Tensor.range(items).multiply(items + 1).unsqueeze(1);
        Tensor target = own.isEqual(Tensor.range(items * items).unsqueeze(0));
        return batch.crossEntropy(target.to(logits.type()), logits);
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "mean over items and modalities";
    }
}
