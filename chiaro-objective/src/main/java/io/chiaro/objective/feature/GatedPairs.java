package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Any two items may be a positive pair, in the subspace that their classes choose (Wu et al., "Rethinking Positive Pairs in Contrastive
 * Learning", 2024: Hydra). Item i is paired with item p(i), a permutation that is drawn for each step; a pair of classes {a, b} has a
 * gate, which opens and closes dimensions. With z the rows of both views, y their classes:
 *
 * <pre>
 * g_ab = sigmoid(w_ab),   w_ab row b (b + 1) / 2 + a of the memory gates, a at most b
 * s_ik = cos(g z_i, g z_k),   g the gate of the pair in which i is the anchor
 * value = mean over pairs (i of view 0, p(i) of view 1), each of both being the anchor once, of
 *         -log( exp(s_pair / temperature) / sum over all rows k but the anchor of exp(s_ik / temperature) )
 * </pre>
 *
 * <p>With gates of one and every item paired with itself this is NT-Xent. That a gate is a sigmoid, and that all other rows of the
 * batch are the negatives of a pair, is the nearest reading of the paper's abstract and not of its code.
 *
 * @param temperature above 0
 * @param arbitrary how many of the items, as a share, are paired with any other; the rest are paired with themselves
 * @param gated whether gates are learned; if not, all are one
 */
public record GatedPairs(double temperature, double arbitrary, boolean gated) implements BatchLoss {

    private static final String GATES = "gates";

    /** A product of squared lengths below which a row is taken to be zero in a subspace. */
    private static final double LEAST = 1e-16;

    public GatedPairs {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("GatedPairs: expected a temperature above 0, but found " + temperature);
        }
        if (!(arbitrary >= 0 && arbitrary <= 1)) {
            throw new IllegalArgumentException("GatedPairs: expected a share from 0 to 1, but found " + arbitrary);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int n = batch.items();
        int[] partners = partners(batch);
        int[] labels = batch.labels();
        int[] pairs = new int[2 * n];
        int[] positives = new int[2 * n];
        for (int i = 0; i < n; i++) {
            int p = partners[i];
            positives[i] = n + p;
            positives[n + p] = i;
            pairs[i] = pair(labels[i], labels[p]);
            pairs[n + p] = pairs[i];
        }
        // Products of gated rows without a tensor of all pairs: the gate of an anchor is squared into its own row.
        Tensor rows = Tensor.concatenate(List.of(batch.unit(0), batch.unit(1)), 0);
        Tensor gates = gates(batch, pairs).square();
        Tensor dots = gates.multiply(rows).matmul(rows.transpose(0, 1));
        Tensor own = gates.multiply(rows.square()).sum(1, true);
        Tensor others = gates.matmul(rows.square().transpose(0, 1));
        Tensor scores = dots.divide(own.multiply(others).atLeast(LEAST).sqrt()).divide(temperature);
        return scores.maskedFill(Statistics.diagonal(2 * n), Double.NEGATIVE_INFINITY)
                .logSumExp(1, true)
                .subtract(scores.gather(1, Tensor.indices(positives).unsqueeze(1)))
                .mean();
    }

    /** Item p(i) for each i: some are drawn and permuted, the others stay. */
    private int[] partners(ViewBatch batch) {
        int n = batch.items();
        int[] drawn = Arrays.copyOf(batch.random("pairs").permutation(n), (int) Math.round(arbitrary * n));
        int[] order = batch.random("partners").permutation(drawn.length);
        int[] partners = new int[n];
        Arrays.setAll(partners, i -> i);
        for (int k = 0; k < drawn.length; k++) {
            partners[drawn[k]] = drawn[order[k]];
        }
        return partners;
    }

    /** The row of a pair of classes among all pairs. */
    private static int pair(int first, int second) {
        int larger = Math.max(first, second);
        return larger * (larger + 1) / 2 + Math.min(first, second);
    }

    /** The gates of some pairs, [n, d]; halves before a run has learned any. */
    private Tensor gates(ViewBatch batch, int[] pairs) {
        if (!gated) {
            return Tensor.ones(pairs.length, batch.width()).to(batch.view(0).type());
        }
        int most = Arrays.stream(pairs).max().orElse(0);
        Tensor gates = batch.remembers(GATES)
                ? batch.memory(GATES)
                : Tensor.zeros(most + 1L, batch.width()).to(batch.view(0).type());
        if (gates.size(0) <= most || gates.size(1) != batch.width()) {
            throw ChiaroException.usage("objective: expected the memory \"" + GATES
                    + "\" with a row of " + batch.width() + " numbers for each pair of classes, at least " + (most + 1)
                    + ", but found " + gates + ". Give such rows.");
        }
        return gates.indexSelect(0, Tensor.indices(pairs)).sigmoid();
    }

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public Set<String> memories() {
        return gated ? Set.of(GATES) : Set.of();
    }

    @Override
    public String reduction() {
        return "mean over the rows of both views";
    }
}
