package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Of each class with two rows or more, the first row is an anchor and the second its positive; the positives of the other
 * classes are its negatives: the cross-entropy of the softmax over all positives, the mean over classes (Sohn, "Improved Deep
 * Metric Learning with Multi-class N-pair Loss Objective", NIPS 2016, eq. 4). Rows are taken in the order of the views.
 *
 * @param normalised whether rows are brought to length one; in the paper their length is free and penalised
 */
public record PairOfEachClass(boolean normalised) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Map<Integer, List<Integer>> classes = new LinkedHashMap<>();
        int[] labels = batch.rowLabels();
        for (int i = 0; i < labels.length; i++) {
            classes.computeIfAbsent(labels[i], label -> new ArrayList<>()).add(i);
        }
        List<List<Integer>> pairs =
                classes.values().stream().filter(members -> members.size() > 1).toList();
        Tensor rows = normalised ? batch.rows().normalize(-1) : batch.rows();
        if (pairs.isEmpty()) {
            return rows.sum().multiply(0);
        }
        Tensor scores = places(rows, pairs, 0).matmul(places(rows, pairs, 1).transpose(0, 1));
        Tensor shares = scores.logSoftmax(1);
        Tensor places = Tensor.range(pairs.size());
        Tensor own = places.unsqueeze(0).isEqual(places.unsqueeze(1));
        return shares.maskedFill(own.not(), 0).sum().divide(-pairs.size());
    }

    private static Tensor places(Tensor rows, List<List<Integer>> pairs, int which) {
        return rows.indexSelect(
                0,
                Tensor.indices(pairs.stream().mapToInt(pair -> pair.get(which)).toArray()));
    }

    @Override
    public String reduction() {
        return "mean over classes with two rows";
    }
}
