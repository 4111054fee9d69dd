package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Two items are alike if they share a cluster (Alshammari et al., "I-Con: A Unifying Framework for Representation Learning", ICLR 2025,
 * table 1 and section 4, clustering with debiased targets). The d numbers of an embedding are the scores of d clusters; with shares
 * a = softmax(x / temperature) of the first view and b of the second,
 *
 * <pre>
 * q(j | i) = sum over clusters c of a_ic b_jc / sum over k of b_kc
 * p(j | i) = (1 - leak) / (1 + neighbours) for the item itself and its neighbours, and leak / B for all
 * value    = mean over i of sum over j of p log(p / q), halved over both directions
 * </pre>
 *
 * <p>An empty cluster costs nothing by itself, but a full one divides its q among all who share it, so clusters grow even.
 *
 * @param temperature above 0
 * @param leak from 0 to below 1: how much of p says nothing
 * @param neighbours of an item by a guide model, in the batch; 0 asks for no guide
 */
public record SharedClusters(double temperature, double leak, int neighbours) implements BatchLoss {

    /** Keeps a logarithm finite where two rows share nothing that a number can hold. */
    private static final double LEAST = 1e-30;

    public SharedClusters {
        if (!(temperature > 0 && leak >= 0 && leak < 1 && neighbours >= 0)) {
            throw new IllegalArgumentException(
                    "SharedClusters: expected a temperature above 0, a leak from 0 to below 1, and"
                            + " neighbours of at least 0, but found " + temperature + ", " + leak + " and "
                            + neighbours);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor first = batch.view(0).divide(temperature).softmax(1);
        Tensor second = batch.view(1).divide(temperature).softmax(1);
        return apart(told(batch, 0, 1), first, second)
                .add(apart(told(batch, 1, 0), second, first))
                .divide(2);
    }

    private Tensor told(ViewBatch batch, int from, int to) {
        int items = batch.items();
        Tensor own = Statistics.identity(items, 1, batch.view(0));
        int near = Math.min(neighbours, items - 1);
        if (near > 0) {
            Tensor cosines = batch.guide(from)
                    .matmul(batch.guide(to).transpose(0, 1))
                    .maskedFill(Statistics.diagonal(items), Double.NEGATIVE_INFINITY);
            Tensor nearest = cosines.largestIndices(near);
            for (int k = 0; k < near; k++) {
                Tensor place = nearest.narrow(1, k, 1);
                own = own.add(Tensor.range(items).unsqueeze(0).isEqual(place).to(own.type()));
            }
        }
        return own.multiply((1 - leak) / (1 + near)).add(leak / items);
    }

    private static Tensor apart(Tensor told, Tensor anchors, Tensor candidates) {
        Tensor sizes = candidates.sum(0, true).atLeast(LEAST);
        Tensor log = anchors.matmul(candidates.divide(sizes).transpose(0, 1))
                .atLeast(LEAST)
                .log();
        Tensor known = told.atLeast(LEAST).log();
        return told.multiply(known.subtract(log)).sum(1, false).mean();
    }

    @Override
    public String reduction() {
        return "mean over items and directions";
    }

    @Override
    public boolean guided() {
        return neighbours > 0;
    }
}
