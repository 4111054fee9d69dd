package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Of all positive pairs of a batch the farthest share, of all negative pairs the nearest: {@code max(0, d - positive)} and {@code
 * max(0, negative - d)} of unit rows, each averaged over its chosen pairs above zero, then added (Yuan, Yang and Zhang,
 * "Hard-Aware Deeply Cascaded Embedding", ICCV 2017, section 3.2, of one level). The choice has no gradient.
 *
 * @param share of pairs that is kept, rounded up
 */
public record HardestShare(double share, double positive, double negative) implements LabelledLoss {

    public HardestShare {
        if (!(share > 0) || share > 1) {
            throw new IllegalArgumentException(
                    "HardestShare: expected a share above 0 and up to 1, but found " + share);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.unitDistances(batch.rows());
        Tensor near = hardest(distances, batch.positives()).add(-positive);
        Tensor far = hardest(distances.negate(), batch.sameLabel().not()).add(negative);
        return meanAboveZero(near).add(meanAboveZero(far)).add(distances.sum().multiply(0));
    }

    /** The largest marked values, [k]. */
    private Tensor hardest(Tensor values, Tensor mask) {
        int kept = (int) Math.ceil(share * mask.to(values.type()).sum().item());
        Tensor order = values.detach()
                .maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                .reshape(-1)
                .sortedIndices(0, true)
                .narrow(0, 0, kept);
        return values.reshape(-1).indexSelect(0, order);
    }

    private static Tensor meanAboveZero(Tensor values) {
        double count = values.detach().isGreater(0).to(values.type()).sum().item();
        return values.relu().sum().divide(Math.max(1, count));
    }

    @Override
    public String reduction() {
        return "mean over chosen positive pairs above zero plus mean over chosen negative pairs above zero";
    }
}
