package io.chiaro.objective.synthetic;

import io.chiaro.core.RandomStream;
import io.chiaro.objective.Strip;
import io.chiaro.objective.Synthetic;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * Harder negatives than there are (Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS
 * 2020, section 4). Of the {@code hardest} negatives n that are nearest to the anchor q:
 *
 * <pre>
 * mixed     a n_i + (1 - a) n_j, scaled to length one, a uniform in (0, 1)
 * anchored  b q + (1 - b) n_j, scaled to length one, b uniform in (0, 0.5)
 * </pre>
 *
 * <p>Beside a queue this is MoCHi, and without any it is MoCo. An anchor without a negative has none.
 *
 * @param hardest how many of the nearest negatives are mixed, at least 1
 * @param mixed mixtures of two negatives for each anchor
 * @param anchored mixtures of the anchor with a negative for each anchor
 */
public record HardMixtures(int hardest, int mixed, int anchored) implements Synthetic.Beside {

    public HardMixtures {
        if (hardest < 1 || mixed < 0 || anchored < 0) {
            throw new IllegalArgumentException(
                    "HardMixtures: expected at least 1 hardest negative and no number below 0, " + "but found "
                            + hardest + ", " + mixed + " and " + anchored);
        }
    }

    @Override
    public Keys beside(Anchors anchors) {
        return (strip, first) -> mixtures(anchors, strip, first);
    }

    private Made mixtures(Anchors all, Strip strip, int from) {
        double[] negatives = strip.count(strip.negatives()).toDoubles();
        int items = negatives.length;
        int made = mixed + anchored;
        long[] first = new long[items * made];
        long[] second = new long[items * made];
        double[] shares = new double[items * made];
        boolean[] given = new boolean[items];
        int most = 1;
        for (int i = 0; i < items; i++) {
            int n = (int) Math.min(hardest, negatives[i]);
            given[i] = n > 0;
            most = Math.max(most, n);
            RandomStream random = all.random("hard mixtures", from + i);
            for (int k = 0; k < made && n > 0; k++) {
                int at = i * made + k;
                first[at] = random.nextInt(n);
                second[at] = random.nextInt(n);
                shares[at] = random.nextDouble() * (k < mixed ? 1 : 0.5);
            }
        }
        Tensor nearest = strip.scores()
                .maskedFill(strip.negatives().not(), Double.NEGATIVE_INFINITY)
                .largestIndices(most);
        Tensor ends = picked(all.candidates(), nearest, second, items);
        Tensor begins = picked(all.candidates(), nearest, first, items);
        if (anchored > 0) {
            Tensor own = all.rows().narrow(0, from, items);
            Tensor anchors = own.unsqueeze(1).expand(items, anchored, own.size(1));
            begins = Tensor.concatenate(List.of(begins.narrow(1, 0, mixed), anchors), 1);
        }
        Tensor share = Tensor.of(shares, items, made, 1).to(ends.type());
        return new Made(
                begins.multiply(share).add(ends.multiply(share.negate().add(1))).normalize(-1), given);
    }

    private Tensor picked(Tensor candidates, Tensor nearest, long[] places, int items) {
        int made = mixed + anchored;
        Tensor rows = nearest.gather(1, Tensor.of(places, items, made)).reshape(-1);
        return candidates.indexSelect(0, rows).reshape(items, made, candidates.size(1));
    }
}
