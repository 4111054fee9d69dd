package io.chiaro.objective.item;

import io.chiaro.objective.JudgedByAnother;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Pairs count less that were far too easy or far too hard in earlier epochs: an easy pair may share nothing but its
 * noise, a hard one may be no pair at all (Lan et al., "Towards Enhancing Time Series Contrastive Learning: A Dynamic Bad Pair Mining
 * Approach", ICLR 2024, section 4). With l_i what is judged of anchor i, the memory {@code pair-losses} keeps for each record the sum of the
 * means of l over its anchors and their number; m_i is their mean, and mu and sigma are mean and deviation of m over the records that have
 * one:
 *
 * <pre>
 * w_i   = exp(-(m_i - mu)^2 / (2 sigma^2))   if m_i < mu - noisy sigma or m_i > mu + faulty sigma, else 1
 * value = mean over anchors of w_i l_i
 * </pre>
 *
 * <p>The weights are those of the past, so they have no gradient. A record that was not seen before counts in full.
 *
 * @param noisy deviations below the mean, above 0
 * @param faulty deviations above the mean, above 0
 * @param judging what judges an anchor, one number each
 */
public record BadPairs(double noisy, double faulty, RowDivergence judging) implements JudgedByAnother {

    private static final String LOSSES = "pair-losses";

    public BadPairs {
        if (!(noisy > 0 && faulty > 0)) {
            throw new IllegalArgumentException(
                    "BadPairs: expected deviations above 0, but found " + noisy + " and " + faulty);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor weights = weights(strip);
        return judging.terms(strip).stream()
                .map(term -> new Term(
                        term.sums().multiply(term.sums().rank() == 1 ? weights : weights.unsqueeze(1)), term.counts()))
                .toList();
    }

    private Tensor weights(Strip strip) {
        Tensor own = strip.remembered(LOSSES, 2);
        Tensor one = own.narrow(1, 0, 1).reshape(-1).multiply(0).add(1);
        Tensor all = strip.rememberedOfAll(LOSSES);
        if (all == null) {
            return one;
        }
        Tensor seen = all.narrow(1, 1, 1).isGreater(0).to(all.type());
        Tensor means = all.narrow(1, 0, 1).divide(all.narrow(1, 1, 1).atLeast(1));
        double count = Math.max(1, seen.sum().item());
        double mu = means.multiply(seen).sum().item() / count;
        double variance = means.add(-mu).square().multiply(seen).sum().item() / count;
        // In single precision a smaller one is none, and would divide by zero.
        if (variance < Float.MIN_NORMAL) {
            return one;
        }
        double sigma = Math.sqrt(variance);
        Tensor away = means(own).add(-mu);
        Tensor known = own.narrow(1, 1, 1).isGreater(0).reshape(-1);
        Tensor bad = away.isGreater(faulty * sigma)
                .or(away.negate().isGreater(noisy * sigma))
                .and(known);
        return away.square().divide(-2 * variance).exp().where(bad, one);
    }

    private static Tensor means(Tensor kept) {
        return kept.narrow(1, 0, 1).divide(kept.narrow(1, 1, 1).atLeast(1)).reshape(-1);
    }

    @Override
    public Map<String, Tensor> remembered(Strip strip) {
        Map<String, Tensor> remembered = new HashMap<>(judging.remembered(strip));
        Tensor losses = strip.scores().sum(1, false).multiply(0);
        for (Term term : judging.terms(strip)) {
            losses = losses.add(
                    term.sums().rank() == 1 ? term.sums() : term.sums().sum(1, false));
        }
        Tensor one = losses.multiply(0).add(1);
        remembered.put(LOSSES, strip.remembered(LOSSES, 2).add(Tensor.stack(List.of(losses, one), 1)));
        return remembered;
    }

    @Override
    public Set<String> memories() {
        Set<String> memories = new TreeSet<>(judging.memories());
        memories.add(LOSSES);
        return memories;
    }

    @Override
    public boolean takesShares() {
        return judging.takesShares();
    }
}
