package io.chiaro.objective.softmax;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * A sentence and one from its context, against the earlier sentences of its own language alone (Wu et al., "Unsupervised Context Aware
 * Sentence Representation Pretraining for Multi-lingual Dense Retrieval", IJCAI 2022, the language-specific memory bank). With a the
 * anchors, k their keys and B(l) the rows of the memory {@code label-banks} whose row of {@code bank-labels} is l, all of length one:
 *
 * <pre>
 * loss_i = -log( exp(a_i k_i / tau) / ( exp(a_i k_i / tau) + sum over m in B(l_i) of exp(a_i m / tau) ) )
 * </pre>
 *
 * <p>Were rows of other languages among the negatives, telling languages apart would lower the loss, and they would drift apart. The value is
 * the mean over anchors whose bank has rows. The label of an item is its language; with one label it is MoCo.
 */
public record OwnBank(double temperature) implements BatchLoss {

    /** The rows of all banks, [K, d]. */
    public static final String BANKS = "label-banks";

    /** The label of each of these rows, [K, 1]. */
    public static final String LABELS = "bank-labels";

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor anchors = batch.unit(0);
        Tensor own = anchors.multiply(batch.unit(1)).sum(1, false).divide(temperature);
        Tensor banks = batch.memory(BANKS).normalize(-1);
        int[] labels = batch.labels();
        Tensor ofAnchors = Tensor.indices(labels).to(anchors.type()).unsqueeze(1);
        Tensor same = ofAnchors.isEqual(batch.memory(LABELS).to(anchors.type()).reshape(1, -1));
        Tensor negatives = anchors.matmul(banks.transpose(0, 1))
                .divide(temperature)
                .maskedFill(same.not(), Double.NEGATIVE_INFINITY);
        Tensor losses = Tensor.concatenate(List.of(own.unsqueeze(1), negatives), 1)
                .logSumExp(1, false)
                .subtract(own);
        Tensor counted = same.to(anchors.type()).max(1, false);
        return losses.multiply(counted).sum().divide(counted.sum().atLeast(1));
    }

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public Set<String> memories() {
        return Set.of(BANKS, LABELS);
    }

    @Override
    public String reduction() {
        return "mean over items whose bank has rows";
    }
}
