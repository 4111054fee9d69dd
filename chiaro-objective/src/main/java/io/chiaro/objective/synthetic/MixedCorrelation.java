package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.objective.feature.BarlowTwins;
import io.chiaro.objective.feature.Statistics;
import io.chiaro.tensor.Tensor;

/**
 * Barlow Twins that is kept from overfitting by mixed samples (Bandara, De Melo and Patel, "Guarding Barlow Twins Against
 * Overfitting with Mixed Samples", 2023, section 3). View 2 encodes the inputs {@code share a_i + (1 - share) b_pi(i)} of views
 * 0 and 1; the share, uniform in (0, 1), and the order pi are those of {@link #mixing} at the step. With A, B
 * and M the standardised features and A' B the correlation over the batch:
 *
 * <pre>
 * Barlow Twins(A, B) + weight redundancy / 2 ( |M' A - share A' A - (1 - share) B_pi' A|^2
 *                                            + |M' B - share A' B - (1 - share) B_pi' B|^2 )
 * </pre>
 *
 * @param redundancy the weight of what features have in common, as in Barlow Twins
 * @param epsilon added to the variance of a feature
 * @param weight of the mixed samples
 */
public record MixedCorrelation(double redundancy, double epsilon, double weight) implements BatchLoss {

    /** How the inputs of a step are mixed: how much of view 0, and which item of view 1 is mixed to each of its items. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Mixing(double share, int[] order) {}

    /** How so many items are mixed at the step of an address. */
    public static Mixing mixing(long address, int items) {
        RandomStream random = RandomStream.of(address, "mixed samples");
        return new Mixing(random.nextDouble(), random.permutation(items));
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = Statistics.standardised(batch.view(0), epsilon);
        Tensor second = Statistics.standardised(batch.view(1), epsilon);
        Tensor mixed = Statistics.standardised(batch.view(2), epsilon);
        Mixing mixing = mixing(batch.address(), batch.items());
        Tensor expected = first.multiply(mixing.share())
                .add(second.indexSelect(0, Tensor.indices(mixing.order())).multiply(1 - mixing.share()));
        Tensor apart = mixed.subtract(expected).transpose(0, 1).divide(batch.items());
        Tensor penalty = apart.matmul(first)
                .square()
                .sum()
                .add(apart.matmul(second).square().sum());
        return new BarlowTwins(redundancy, epsilon).value(batch).add(penalty.multiply(weight * redundancy / 2));
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "sum over pairs of features";
    }
}
