package io.chiaro.objective.ranking;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The chance that a negative pair is nearer than a positive one: {@code sum over r of h-_r sum over q <= r of h+_q}, with the
 * histograms of the cosines of positive and negative pairs over {@code bins} equal steps from -1 to 1; a cosine falls in parts
 * into the two nearest places (Ustinova and Lempitsky, "Learning Deep Embeddings with Histogram Loss", NIPS 2016, eq. 5). Each
 * pair counts once.
 */
public record OverlapOfHistograms(int bins) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        int[] labels = batch.rowLabels();
        int n = labels.length;
        List<Integer> same = new ArrayList<>();
        List<Integer> other = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                (labels[i] == labels[j] ? same : other).add(i * n + j);
            }
        }
        Tensor units = batch.rows().normalize(-1);
        Tensor cosines = units.matmul(units.transpose(0, 1)).reshape((long) n * n);
        if (same.isEmpty() || other.isEmpty()) {
            return cosines.sum().multiply(0);
        }
        Tensor positives = histogram(cosines, same);
        return histogram(cosines, other).multiply(positives.cumulativeSum(0)).sum();
    }

    private Tensor histogram(Tensor cosines, List<Integer> pairs) {
        Tensor chosen = cosines.indexSelect(
                        0,
                        Tensor.indices(
                                pairs.stream().mapToInt(Integer::intValue).toArray()))
                .unsqueeze(1);
        double width = 2.0 / bins;
        double[] places = new double[bins + 1];
        Arrays.setAll(places, r -> -1 + r * width);
        Tensor parts = chosen.subtract(Tensor.of(places, 1, places.length).to(cosines.type()))
                .abs()
                .divide(-width)
                .add(1)
                .relu();
        return parts.mean(0, false);
    }

    @Override
    public String reduction() {
        return "sum over places of the histograms";
    }
}
