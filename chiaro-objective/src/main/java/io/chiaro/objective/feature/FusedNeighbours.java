package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * Three objectives in one (Estepa et al., "All4One: Symbiotic Neighbour Contrastive Learning via Self-Attention and Redundancy
 * Reduction", ICCV 2023, eq. 1 to 6). Of an item's two views, views 0 and 1 are predictions, 2 and 3 projections, 4 and 5 those of
 * the moving average, held fixed; 6 and 7 are what an attention over neighbours makes of these, 8 and 9 what it makes of a second
 * prediction and neighbours.
 *
 * <pre>
 * neighbours  the nearest row of the memory queue to 4 looks for 1 among the items, that of 5 for 0, at temperature
 * centroids   6 looks for 9 among the items, 7 for 8, at fused-temperature
 * features    (root of the mean of (C_kk - 1)^2 + root of the mean of C_kl^2, k and l different) / 2
 * </pre>
 *
 * <p>with C the products of unit columns, of 4 with 3 and of 5 with 2. The first two are means of both directions.
 */
public record FusedNeighbours(
        double temperature, double fusedTemperature, double neighbours, double centroids, double features)
        implements BatchLoss {

    /** A root at zero has no slope; this keeps its gradient at zero. */
    private static final double LEAST_SQUARE = 1e-24;

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor near = towards(batch, neighbour(batch, 4), batch.unit(1), temperature)
                .add(towards(batch, neighbour(batch, 5), batch.unit(0), temperature));
        Tensor fused = towards(batch, batch.unit(6), batch.unit(9), fusedTemperature)
                .add(towards(batch, batch.unit(7), batch.unit(8), fusedTemperature));
        return near.multiply(neighbours / 2)
                .add(fused.multiply(centroids / 2))
                .add(redundancy(batch).multiply(features));
    }

    private static Tensor neighbour(ViewBatch batch, int view) {
        return Statistics.nearest(batch.unit(view).detach(), batch.memory("queue"));
    }

    private static Tensor towards(ViewBatch batch, Tensor rows, Tensor candidates, double temperature) {
        return batch.crossEntropyOfItems(rows, candidates, temperature);
    }

    private static Tensor redundancy(ViewBatch batch) {
        Tensor first = products(batch, 4, 3);
        Tensor second = products(batch, 5, 2);
        int d = batch.width();
        Tensor diagonal = Statistics.diagonal(d);
        Tensor unlike = first.add(-1).square().add(second.add(-1).square()).maskedFill(diagonal.not(), 0);
        Tensor mixed = first.square().add(second.square()).maskedFill(diagonal, 0);
        return root(unlike.sum().divide(2.0 * d))
                .add(root(mixed.sum().divide(2.0 * d * Math.max(1, d - 1))))
                .divide(2);
    }

    /** The products of unit columns; the averaged rows have length one before. */
    private static Tensor products(ViewBatch batch, int averaged, int projected) {
        return batch.unit(averaged)
                .detach()
                .normalize(0)
                .transpose(0, 1)
                .matmul(batch.view(projected).normalize(0));
    }

    private static Tensor root(Tensor square) {
        return square.atLeast(LEAST_SQUARE).sqrt();
    }

    @Override
    public int views() {
        return 10;
    }

    @Override
    public String reduction() {
        return "mean over items and both directions";
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }
}
