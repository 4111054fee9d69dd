package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * For each positive pair (a, p) of unit rows, {@code log(1 + sum over the negatives n of a of exp(4 t^2 (a + p) x_n - 2 (1 +
 * t^2) a p))} with t the tangent of the angle that the negative may see the pair under; x_n keeps its length. The mean over
 * positive pairs (Wang et al., "Deep Metric Learning with Angular Loss", ICCV 2017, eq. 8).
 *
 * @param angle in degrees
 */
public record AngularMargin(double angle) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        int[] labels = batch.rowLabels();
        List<int[]> pairs = IntStream.range(0, labels.length)
                .boxed()
                .flatMap(a -> IntStream.range(0, labels.length)
                        .filter(p -> p != a && labels[p] == labels[a])
                        .mapToObj(p -> new int[] {a, p}))
                .toList();
        Tensor rows = batch.rows();
        if (pairs.isEmpty() || Arrays.stream(labels).distinct().count() < 2) {
            return rows.sum().multiply(0);
        }
        double squared = Math.pow(Math.tan(Math.toRadians(angle)), 2);
        Tensor anchors = places(pairs, 0);
        Tensor positives = places(pairs, 1);
        Tensor units = rows.normalize(-1);
        Tensor seen = units.matmul(rows.transpose(0, 1));
        Tensor own = units.indexSelect(0, anchors)
                .multiply(units.indexSelect(0, positives))
                .sum(1, true);
        Tensor values = seen.indexSelect(0, anchors)
                .add(seen.indexSelect(0, positives))
                .multiply(4 * squared)
                .subtract(own.multiply(2 * (1 + squared)));
        return values.maskedFill(batch.sameLabel().indexSelect(0, anchors), Double.NEGATIVE_INFINITY)
                .logSumExp(1, false)
                .softplus()
                .mean();
    }

    private static Tensor places(List<int[]> pairs, int which) {
        return Tensor.indices(pairs.stream().mapToInt(pair -> pair[which]).toArray());
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }
}
