package io.chiaro.objective.feature;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Rows are the pooled features of regions of pictures, and a row's label names its region, the same in both views. A region of one
 * view looks for itself in the other: minus the mean of the logarithms of the shares of the rows of its region there, in the
 * softmax over all rows of the other view and the rows of other regions of its own, divided by how often its region was drawn; the
 * mean over rows, both directions added (Henaff et al., "Efficient Visual Pretraining with Contrastive Detection", ICCV 2021, eq. 2).
 *
 * <pre>
 * SAME      views 0 and 1 look for each other: DetCon-S
 * TARGETS   views 0 and 1 are predictions that look among the targets 2 and 3 of another tower: DetCon-B
 * </pre>
 */
public record PooledRegions(double temperature, Sides sides) implements LabelledLoss {

    /** Where regions are looked for. */
    public enum Sides {
        SAME,
        TARGETS
    }

    @Override
    public String givenViews() {
        return "pooled regions of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int targets = sides == Sides.SAME ? 0 : 2;
        Tensor labels = Tensor.indices(batch.labels());
        Tensor same = labels.unsqueeze(0).isEqual(labels.unsqueeze(1));
        Tensor first = towards(batch.unit(0), batch.unit(targets + 1), batch.unit(targets), same);
        return first.add(towards(batch.unit(1), batch.unit(targets), batch.unit(targets + 1), same));
    }

    private Tensor towards(Tensor rows, Tensor other, Tensor own, Tensor same) {
        Tensor found = rows.matmul(other.transpose(0, 1)).divide(temperature);
        Tensor against =
                rows.matmul(own.transpose(0, 1)).divide(temperature).maskedFill(same, Double.NEGATIVE_INFINITY);
        Tensor below = Tensor.concatenate(List.of(found, against), 1).logSumExp(1, false);
        Tensor drawn = same.to(found.type()).sum(1, false);
        Tensor above = found.maskedFill(same.not(), 0).sum(1, false).divide(drawn);
        return below.subtract(above).divide(drawn).mean();
    }

    @Override
    public int views() {
        return sides == Sides.SAME ? 2 : 4;
    }

    @Override
    public String reduction() {
        return "mean over rows, both directions added";
    }
}
