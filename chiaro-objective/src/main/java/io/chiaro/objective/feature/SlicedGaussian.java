package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * {@code weight * G + (1 - weight) * I}. I is the mean squared difference of every view to the mean of the first {@code
 * globalViews}. G asks every projection of every view on a slice to look standard normal: B times the integral over t of the
 * squared distance of its characteristic function to exp(-t^2/2), weighted by exp(-t^2/2), by trapezia at {@code knots} places
 * from 0 to {@code range} and twice that for the negative half; the mean over slices and views (Balestriero and LeCun, "LeJEPA:
 * Provable and Scalable Self-Supervised Learning Without the Heuristics", 2025, section 4). The memory {@code slices} [S, d]
 * holds a direction of length one in each row.
 */
public record SlicedGaussian(double weight, int globalViews, int knots, double range) implements BatchLoss {

    public SlicedGaussian {
        if (knots < 2 || globalViews < 1) {
            throw new IllegalArgumentException("SlicedGaussian: expected at least 2 knots and 1 global view, but found "
                    + knots + " and " + globalViews);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor slices = batch.memory("slices").transpose(0, 1);
        Tensor centre = batch.view(0);
        for (int v = 1; v < globalViews; v++) {
            centre = centre.add(batch.view(v));
        }
        centre = centre.divide(globalViews);
        Tensor value = centre.sum().multiply(0);
        for (Tensor view : batch.views()) {
            Tensor apart = centre.subtract(view).square().mean();
            value = value.add(apart.multiply(1 - weight))
                    .add(fromGaussian(view.matmul(slices), knots, range).multiply(weight));
        }
        return value.divide(batch.views().size());
    }

    /** The mean over slices of the distance of projections [B, S] to the standard normal. */
    static Tensor fromGaussian(Tensor projections, int knots, double range) {
        double step = range / (knots - 1);
        Tensor sum = projections.sum().multiply(0);
        for (int k = 0; k < knots; k++) {
            double t = k * step;
            double normal = Math.exp(-t * t / 2);
            double trapezium = k == 0 || k == knots - 1 ? step : 2 * step;
            Tensor turned = projections.multiply(t);
            Tensor cosine = turned.cos().mean(0, false).add(-normal);
            Tensor sine = turned.add(-Math.PI / 2).cos().mean(0, false);
            sum = sum.add(cosine.square().add(sine.square()).mean().multiply(trapezium * normal));
        }
        return sum.multiply(projections.size(0));
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
