package io.chiaro.objective.item;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * Rows are classified by the cluster of their record (Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster
 * Assignments", NeurIPS 2020, appendix A: DeepCluster-v2). The memory {@code bank} holds a vector v for each record, as it was when the record
 * was last met; the memory {@code clusters} the centres c that k-means found in it after the last pass over the data. With f a row
 * of length one and k the centre that is nearest to its record's v by cosine:
 *
 * <pre>
 * value = mean over rows of -log( exp(f c_k / temperature) / sum over all j of exp(f c_j / temperature) )
 * v     = gamma v + (1 - gamma) f, scaled to length one
 * </pre>
 *
 * <p>In the first pass there are no clusters, the value is 0, and the bank is filled.
 *
 * @param gamma how much of a vector stays, from 0 to below 1
 */
public record ClusterCodes(double temperature, double gamma) implements BatchLoss {

    public ClusterCodes {
        Bank.requireShare(gamma);
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Clusters clusters = Clusters.of(batch);
        Tensor value = batch.rows().sum().multiply(0);
        if (clusters == null) {
            return value;
        }
        for (Tensor rows : batch.units()) {
            value = value.add(clusters.crossEntropy(batch, rows, clusters.even(temperature)));
        }
        return value.divide(batch.views().size());
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        return Bank.moved(batch, gamma);
    }

    @Override
    public Set<String> memories() {
        return Set.of(Bank.NAME, Clusters.NAME);
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }
}
