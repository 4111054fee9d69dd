package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * The last view, held fixed, chooses for each item the nearest of the memory {@code prototypes} by cosine; the others are
 * classified: the cross-entropy of the softmax over prototypes, the mean over items and views (Caron et al., "Unsupervised
 * Learning of Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, appendix A: DeepCluster-v2, whose last view is
 * what a memory keeps of the epoch before, and whose prototypes are the centres of all data by k-means). A run has neither: there the
 * last view is that of the same step, and the prototypes are learned.
 */
public record HardCodes(double temperature) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor prototypes = batch.memory("prototypes").normalize(-1);
        int classified = batch.views().size() - 1;
        Tensor codes = Statistics.nearestPlaces(
                        batch.unit(Math.max(1, classified)).detach(), prototypes.detach())
                .unsqueeze(1);
        Tensor sum = prototypes.sum().multiply(0);
        for (int v = 0; v < classified; v++) {
            Tensor shares = batch.unit(v)
                    .matmul(prototypes.transpose(0, 1))
                    .divide(temperature)
                    .logSoftmax(1);
            sum = sum.subtract(shares.gather(1, codes).mean());
        }
        return sum.divide(classified);
    }

    @Override
    public String reduction() {
        return "mean over items and views";
    }

    @Override
    public Set<String> memories() {
        return Set.of("prototypes");
    }
}
