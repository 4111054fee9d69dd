package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Decoupled uniformity whose centres are shared by items that a prior holds to be near (Dufumier et al., "Integrating Prior
 * Knowledge in Contrastive Learning with Kernel", ICML 2023, section 4). A guide says the prior y of each item, of length one: what an
 * autoencoder or a frozen model makes of its first view, or a class. With K_ij = exp(-|y_i - y_j|^2 / (2 bandwidth^2)) and M the means
 * of the items' views of length one:
 *
 * <pre>
 * centres = (K + ridge I)^-1 K M
 * value   = log mean over i < j of exp(-t |c_i - c_j|^2)
 * </pre>
 *
 * @param bandwidth in distances between vectors of length one, which are at most 2
 * @param ridge above 0; with a bandwidth of almost nothing the centres are M / (1 + ridge)
 */
public record KernelPriorUniformity(double t, double bandwidth, double ridge) implements BatchLoss {

    public KernelPriorUniformity {
        if (!(ridge > 0 && bandwidth > 0)) {
            throw new IllegalArgumentException(
                    "KernelPriorUniformity: expected a bandwidth and a ridge above 0, but found " + bandwidth + " and "
                            + ridge);
        }
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor means = batch.units().stream()
                .reduce(Tensor::add)
                .orElseThrow()
                .divide(batch.views().size());
        Tensor kernel = Statistics.squaredDistances(batch.guide(0))
                .divide(-2 * bandwidth * bandwidth)
                .exp();
        Tensor coefficients =
                kernel.add(Statistics.identity(batch.items(), ridge, kernel)).solve(kernel);
        Tensor centres = coefficients.detach().matmul(means);
        double pairs = (double) batch.items() * (batch.items() - 1);
        return Statistics.logMeanExp(Statistics.squaredDistances(centres).multiply(-t), batch.others(), pairs);
    }

    @Override
    public boolean guided() {
        return true;
    }
}
