package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * For each positive pair (i, j), with d the distance of unit rows, {@code 1/2 max(0, d_ij - positiveMargin + log sum over the
 * negatives n of i and of j of exp(negativeMargin - d_n))^2}; the mean over positive pairs (Song et al., "Deep Metric Learning
 * via Lifted Structured Feature Embedding", CVPR 2016, eq. 4).
 */
public record LiftedStructure(double positiveMargin, double negativeMargin) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.unitDistances(batch.rows());
        Tensor positives = batch.positives();
        Tensor negatives = batch.sameLabel().not();
        double pairs = positives.to(distances.type()).sum().item();
        if (pairs == 0 || negatives.to(distances.type()).sum().item() == 0) {
            return distances.sum().multiply(0);
        }
        Tensor against = distances
                .negate()
                .add(negativeMargin)
                .maskedFill(negatives.not(), Double.NEGATIVE_INFINITY)
                .logSumExp(1, false);
        int n = Math.toIntExact(distances.size(0));
        Tensor both = Tensor.stack(
                        List.of(
                                against.unsqueeze(1).expand(n, n),
                                against.unsqueeze(0).expand(n, n)),
                        2)
                .logSumExp(2, false);
        Tensor losses = both.add(distances).add(-positiveMargin).relu().square().divide(2);
        return losses.maskedFill(positives.not(), 0).sum().divide(pairs);
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }
}
