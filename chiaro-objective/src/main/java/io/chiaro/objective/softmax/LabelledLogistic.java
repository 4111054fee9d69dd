package io.chiaro.objective.softmax;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * {@code log(1 + exp(s)) - y s} with s the dot product of row i of view 0 and of view 1 and y the pair's label, 1 for one text
 * read by two models and 0 for two texts; the sum over pairs (Carlsson et al., "Semantic Re-tuning with Contrastive Tension",
 * ICLR 2021, eq. 1). The label is the item's score.
 */
public record LabelledLogistic() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor scores = batch.view(0).multiply(batch.view(1)).sum(1, false);
        return scores.softplus().subtract(scores.multiply(batch.scores())).sum();
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public String reduction() {
        return "sum over pairs";
    }
}
