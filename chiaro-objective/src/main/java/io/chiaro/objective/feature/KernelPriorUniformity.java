package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Decoupled uniformity whose centres are shared by items that a prior holds to be near (Dufumier et al., "Integrating Prior
 * Knowledge in Contrastive Learning with Kernel", ICML 2023, section 4). The last view holds what the prior says of each item, y,
 * for example the embedding of a frozen model; it is held fixed. With K_ij = exp(-|y_i - y_j|^2 / (2 bandwidth^2)) and M the means
 * of the items' other views of length one:
 *
 * <pre>
 * centres = (K + ridge I)^-1 K M
 * value   = log mean over i < j of exp(-t |c_i - c_j|^2)
 * </pre>
 *
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
    public Tensor value(ViewBatch batch) {
        List<Tensor> units = batch.units();
        int last = units.size() - 1;
        Tensor means = units.subList(0, last).stream()
                .reduce(Tensor::add)
                .orElseThrow()
                .divide(last);
        Tensor kernel = Statistics.squaredDistances(batch.view(last).detach())
                .divide(-2 * bandwidth * bandwidth)
                .exp();
        Tensor coefficients =
                kernel.add(Statistics.identity(batch.items(), ridge, kernel)).solve(kernel);
        Tensor centres = coefficients.detach().matmul(means);
        double pairs = (double) batch.items() * (batch.items() - 1);
        return Statistics.logMeanExp(Statistics.squaredDistances(centres).multiply(-t), batch.others(), pairs);
    }

    @Override
    public int views() {
        return 3;
    }
}
