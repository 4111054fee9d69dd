package io.chiaro.objective.softmax;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * The texts of earlier batches stand beside those of this one as negatives (Wu et al., "ESimCSE: Enhanced Sample Building
 * Method for Contrastive Learning of Unsupervised Sentence Embedding", COLING 2022, section 3.2). With q the rows of the
 * memory {@code queue} and all rows of length one:
 *
 * <pre>
 * loss = -log( exp(a_i p_i / tau) / (sum over k of exp(a_i p_k / tau) + sum over m of exp(a_i q_m / tau)) )
 * </pre>
 *
 * <p>Unlike MoCo, whose keys are those of the twin, the positives are the model's own and learn too; only the queue is the
 * twin's. The positive is the anchor's text again, by the paper with some words repeated.
 */
public record BatchAndQueue(double temperature) implements BatchLoss {

    private static final String QUEUE = "queue";

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor anchors = batch.unit(0);
        Tensor positives = batch.unit(1);
        Tensor queue = batch.memory(QUEUE).normalize(-1);
        Tensor candidates = Tensor.concatenate(List.of(positives, queue), 0);
        Tensor own = anchors.multiply(positives).sum(1, false);
        return anchors.matmul(candidates.transpose(0, 1))
                .divide(temperature)
                .logSumExp(1, false)
                .subtract(own.divide(temperature))
                .mean();
    }

    @Override
    public Set<String> memories() {
        return Set.of(QUEUE);
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public boolean sameText() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
