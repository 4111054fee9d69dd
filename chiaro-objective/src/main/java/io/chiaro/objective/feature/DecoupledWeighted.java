package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Decoupled contrast whose positives count the less, the nearer they already are: {@code -w_i s_ii / tau + log sum over
 * negatives of both views of exp(s / tau)}, {@code w_i = 2 - B softmax_i(s_ii / sigma)} held fixed, half the sum of both
 * directions; 0 for one item, which has no negatives (Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, eq. 6).
 */
public record DecoupledWeighted(double temperature, double sigma) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.unit(0);
        Tensor second = batch.unit(1);
        return direction(batch, first, second)
                .add(direction(batch, second, first))
                .divide(2);
    }

    private Tensor direction(ViewBatch batch, Tensor anchors, Tensor others) {
        Tensor own = anchors.multiply(others).sum(1, false);
        if (batch.items() == 1) {
            return own.sum().multiply(0);
        }
        Tensor weight =
                own.detach().divide(sigma).softmax(0).multiply(-batch.items()).add(2);
        Tensor self = batch.others().not();
        Tensor below = Tensor.concatenate(
                        List.of(
                                anchors.matmul(anchors.transpose(0, 1)).maskedFill(self, Double.NEGATIVE_INFINITY),
                                anchors.matmul(others.transpose(0, 1)).maskedFill(self, Double.NEGATIVE_INFINITY)),
                        1)
                .divide(temperature)
                .logSumExp(1, false);
        return below.subtract(weight.multiply(own).divide(temperature)).mean();
    }

    @Override
    public String reduction() {
        return "mean over anchors";
    }
}
