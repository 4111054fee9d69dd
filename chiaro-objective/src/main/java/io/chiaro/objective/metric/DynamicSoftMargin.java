package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Each triplet counts by its rank: with g = d(a, p) - d(a, n) of unit rows, the mean over triplets of {@code F(g) g}, where F is
 * the share of the batch's triplets with a smaller g, read from a histogram of {@code bins} bins of equal width from {@code
 * minimum} up, into which each g falls in parts (Zhang and Rusinkiewicz, "Learning Local Descriptors with a CDF-Based Dynamic
 * Soft Margin", ICCV 2019, section 3.2). The histogram is that of the batch alone, and gradients flow through it. All triplets
 * are listed, so memory grows with their number times the bins.
 */
public record DynamicSoftMargin(double minimum, int bins) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        int[] labels = batch.rowLabels();
        int n = labels.length;
        List<Integer> near = new ArrayList<>();
        List<Integer> far = new ArrayList<>();
        for (int a = 0; a < n; a++) {
            for (int p = 0; p < n; p++) {
                for (int other = 0; other < n && p != a && labels[p] == labels[a]; other++) {
                    if (labels[other] != labels[a]) {
                        near.add(a * n + p);
                        far.add(a * n + other);
                    }
                }
            }
        }
        Tensor distances = Rows.unitDistances(batch.rows()).reshape((long) n * n);
        if (near.isEmpty()) {
            return distances.sum().multiply(0);
        }
        Tensor gaps = at(distances, near).subtract(at(distances, far));
        double width = 2 * Math.abs(minimum) / bins;
        double[] edges = new double[bins];
        Arrays.setAll(edges, b -> minimum + b * width);
        Tensor parts = gaps.unsqueeze(1)
                .subtract(Tensor.of(edges, 1, bins).to(gaps.type()))
                .abs()
                .divide(-width)
                .add(1)
                .relu();
        Tensor histogram = parts.sum(0, false);
        Tensor below = histogram.divide(histogram.sum()).cumulativeSum(0);
        int[] bin = Arrays.stream(gaps.detach().toDoubles())
                .mapToInt(gap -> Math.max(0, Math.min(bins - 1, (int) Math.floor((gap - minimum) / width))))
                .toArray();
        return below.indexSelect(0, Tensor.indices(bin)).multiply(gaps).mean();
    }

    private static Tensor at(Tensor distances, List<Integer> places) {
        return distances.indexSelect(
                0, Tensor.indices(places.stream().mapToInt(Integer::intValue).toArray()));
    }

    @Override
    public String reduction() {
        return "mean over triplets";
    }
}
