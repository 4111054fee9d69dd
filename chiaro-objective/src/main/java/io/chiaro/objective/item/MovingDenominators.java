package io.chiaro.objective.item;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contrast with all negatives of the data and not only of the batch: each record keeps a moving average of its denominator, so
 * that a small batch does not bias the gradient (Yuan et al., "Provable Stochastic Optimization for Global Contrastive Learning:
 * Small Batch Does Not Harm Performance", ICML 2022, algorithm 1). With the 2 (B - 1) rows j of other items and the cosines s:
 *
 * <pre>
 * u_i    = (1 - gamma) u_i + gamma mean over j of exp(s_ij / tau_i), the mean alone where the record was not seen before
 * loss_i = mean over j of w_ij s_ij - s_ip,   w_ij = exp(s_ij / tau_i) / u_i held fixed
 * </pre>
 *
 * <p>The value is the mean over items of the sum over both views; a record keeps the mean of both u. Its gradient is tau_i times
 * that of a softmax whose denominator is the average. All is reckoned in logarithms, and a record keeps at most the largest number of
 * single precision.
 *
 * @param gamma the share of the batch in the average, above 0 up to 1
 * @param temperatures tau
 */
public record MovingDenominators(double gamma, Temperatures temperatures) implements BatchLoss {

    private static final String DENOMINATORS = "denominators";
    private static final double LEAST = 1e-8;

    public MovingDenominators {
        if (!(gamma > 0 && gamma <= 1)) {
            throw new IllegalArgumentException(
                    "MovingDenominators: expected a gamma above 0 and up to 1, but found " + gamma);
        }
    }

    /** The rows of one view as anchors, [B, 2 B] each. */
    private record Half(Tensor cosines, Tensor logits, Tensor own) {}

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        return half(batch, 0).add(half(batch, 1)).mean();
    }

    private Tensor half(ViewBatch batch, int anchors) {
        Half half = scored(batch, anchors);
        Tensor weights = weights(half, logAverage(batch, half));
        return mean(batch, weights.multiply(half.cosines())).reshape(-1).subtract(half.own());
    }

    private Half scored(ViewBatch batch, int anchors) {
        Tensor own = batch.unit(anchors);
        Tensor other = batch.unit(1 - anchors);
        Tensor cosines =
                Tensor.concatenate(List.of(own.matmul(other.transpose(0, 1)), own.matmul(own.transpose(0, 1))), 1);
        Tensor rest =
                Tensor.concatenate(List.of(batch.others(), batch.others()), 1).not();
        Tensor logits = cosines.divide(temperatures.of(batch))
                .maskedFill(rest, Double.NEGATIVE_INFINITY)
                .detach();
        return new Half(cosines, logits, own.multiply(other).sum(1, false));
    }

    /** w, [B, 2 B]. */
    private static Tensor weights(Half half, Tensor logAverage) {
        return half.logits().subtract(logAverage.atLeast(Math.log(LEAST))).exp();
    }

    /** log u after the batch, [B, 1]. */
    private Tensor logAverage(ViewBatch batch, Half half) {
        Tensor now = half.logits().logSumExp(1, true).add(-Math.log(others(batch)));
        Tensor before = batch.memoryOrZeros(DENOMINATORS, batch.items(), 1);
        Tensor moved = Tensor.concatenate(List.of(before.log().add(Math.log(1 - gamma)), now.add(Math.log(gamma))), 1)
                .logSumExp(1, true);
        return moved.where(before.isGreater(0), now).detach();
    }

    /** The mean over the rows of other items, [B, 1]. */
    private static Tensor mean(ViewBatch batch, Tensor values) {
        return values.sum(1, true).divide(others(batch));
    }

    private static double others(ViewBatch batch) {
        return Math.max(1, 2.0 * (batch.items() - 1));
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        Map<String, Tensor> remembered = new HashMap<>();
        Tensor denominators =
                batch.memoryOrZeros(DENOMINATORS, batch.items(), 1).multiply(0);
        Tensor slopes = denominators;
        for (int anchors = 0; anchors < 2; anchors++) {
            Half half = scored(batch, anchors);
            Tensor average = logAverage(batch, half);
            denominators =
                    denominators.add(average.exp().atMost(Float.MAX_VALUE).divide(2));
            // d / d tau of tau log u: what pulls a temperature.
            Tensor pulled =
                    mean(batch, weights(half, average).multiply(half.cosines())).divide(temperatures.of(batch));
            slopes =
                    slopes.add(average.atLeast(Math.log(LEAST)).subtract(pulled).divide(2));
        }
        remembered.put(DENOMINATORS, denominators);
        remembered.putAll(temperatures.moved(batch, slopes));
        return remembered;
    }

    @Override
    public Set<String> memories() {
        Set<String> memories = new HashSet<>(temperatures.memories());
        memories.add(DENOMINATORS);
        return memories;
    }

    @Override
    public String reduction() {
        return "mean over items of the sum over both views";
    }
}
