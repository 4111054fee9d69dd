package io.chiaro.objective.classes;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.Set;

/**
 * Classes look for rows: the mean over classes that occur of {@code log(1 + sum over their rows of exp(-scale (s - margin)))}
 * plus the mean over all classes of {@code log(1 + sum over other rows of exp(scale (s + margin)))} (Kim et al., "Proxy Anchor
 * Loss for Deep Metric Learning", CVPR 2020, eq. 4). The vectors of the classes are the memory {@code classes}.
 */
public record ProxyAnchor(double margin, double scale) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor classes = batch.memory("classes").normalize(-1);
        Tensor rows = batch.rows().normalize(-1);
        int count = Math.toIntExact(classes.size(0));
        Tensor scores = classes.matmul(rows.transpose(0, 1));
        Tensor own = OwnClass.of(batch.rowLabels(), count).transpose(0, 1);
        long present = Arrays.stream(batch.labels()).distinct().count();
        Tensor near = onePlus(scores.add(-margin).multiply(-scale), own).sum().divide(present);
        Tensor far =
                onePlus(scores.add(margin).multiply(scale), own.not()).sum().divide(count);
        return near.add(far);
    }

    /** log(1 + sum exp) of each row's marked cells; a row without any gives log 1. */
    private static Tensor onePlus(Tensor values, Tensor mask) {
        Tensor one = values.narrow(1, 0, 1).multiply(0);
        return Tensor.concatenate(java.util.List.of(values.maskedFill(mask.not(), Double.NEGATIVE_INFINITY), one), 1)
                .logSumExp(1, false);
    }

    @Override
    public String reduction() {
        return "mean over present classes plus mean over classes";
    }

    @Override
    public Set<String> memories() {
        return Set.of("classes");
    }
}
