package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.Set;

/**
 * The last view is the target, the others (of masked inputs) are anchors. Each anchor's softmax over the prototypes is drawn to
 * the target's, which is sharpened, made even by {@code iterations} of Sinkhorn and Knopp, and held fixed; and the mean of the
 * anchors' softmaxes is drawn to a prior by a divergence times {@code weight} (Assran et al., "Masked Siamese Networks for
 * Label-Efficient Learning", ECCV 2022, eq. 1). The prior is even, by {@code KL(mean | even)}, or falls with the rank of the
 * prototype as {@code k^-power}, by {@code KL(prior | mean)} (Assran et al., "The Hidden Uniform Cluster Prior in
 * Self-Supervised Learning", ICLR 2023, eq. 4). The memory {@code prototypes} holds one vector a row.
 *
 * @param sharpening the temperature that sharpens the target's softmax
 * @param power only for the falling prior
 */
public record MaskedAssignments(
        double temperature, double sharpening, int iterations, double weight, Prior prior, double power)
        implements BatchLoss {

    /** How often each prototype should be chosen. */
    public enum Prior {
        EVEN,
        FALLING
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor prototypes = batch.memory("prototypes").normalize(-1).transpose(0, 1);
        int last = batch.views().size() - 1;
        Tensor target = batch.unit(last)
                .detach()
                .matmul(prototypes)
                .divide(temperature)
                .logSoftmax(1)
                .divide(sharpening);
        target = target.subtract(target.logSumExp(1, true));
        for (int i = 0; i < iterations; i++) {
            target = target.subtract(target.logSumExp(0, true));
            target = target.subtract(target.logSumExp(1, true));
        }
        Tensor value = target.sum().multiply(0);
        Tensor mean = value;
        for (int v = 0; v < last; v++) {
            Tensor scores = batch.unit(v).matmul(prototypes).divide(temperature);
            value = value.add(Statistics.crossEntropy(target.exp(), scores));
            mean = mean.add(scores.softmax(1).mean(0, false));
        }
        return value.divide(last).add(towardsPrior(mean.divide(last)).multiply(weight));
    }

    private Tensor towardsPrior(Tensor mean) {
        int count = Math.toIntExact(mean.size(0));
        if (prior == Prior.EVEN) {
            return mean.multiply(mean.log()).sum().add(Math.log(count));
        }
        double[] falling = new double[count];
        Arrays.setAll(falling, k -> Math.pow(k + 1, -power));
        double sum = Arrays.stream(falling).sum();
        Arrays.setAll(falling, k -> falling[k] / sum);
        double entropy = -Arrays.stream(falling).map(p -> p * Math.log(p)).sum();
        Tensor shares = Tensor.of(falling, count).to(mean.type());
        return shares.multiply(mean.log()).sum().negate().add(-entropy);
    }

    @Override
    public String reduction() {
        return "mean over items and anchor views";
    }

    @Override
    public Set<String> memories() {
        return Set.of("prototypes");
    }
}
