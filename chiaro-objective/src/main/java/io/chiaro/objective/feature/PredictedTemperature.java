package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Every row says itself how sure it is: its last number u makes the scale of its scores, and the others are its embedding (Zhang et
 * al., "Temperature as Uncertainty in Contrastive Learning", 2021, section 3). For each of the 2 B rows of two views
 *
 * <pre>
 * -log( exp(c_ip a_i) / sum over k of exp(c_ik a_i) ),   a_i = sigmoid(u_i) / temperature,   c a cosine
 * </pre>
 *
 * <p>where k goes over all rows but i itself, or over those of other items. A row that is hard to tell from others pays less with
 * a smaller a_i, and shows by it that it is uncertain. The authors' code scales the positive of a second view's row by the number
 * of the first view's; here a row has one scale.
 */
public record PredictedTemperature(double temperature, Candidates candidates) implements BatchLoss {

    /** Over which rows an anchor's sum goes. */
    public enum Candidates {
        /** All but the anchor, as in NT-Xent. */
        ALL,
        /** Those of other items, as in DCL. */
        NEGATIVES
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int last = batch.width() - 1;
        Tensor first = batch.view(0).narrow(1, 0, last).normalize(-1);
        Tensor second = batch.view(1).narrow(1, 0, last).normalize(-1);
        Tensor rows = Tensor.concatenate(List.of(first, second), 0);
        Tensor scales = Tensor.concatenate(List.of(batch.view(0), batch.view(1)), 0)
                .narrow(1, last, 1)
                .sigmoid()
                .divide(temperature);
        Tensor cosines = rows.matmul(rows.transpose(0, 1));
        Tensor own = first.multiply(second).sum(1, true);
        Tensor positives = Tensor.concatenate(List.of(own, own), 0).multiply(scales);
        Tensor item = Tensor.concatenate(List.of(Tensor.range(batch.items()), Tensor.range(batch.items())), 0);
        Tensor leftOut = candidates == Candidates.ALL
                ? Statistics.diagonal(2 * batch.items())
                : item.unsqueeze(0).isEqual(item.unsqueeze(1));
        return cosines.multiply(scales)
                .maskedFill(leftOut, Double.NEGATIVE_INFINITY)
                .logSumExp(1, true)
                .subtract(positives)
                .mean();
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }
}
