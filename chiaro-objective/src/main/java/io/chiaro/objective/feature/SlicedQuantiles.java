package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * {@code (1 - weight) I + weight (scale S + shape W + centre M)}. I is the mean squared difference of every view to the mean of
 * the first {@code globalViews}. Over features and views, M is the mean squared mean of a feature over items, S the mean squared
 * difference of its deviation to one, and W the mean squared difference of sorted projections on slices to the quantiles i / (B +
 * 1) of the standard normal, of rows that are centred and divided by their deviation plus {@code epsilon}, the deviation held
 * fixed (Wu et al., "VISReg", 2026, eq. 1 to 8). The memory {@code slices} [S, d] holds a direction of length one in each row.
 */
public record SlicedQuantiles(double weight, int globalViews, double scale, double shape, double centre, double epsilon)
        implements BatchLoss {

    /** A feature without spread has no direction to spread in; this keeps its gradient at zero. */
    private static final double LEAST_SQUARE = 1e-24;

    public SlicedQuantiles {
        if (globalViews < 1) {
            throw new IllegalArgumentException(
                    "SlicedQuantiles: expected at least 1 global view, but found " + globalViews);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor slices = batch.memory("slices").transpose(0, 1);
        Tensor middle = batch.view(0);
        for (int v = 1; v < globalViews; v++) {
            middle = middle.add(batch.view(v));
        }
        middle = middle.divide(globalViews);
        Tensor quantiles = quantiles(batch.items()).to(middle.type());
        Tensor sum = middle.sum().multiply(0);
        for (Tensor view : batch.views()) {
            Tensor mean = view.mean(0, true);
            Tensor centred = view.subtract(mean);
            Tensor deviation =
                    centred.square().mean(0, true).atLeast(LEAST_SQUARE).sqrt();
            Tensor projections = centred.divide(deviation.detach().add(epsilon)).matmul(slices);
            Tensor sorted = projections.gather(0, projections.detach().sortedIndices(0, false));
            Tensor spread = deviation.negate().add(1).square().mean().multiply(scale);
            Tensor form = sorted.subtract(quantiles).square().mean().multiply(shape);
            Tensor place = mean.square().mean().multiply(centre);
            sum = sum.add(middle.subtract(view).square().mean().multiply(1 - weight))
                    .add(spread.add(form).add(place).multiply(weight));
        }
        return sum.divide(batch.views().size());
    }

    /** The quantiles i / (n + 1) of the standard normal, [n, 1]. */
    private static Tensor quantiles(int n) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = NormalQuantile.of((i + 1.0) / (n + 1));
        }
        return Tensor.of(values, n, 1);
    }

    @Override
    public String reduction() {
        return "mean over views";
    }

    @Override
    public Set<String> memories() {
        return Set.of("slices");
    }
}
