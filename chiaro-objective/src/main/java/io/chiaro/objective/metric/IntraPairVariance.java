package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Pairs of one kind should be alike: with m the mean cosine of the positive pairs and n that of the negative ones, the mean of
 * {@code max(0, (1 - positiveEpsilon) m - s)^2} over positive pairs plus that of {@code max(0, s - (1 + negativeEpsilon) n)^2}
 * over negative pairs (Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss", ICCV 2019, eq. 9 and 10).
 */
public record IntraPairVariance(double positiveEpsilon, double negativeEpsilon) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosines = Rows.cosines(batch.rows());
        Tensor positives = batch.positives();
        Tensor negatives = batch.sameLabel().not();
        Tensor near = mean(cosines, positives)
                .multiply(1 - positiveEpsilon)
                .subtract(cosines)
                .relu()
                .square();
        Tensor far = cosines.subtract(mean(cosines, negatives).multiply(1 + negativeEpsilon))
                .relu()
                .square();
        return mean(near, positives).add(mean(far, negatives));
    }

    private static Tensor mean(Tensor values, Tensor mask) {
        Tensor count = mask.to(values.type()).sum().atLeast(1);
        return values.maskedFill(mask.not(), 0).sum().divide(count);
    }

    @Override
    public String reduction() {
        return "mean over positive pairs plus mean over negative pairs";
    }
}
