package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * View 0 is a prediction, view 1 the projection that it was made from, view 2 a projection by another tower, held fixed. Each row
 * of view 1 belongs to the nearest of the memory {@code prototypes} by cosine; a group that has rows moves by {@code groupMomentum} to
 * their mean, and gradients flow through the moved groups. The prediction is classified among them, its class being the group
 * nearest to its row of view 2: the cross-entropy, the mean over items (Pang et al., "Unsupervised Visual Representation
 * Learning by Synchronous Momentum Grouping", ECCV 2022, eq. 3 and 4). The groups themselves get no gradient; a run keeps the moved
 * ones. It does not group all data anew from time to time, as the authors do against groups that nothing joins.
 */
public record MovedGroups(double temperature, double groupMomentum) implements BatchLoss {

    private static final String GROUPS = "prototypes";

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor groups = batch.memory(GROUPS).detach();
        Tensor units = groups.normalize(-1);
        Tensor moved = moved(batch, groups, units);
        Tensor codes = Statistics.nearestPlaces(batch.unit(2).detach(), units).unsqueeze(1);
        return batch.unit(0)
                .matmul(moved.normalize(-1).transpose(0, 1))
                .divide(temperature)
                .logSoftmax(1)
                .gather(1, codes)
                .mean()
                .negate();
    }

    private Tensor moved(ViewBatch batch, Tensor groups, Tensor units) {
        Tensor rows = batch.view(1);
        Tensor places = Tensor.range(groups.size(0)).unsqueeze(1);
        Tensor members = places.isEqual(Statistics.nearestPlaces(rows.detach().normalize(-1), units)
                        .unsqueeze(0))
                .to(rows.type());
        Tensor counts = members.sum(1, true);
        Tensor means = members.matmul(rows).divide(counts.atLeast(1));
        Tensor share = counts.atMost(1).multiply(1 - groupMomentum);
        return groups.multiply(share.negate().add(1)).add(means.multiply(share));
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        Tensor groups = batch.memory(GROUPS).detach();
        return Map.of(GROUPS, moved(batch, groups, groups.normalize(-1)));
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "mean over items";
    }

    @Override
    public Set<String> memories() {
        return Set.of(GROUPS);
    }
}
