package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * An item's views but the first are a block of similar points, and anchors are compared with the mean of a block (Arora et al., "A
 * Theoretical Analysis of Contrastive Unsupervised Representation Learning", ICML 2019, section 7): with f the rows as they are
 * and m_j the mean of block j, {@code log(1 + sum over j != i of exp(f_i (m_j - m_i)))}, the mean over items. With blocks of one
 * this is the contrast of first and second view by their products.
 */
public record BlockOfPositives() implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor blocks = batch.view(1);
        for (int v = 2; v < batch.views().size(); v++) {
            blocks = blocks.add(batch.view(v));
        }
        blocks = blocks.divide(Math.max(1, batch.views().size() - 1));
        return batch.crossEntropyOfItems(batch.view(0), blocks, 1);
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
