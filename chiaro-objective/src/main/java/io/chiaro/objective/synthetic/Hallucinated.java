package io.chiaro.objective.synthetic;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * MoCo with one more positive for each query, made of its pair in the space of features (Wu, Hobbs and Hovakimyan, "Hallucination
 * Improves the Performance of Unsupervised Visual Representation Learning", ICCV 2023, section 3; put down from memory, so that
 * numbers and the shape of the small net are this project's own). With q a query, k its key, K the queue, and S_in [h, d], s [h, 1]
 * and S_out [h, d] the memories {@code smoothing-in}, {@code smoothing-bias} and {@code smoothing-out}:
 *
 * <pre>
 * c_i     = (q_i + k_i) / 2                 the centre of the pair
 * v_i     = k_i + a (k_i - c_i),            a uniform in (0, reach): away from the centre, on one side only
 * S(x)    = x + S_out' relu( S_in x + s ),  scaled to length one: smoothed by a small net that learns
 * l(p, N) = -log( exp(q_i p / tau) / (exp(q_i p / tau) + sum over n in N of exp(q_i n / tau)) )
 * loss    = (l(k_i, K) + weight l(S(v_i), S(K))) / (1 + weight), the mean over items
 * </pre>
 *
 * <p>The pair that is made has less in common than the pair that it is made of. Negatives are smoothed as the positive is, or the net
 * would learn nothing but where no negative lies. Keys and queue are held fixed; queries and the net learn through S too. With a weight
 * of 0 this is MoCo.
 *
 * @param reach at least 0
 * @param weight at least 0
 */
public record Hallucinated(double temperature, double reach, double weight) implements BatchLoss {

    private static final String IN = "smoothing-in";
    private static final String OUT = "smoothing-out";
    private static final String BIAS = "smoothing-bias";

    public Hallucinated {
        if (!(reach >= 0 && weight >= 0)) {
            throw new IllegalArgumentException(
                    "Hallucinated: expected numbers of at least 0, but found " + reach + " and " + weight);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor queries = batch.unit(0);
        Tensor keys = batch.unit(1).detach();
        Tensor queue = batch.memory("queue").normalize(-1).detach();
        Tensor negatives = queries.matmul(queue.transpose(0, 1));
        Tensor own = loss(queries, keys, negatives);
        Tensor made = loss(
                queries,
                smoothed(batch, moved(batch, queries, keys)),
                queries.matmul(smoothed(batch, queue).transpose(0, 1)));
        return own.add(made.multiply(weight)).divide(1 + weight);
    }

    private Tensor loss(Tensor queries, Tensor positives, Tensor negatives) {
        Tensor own = queries.multiply(positives).sum(1, true);
        return Tensor.concatenate(List.of(own, negatives), 1)
                .divide(temperature)
                .logSumExp(1, false)
                .subtract(own.reshape(-1).divide(temperature))
                .mean();
    }

    private Tensor moved(ViewBatch batch, Tensor queries, Tensor keys) {
        double[] steps = new double[batch.items()];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = reach * batch.random("hallucination", i).nextDouble();
        }
        Tensor away = keys.subtract(queries.add(keys).divide(2));
        return keys.add(away.multiply(Tensor.of(steps, steps.length, 1).to(keys.type())));
    }

    private static Tensor smoothed(ViewBatch batch, Tensor rows) {
        Tensor bias = batch.memoryOrZeros(BIAS, batch.memory(IN).size(0), 1).transpose(0, 1);
        Tensor hidden = rows.matmul(batch.memory(IN).transpose(0, 1)).add(bias).relu();
        return rows.add(hidden.matmul(batch.memory(OUT))).normalize(-1);
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue", IN, OUT, BIAS);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
