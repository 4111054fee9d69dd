package io.chiaro.objective.metric;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The hard pairs of a batch alone: pairs of label 1 that are farther than the nearest pair of label 0, and pairs of label 0 that
 * are nearer than the farthest of label 1. With {@code d = 1 - cosine} the sum of {@code d^2} over the first and of {@code max(0,
 * margin - d)^2} over the second. Where a batch has one label only, the mean distance stands for the other's. Pairs of any other
 * label are left out. (The online contrastive loss of sentence-transformers, after Hadsell, Chopra and LeCun, CVPR 2006, eq. 4.)
 */
public record HardLabelledPairs(double margin) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.cosineDistances(batch.view(0), batch.view(1));
        double[] found = distances.detach().toDoubles();
        double[] labels = batch.scores().toDoubles();
        double[] sums = new double[2];
        int[] counts = new int[2];
        double farthestAlike = Double.NEGATIVE_INFINITY;
        double nearestUnlike = Double.POSITIVE_INFINITY;
        for (int i = 0; i < found.length; i++) {
            if (labels[i] == 1 || labels[i] == 0) {
                sums[(int) labels[i]] += found[i];
                counts[(int) labels[i]]++;
                farthestAlike = labels[i] == 1 ? Math.max(farthestAlike, found[i]) : farthestAlike;
                nearestUnlike = labels[i] == 0 ? Math.min(nearestUnlike, found[i]) : nearestUnlike;
            }
        }
        double below = counts[1] > 0 ? farthestAlike : sums[0] / counts[0];
        double above = counts[0] > 0 ? nearestUnlike : sums[1] / counts[1];
        double[] alike = new double[found.length];
        double[] unlike = new double[found.length];
        for (int i = 0; i < found.length; i++) {
            alike[i] = labels[i] == 1 && found[i] > above ? 1 : 0;
            unlike[i] = labels[i] == 0 && found[i] < below ? 1 : 0;
        }
        Tensor near = distances.square().multiply(Tensor.of(alike, found.length).to(distances.type()));
        Tensor far = distances
                .negate()
                .add(margin)
                .relu()
                .square()
                .multiply(Tensor.of(unlike, found.length).to(distances.type()));
        return near.add(far).sum();
    }

    @Override
    public boolean scored() {
        return true;
    }

    @Override
    public String reduction() {
        return "sum over hard pairs";
    }
}
