package io.chiaro.objective.item;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.objective.feature.Statistics;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * NT-Xent in which pairs count less that were far too easy or far too hard in earlier epochs: an easy pair may share nothing but its
 * noise, a hard one may be no pair at all (Lan et al., "Towards Enhancing Time Series Contrastive Learning: A Dynamic Bad Pair Mining
 * Approach", ICLR 2024, section 4). The memory {@code pair-losses} keeps for each record the sum of its losses and their number; m_i is
 * their mean, and mu and sigma are mean and deviation of m over the records that have one:
 *
 * <pre>
 * w_i   = exp(-(m_i - mu)^2 / (2 sigma^2))   if m_i < mu - noisy sigma or m_i > mu + faulty sigma, else 1
 * value = mean over items of w_i l_i,   l_i the mean of both directions
 * </pre>
 *
 * <p>The weights are those of the past, so they have no gradient. A record that was not seen before counts in full.
 *
 * @param noisy deviations below the mean, above 0
 * @param faulty deviations above the mean, above 0
 */
public record BadPairs(double temperature, double noisy, double faulty) implements BatchLoss {

    private static final String LOSSES = "pair-losses";

    public BadPairs {
        if (!(noisy > 0 && faulty > 0)) {
            throw new IllegalArgumentException(
                    "BadPairs: expected deviations above 0, but found " + noisy + " and " + faulty);
        }
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        return losses(batch).multiply(weights(batch)).mean();
    }

    /** l of each item, [B]. */
    private Tensor losses(ViewBatch batch) {
        Tensor both = Statistics.softmaxOfPairs(batch.unit(0), batch.unit(1), temperature);
        return both.narrow(0, 0, batch.items())
                .add(both.narrow(0, batch.items(), batch.items()))
                .divide(2);
    }

    private Tensor weights(ViewBatch batch) {
        double[] kept = batch.remembers(LOSSES) ? batch.memory(LOSSES).toDoubles() : new double[2 * batch.items()];
        int[] records = batch.remembers(LOSSES) ? batch.records(kept.length / 2) : new int[batch.items()];
        double sum = 0;
        double squares = 0;
        int seen = 0;
        for (int r = 0; r < kept.length / 2; r++) {
            if (kept[2 * r + 1] > 0) {
                double mean = kept[2 * r] / kept[2 * r + 1];
                sum += mean;
                squares += mean * mean;
                seen++;
            }
        }
        double mu = seen == 0 ? 0 : sum / seen;
        double sigma = seen == 0 ? 0 : Math.sqrt(Math.max(0, squares / seen - mu * mu));
        double[] weights = new double[records.length];
        for (int i = 0; i < weights.length; i++) {
            double count = kept[2 * records[i] + 1];
            double away = count > 0 ? kept[2 * records[i]] / count - mu : 0;
            boolean bad = away < -noisy * sigma || away > faulty * sigma;
            weights[i] = bad && sigma > 0 ? Math.exp(-away * away / (2 * sigma * sigma)) : 1;
        }
        return Tensor.of(weights, weights.length).to(batch.view(0).type());
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        Tensor losses = losses(batch).unsqueeze(1);
        Tensor one = losses.multiply(0).add(1);
        Tensor added = Tensor.concatenate(List.of(losses, one), 1);
        if (!batch.remembers(LOSSES)) {
            return Map.of(LOSSES, added);
        }
        Tensor memory = batch.memory(LOSSES);
        int[] records = batch.records(Math.toIntExact(memory.size(0)));
        return Map.of(LOSSES, memory.indexSelect(0, Tensor.indices(records)).add(added));
    }

    @Override
    public Set<String> memories() {
        return Set.of(LOSSES);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
