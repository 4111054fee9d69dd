package io.chiaro.objective.synthetic;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/** Which of the other texts of a batch count as negatives. */
public sealed interface InstanceWeights {

    /**
     * The scores of anchors with the positives of all items, [B, B], where what does not count is minus infinity. The diagonal
     * always counts.
     */
    Tensor counted(Tensor scores, ViewBatch batch);

    /** Whether a guide has to embed the batch. */
    boolean guided();

    /** All count. */
    record Even() implements InstanceWeights {

        @Override
        public Tensor counted(Tensor scores, ViewBatch batch) {
            return scores;
        }

        @Override
        public boolean guided() {
            return false;
        }
    }

    /**
     * Those count whose cosine by a guide is below a threshold; the others are false negatives and have the weight 0 (Zhou et
     * al., "Debiased Contrastive Learning of Unsupervised Sentence Representations", ACL 2022, section 3.3):
     *
     * <pre>
     * weight(i, k) = 0 if cos(g(x_i), g(x_k)) &gt;= threshold, else 1
     * </pre>
     *
     * @param threshold of the guide's cosine
     */
    record GuideBelow(double threshold) implements InstanceWeights {

        @Override
        public Tensor counted(Tensor scores, ViewBatch batch) {
            Tensor near = batch.guide(0).matmul(batch.guide(1).transpose(0, 1));
            Tensor far = near.multiply(-1).isGreater(-threshold);
            return scores.maskedFill(batch.others().and(far.not()), Double.NEGATIVE_INFINITY);
        }

        @Override
        public boolean guided() {
            return true;
        }
    }
}
