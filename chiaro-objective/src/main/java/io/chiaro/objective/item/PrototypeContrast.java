package io.chiaro.objective.item;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * ProtoNCE (Li et al., "Prototypical Contrastive Learning of Unsupervised Representations", ICLR 2021, eq. 11 and 12): rows are told from
 * those of other items, and their cluster from other clusters, by temperatures that are higher for wider clusters. The memories {@code bank}
 * and {@code clusters} are those of {@link ClusterCodes}, {@code concentrations} says how wide each cluster is. With f and f' rows of two
 * views of length one, c_k the centre of the record of f, and Z the records of a cluster:
 *
 * <pre>
 * instance  = -log( exp(f_i f'_i / temperature) / sum over the batch of exp(f_i f'_j / temperature) )
 * prototype = -log( exp(f c_k / phi_k) / sum over all clusters of exp(f c_j / phi_j) ), 0 in the first pass
 * value     = mean over rows of instance + weight prototype
 * phi       = sum over Z of |v - c| / (|Z| log(|Z| + 10)), scaled to the mean {@code temperature} over clusters
 * </pre>
 *
 * <p>As in the authors' code, a phi beyond the 10th and 90th percentile is brought to it, and a cluster of one record has the largest.
 * The paper takes the vectors of an averaged encoder, clusters them into several numbers of clusters, and contrasts with some of them.
 *
 * @param weight of the prototypes
 * @param gamma how much of a vector stays, from 0 to below 1
 */
public record PrototypeContrast(double temperature, double weight, double gamma) implements BatchLoss {

    public PrototypeContrast {
        Bank.requireShare(gamma);
    }

    @Override
    public Tensor value(ViewBatch batch) {
        List<Tensor> units = batch.units();
        Clusters clusters = weight == 0 ? null : Clusters.of(batch);
        Tensor temperatures = clusters == null ? null : clusters.byWidth(batch, temperature);
        Tensor value = batch.rows().sum().multiply(0);
        for (int v = 0; v < units.size(); v++) {
            for (int w = 0; w < units.size(); w++) {
                if (w != v) {
                    value = value.add(batch.crossEntropyOfItems(units.get(v), units.get(w), temperature)
                            .divide(units.size() - 1));
                }
            }
            if (clusters != null && temperatures != null) {
                value = value.add(
                        clusters.crossEntropy(batch, units.get(v), temperatures).multiply(weight));
            }
        }
        return value.divide(units.size());
    }

    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        return Bank.moved(batch, gamma);
    }

    @Override
    public Set<String> memories() {
        return Set.of(Bank.NAME, Clusters.NAME, Clusters.CONCENTRATIONS);
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }
}
