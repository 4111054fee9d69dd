package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * Both views should see a queue alike: half the sum of both Kullback-Leibler divergences of their softmaxes over it and the
 * positive (Wei et
 * al., "CO2: Consistent Contrast for Unsupervised Visual Representation Learning", ICLR 2021, eq. 4). The gradient flows
 * through both views. The memory {@code queue} holds the candidates.
 *
 * @param weight of the value
 */
public record ConsistencyOverQueue(double temperature, double weight) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor own = batch.unit(0).multiply(batch.unit(1)).sum(1, true);
        Tensor p = shares(batch.unit(0), own, batch);
        Tensor q = shares(batch.unit(1), own, batch);
        Tensor both = p.exp().subtract(q.exp()).multiply(p.subtract(q));
        return both.sum(1, false).mean().multiply(weight / 2);
    }

    /** The logarithm of the softmax over the view's own positive and the queue. */
    private Tensor shares(Tensor view, Tensor own, ViewBatch batch) {
        Tensor queue = batch.memory("queue").normalize(-1).transpose(0, 1);
        return Tensor.concatenate(List.of(own, view.matmul(queue)), 1)
                .divide(temperature)
                .logSoftmax(1);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }
}
