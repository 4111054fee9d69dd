package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * Each view predicts the other's code over the prototypes (Caron et al., "SwAV", NeurIPS 2020, eq. 2). A code is the scores of
 * a view divided by {@code epsilon} after {@code iterations} of Sinkhorn and Knopp: rows share the items evenly, columns the
 * prototypes; it is reckoned in logarithms and held fixed. The memory {@code prototypes} holds one vector a row.
 */
public record SwappedCodes(double temperature, double epsilon, int iterations) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor prototypes = batch.memory("prototypes").normalize(-1).transpose(0, 1);
        Tensor first = batch.unit(0).matmul(prototypes);
        Tensor second = batch.unit(1).matmul(prototypes);
        return Statistics.crossEntropy(code(first), second.divide(temperature))
                .add(Statistics.crossEntropy(code(second), first.divide(temperature)))
                .divide(2);
    }

    private Tensor code(Tensor scores) {
        return Sinkhorn.logCodes(scores.detach().divide(epsilon), iterations).exp();
    }

    @Override
    public String reduction() {
        return "mean over items and both directions";
    }

    @Override
    public Set<String> memories() {
        return Set.of("prototypes");
    }
}
