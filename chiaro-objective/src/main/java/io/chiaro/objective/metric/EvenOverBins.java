package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Pairs of every distance count alike: the range of the distances of positive pairs is cut into {@code bins} of equal width, each
 * bin that holds pairs weighs as much as another, and so do the pairs of a bin; negative pairs likewise. {@code max(0, d -
 * positive)} and {@code max(0, negative - d)} of unit rows, each the weighted mean over pairs above zero, then added.
 *
 * <p>pytorch-metric-learning draws pairs from each bin; this is what the mean over ever more draws tends to. Weights have no
 * gradient.
 */
public record EvenOverBins(int bins, double positive, double negative) implements LabelledLoss {

    public EvenOverBins {
        if (bins < 1) {
            throw new IllegalArgumentException("EvenOverBins: expected at least 1 bin, but found " + bins);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.unitDistances(batch.rows());
        Tensor near = distances.add(-positive).relu();
        Tensor far = distances.negate().add(negative).relu();
        return weighted(near, weights(distances, batch.positives()))
                .add(weighted(far, weights(distances, batch.sameLabel().not())));
    }

    private static Tensor weighted(Tensor values, Tensor weights) {
        double above = weights.multiply(values.detach().isGreater(0).to(weights.type()))
                .sum()
                .item();
        return values.multiply(weights).sum().divide(above > 0 ? above : 1);
    }

    /** One over the pairs of its bin for every marked pair, else 0. */
    private Tensor weights(Tensor distances, Tensor mask) {
        double[] values = distances.detach().toDoubles();
        double[] marked = mask.to(distances.type()).toDoubles();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < values.length; i++) {
            if (marked[i] > 0) {
                least = Math.min(least, values[i]);
                most = Math.max(most, values[i]);
            }
        }
        int[] bin = new int[values.length];
        int[] members = new int[bins];
        for (int i = 0; i < values.length; i++) {
            double place = most > least ? (values[i] - least) / (most - least) * bins : 0;
            bin[i] = Math.max(0, Math.min(bins - 1, (int) place));
            members[bin[i]] += marked[i] > 0 ? 1 : 0;
        }
        double[] weights = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            weights[i] = marked[i] > 0 ? 1.0 / members[bin[i]] : 0;
        }
        return Tensor.of(weights, distances.shape()).to(distances.type());
    }

    @Override
    public String reduction() {
        return "weighted mean over positive pairs above zero plus that over negative pairs above zero";
    }
}
