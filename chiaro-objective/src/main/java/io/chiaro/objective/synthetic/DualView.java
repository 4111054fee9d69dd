package io.chiaro.objective.synthetic;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * MoCo whose key is an anchor too, against the hardest negatives alone (Hoang et al., "Momentum Contrastive Learning with Enhanced
 * Negative Sampling and Hard Negative Filtering", 2025; put down from what the paper says in words). With q a query, k its key, and
 * N(a) the {@code hardest} rows of the memory {@code queue} that are nearest to a by their cosine:
 *
 * <pre>
 * l(a, b) = -log( exp(a b / tau) / (exp(a b / tau) + sum over n in N(a) of exp(a n / tau)) )
 * loss    = (1 - keys) l(q, k) + keys l(k, q)
 * </pre>
 *
 * <p>Keys and queue are held fixed, so l(k, q) teaches the query through its own score alone: it is drawn to its key by as much as
 * the key's negatives contest it. With {@code keys} 0 and all of the queue this is MoCo.
 *
 * @param hardest how many negatives of each anchor are kept, at least 1; all if the queue has fewer
 * @param keys the share of the keys' loss, from 0 to 1
 */
public record DualView(double temperature, int hardest, double keys) implements BatchLoss {

    public DualView {
        if (hardest < 1 || !(keys >= 0 && keys <= 1)) {
            throw new IllegalArgumentException(
                    "DualView: expected at least 1 hardest negative and a share from 0 to 1, but found " + hardest
                            + " and " + keys);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor queries = batch.unit(0);
        Tensor fixed = batch.unit(1).detach();
        Tensor queue = batch.memory("queue").normalize(-1).detach();
        Tensor own = queries.multiply(fixed).sum(1, true);
        return loss(own, queries, queue)
                .multiply(1 - keys)
                .add(loss(own, fixed, queue).multiply(keys));
    }

    private Tensor loss(Tensor own, Tensor anchors, Tensor queue) {
        Tensor all = anchors.matmul(queue.transpose(0, 1));
        int kept = Math.toIntExact(Math.min(hardest, queue.size(0)));
        Tensor nearest = all.gather(1, all.detach().largestIndices(kept));
        return Tensor.concatenate(List.of(own, nearest), 1)
                .divide(temperature)
                .logSumExp(1, false)
                .subtract(own.reshape(-1).divide(temperature))
                .mean();
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
