package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The softmax of view 0 over view 1 is drawn to all items as far as a frozen model holds them to be alike: {@code w_ij =
 * (1 + cos(f_i, f_j)) / 2}, and row i is {@code - sum over j of w_ij log q(j | i) / sum over j of w_ij} (Srinivasa et al., "CWCL:
 * Cross-Modal Transfer with Continuously Weighted Contrastive Loss", NeurIPS 2023, eq. 4). In both directions, the second is
 * the cross-entropy of view 1 over view 0 with its own item alone, and the value is the mean of the two. The vectors f of the frozen model are
 * view 2 where it is given, else what a guide makes of view 0.
 */
public record WeightedByFrozen(double temperature, boolean bothDirections) implements BatchLoss {

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
        Tensor frozen = batch.views().size() > 2 ? batch.unit(2).detach() : batch.guide(0);
        Tensor weights = frozen.matmul(frozen.transpose(0, 1)).add(1).divide(2);
        Tensor scores = batch.unit(0).matmul(batch.unit(1).transpose(0, 1)).divide(temperature);
        Tensor first = batch.crossEntropy(weights.divide(weights.sum(1, true)), scores);
        if (!bothDirections) {
            return first;
        }
        Tensor own = Statistics.identity(batch.items(), 1, scores);
        return first.add(batch.crossEntropy(own, scores.transpose(0, 1))).divide(2);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
