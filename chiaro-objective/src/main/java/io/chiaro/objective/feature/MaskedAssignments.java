package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The last view is the target, the others (of masked inputs) are anchors. Each anchor's softmax over the prototypes is drawn to
 * the target's, which is sharpened, made even by {@code iterations} of Sinkhorn and Knopp, and held fixed; and the mean of the
 * anchors' softmaxes is drawn to a prior by a divergence times {@code weight} (Assran et al., "Masked Siamese Networks for
 * Label-Efficient Learning", ECCV 2022, eq. 1). The prior is even, by {@code KL(mean | even)}, or falls with the rank of the
 * prototype as {@code k^-power}, by {@code KL(prior | mean)} (Assran et al., "The Hidden Uniform Cluster Prior in
 * Self-Supervised Learning", ICLR 2023, eq. 4), or is the memory {@code prior} [1, K] of numbers above zero, divided by their sum,
 * by the same. The memory {@code prototypes} holds one vector a row.
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
        FALLING,
        GIVEN
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
        target = Sinkhorn.logCodes(target, iterations);
        Tensor value = target.sum().multiply(0);
        List<Tensor> shares = new ArrayList<>();
        for (int v = 0; v < last; v++) {
            Tensor scores = batch.unit(v).matmul(prototypes).divide(temperature);
            value = value.add(batch.crossEntropy(target.exp(), scores));
            shares.add(scores.logSoftmax(1));
        }
        // In logarithms: a prototype that nobody chooses has a share of 0, whose logarithm would be none.
        Tensor logMean = Tensor.concatenate(shares, 0).logSumExp(0, false).add(-Math.log(last * batch.items()));
        return value.divide(last).add(towardsPrior(batch, logMean).multiply(weight));
    }

    private Tensor towardsPrior(ViewBatch batch, Tensor logMean) {
        int count = Math.toIntExact(logMean.size(0));
        if (prior == Prior.EVEN) {
            return logMean.exp().multiply(logMean).sum().add(Math.log(count));
        }
        double[] shares = prior == Prior.GIVEN ? given(batch, count) : new double[count];
        if (prior == Prior.FALLING) {
            Arrays.setAll(shares, k -> Math.pow(k + 1, -power));
        }
        double sum = Arrays.stream(shares).sum();
        Arrays.setAll(shares, k -> shares[k] / sum);
        double entropy = -Arrays.stream(shares).map(p -> p * Math.log(p)).sum();
        Tensor wanted = Tensor.of(shares, count).to(logMean.type());
        return wanted.multiply(logMean).sum().negate().add(-entropy);
    }

    private static double[] given(ViewBatch batch, int count) {
        double[] numbers = batch.memory("prior").toDoubles();
        if (numbers.length != count || !Arrays.stream(numbers).allMatch(number -> number > 0)) {
            throw ChiaroException.usage("objective: expected the memory \"prior\" with a number above 0 for each of "
                    + count + " prototypes, but found " + Arrays.toString(numbers) + ". Give such numbers.");
        }
        return numbers;
    }

    @Override
    public String reduction() {
        return "mean over items and anchor views";
    }

    @Override
    public Set<String> memories() {
        return prior == Prior.GIVEN ? Set.of("prototypes", "prior") : Set.of("prototypes");
    }
}
