package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * MoCo with positives drawn further apart and negatives between those of the queue (Zhu et al., "Improving Contrastive Learning
 * by Visualizing Feature Transformation", ICCV 2021, section 4). With q a query, k its key and n_j the queue:
 *
 * <pre>
 * q' = l q + (1 - l) k,  k' = l k + (1 - l) q,  l = 1 + Beta(extrapolation, extrapolation), one for each item
 * n'_j = m n_j + (1 - m) n_pi(j),  m = Beta(interpolation, interpolation) and the order pi, one for each step
 * loss = -log( exp(q' k' / tau) / (exp(q' k' / tau) + sum over j of exp(q n'_j / tau)) )
 * </pre>
 *
 * <p>Keys and queue are held fixed. The score of a positive is q k + 2 l (1 - l) (1 - q k), below q k.
 *
 * @param extrapolation above 0
 * @param interpolation above 0
 */
public record TransformedFeatures(double temperature, double extrapolation, double interpolation) implements BatchLoss {

    public TransformedFeatures {
        if (!(extrapolation > 0 && interpolation > 0)) {
            throw new IllegalArgumentException("TransformedFeatures: expected shapes above 0, but found "
                    + extrapolation + " and " + interpolation);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor queries = batch.unit(0);
        Tensor cosine = queries.multiply(batch.unit(1).detach()).sum(1, true);
        double[] factors = new double[batch.items()];
        for (int i = 0; i < factors.length; i++) {
            double l = 1 + BetaNumbers.next(batch.random("extrapolation", i), extrapolation);
            factors[i] = 2 * l * (1 - l);
        }
        Tensor drawn = Tensor.of(factors, factors.length, 1).to(queries.type());
        Tensor own = cosine.add(cosine.negate().add(1).multiply(drawn));
        Tensor negatives = queries.matmul(between(batch).transpose(0, 1));
        return Tensor.concatenate(List.of(own, negatives), 1)
                .divide(temperature)
                .logSumExp(1, false)
                .subtract(own.reshape(-1).divide(temperature))
                .mean();
    }

    private Tensor between(ViewBatch batch) {
        Tensor queue = batch.memory("queue").normalize(-1).detach();
        RandomStream random = batch.random("interpolation");
        double share = BetaNumbers.next(random, interpolation);
        int[] order = random.permutation(Math.toIntExact(queue.size(0)));
        return queue.multiply(share)
                .add(queue.indexSelect(0, Tensor.indices(order)).multiply(1 - share));
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
