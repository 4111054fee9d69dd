package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * MoCo with harder negatives than the queue holds (Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS
 * 2020, section 4). Of the {@code hardest} negatives n of the queue that are nearest to the query q:
 *
 * <pre>
 * mixed     a n_i + (1 - a) n_j, scaled to length one, a uniform in (0, 1)
 * anchored  b q + (1 - b) n_j, scaled to length one, b uniform in (0, 0.5)
 * </pre>
 *
 * <p>They stand in the denominator beside the queue and are held fixed, as are the keys. Without any this is MoCo.
 *
 * @param hardest how many of the nearest negatives are mixed, at least 1
 * @param mixed mixtures of two negatives for each query
 * @param anchored mixtures of the query with a negative for each query
 */
public record HardMixtures(double temperature, int hardest, int mixed, int anchored) implements BatchLoss {

    public HardMixtures {
        if (hardest < 1 || mixed < 0 || anchored < 0) {
            throw new IllegalArgumentException(
                    "HardMixtures: expected at least 1 hardest negative and no number below 0, " + "but found "
                            + hardest + ", " + mixed + " and " + anchored);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor queries = batch.unit(0);
        Tensor own = queries.multiply(batch.unit(1).detach()).sum(1, true);
        Tensor queue = batch.memory("queue").normalize(-1).detach();
        Tensor negatives = queries.matmul(queue.transpose(0, 1));
        List<Tensor> scores = new ArrayList<>(List.of(own, negatives));
        if (mixed + anchored > 0) {
            Tensor made = mixtures(batch, queries.detach(), queue, negatives.detach());
            scores.add(made.multiply(queries.unsqueeze(1)).sum(2, false));
        }
        return Tensor.concatenate(scores, 1)
                .divide(temperature)
                .logSumExp(1, false)
                .subtract(own.reshape(-1).divide(temperature))
                .mean();
    }

    /** Rows of length one, [B, mixed + anchored, d]. */
    private Tensor mixtures(ViewBatch batch, Tensor queries, Tensor queue, Tensor scores) {
        int n = Math.toIntExact(Math.min(hardest, queue.size(0)));
        int made = mixed + anchored;
        int items = batch.items();
        long[] first = new long[items * made];
        long[] second = new long[items * made];
        double[] shares = new double[items * made];
        for (int i = 0; i < items; i++) {
            RandomStream random = batch.random("hard mixtures", i);
            for (int k = 0; k < made; k++) {
                int at = i * made + k;
                first[at] = random.nextInt(n);
                second[at] = random.nextInt(n);
                shares[at] = random.nextDouble() * (k < mixed ? 1 : 0.5);
            }
        }
        Tensor nearest = scores.largestIndices(n);
        Tensor ends = picked(queue, nearest, second, items, made);
        Tensor begins = picked(queue, nearest, first, items, made);
        if (anchored > 0) {
            Tensor anchors = queries.unsqueeze(1).expand(items, anchored, batch.width());
            begins = Tensor.concatenate(List.of(begins.narrow(1, 0, mixed), anchors), 1);
        }
        Tensor share = Tensor.of(shares, items, made, 1).to(queries.type());
        return begins.multiply(share)
                .add(ends.multiply(share.negate().add(1)))
                .normalize(-1)
                .detach();
    }

    private static Tensor picked(Tensor queue, Tensor nearest, long[] places, int items, int made) {
        Tensor rows = nearest.gather(1, Tensor.of(places, items, made)).reshape(-1);
        return queue.indexSelect(0, rows).reshape(items, made, queue.size(1));
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
