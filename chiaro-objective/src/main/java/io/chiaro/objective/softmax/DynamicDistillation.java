package io.chiaro.objective.softmax;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * A student learns a teacher's scores where the teacher is sure, and what is right where it is not (Rao et al., "Dynamic Contrastive
 * Distillation for Image-Text Retrieval", IEEE Transactions on Multimedia, 2023; the weights as in their published code). The candidates c
 * of item i are its positive and the negatives that the data name, hard by the teacher's own judgement. With the teacher's scores t and
 * the student's y = {@code scale} times cosines,
 *
 * <pre>
 * p_i = softmax_c(t_ic)    h_i = -sum_c p_ic log p_ic    e_i = h_i / sum_j h_j    r_i = softmax_i((1 - e_i)^2)
 * D_i = mean_c (t_ic - y_ic)^2     L_i = mean_c of the cross-entropy of sigmoid(y_ic) with 1 for the positive and 0 for the others
 * value = share sum_i r_i D_i + (1 - share) sum_i e_i L_i
 * </pre>
 *
 * <p>Their code takes the mean of all D before it weighs it, so that r has no effect there; here each item is weighed, as the paper says.
 *
 * @param scale of cosines
 * @param share of the distillation, from 0 to 1
 */
public record DynamicDistillation(double scale, double share) implements BatchLoss {

    public DynamicDistillation {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("DynamicDistillation: expected a share from 0 to 1, but found " + share);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int candidates = batch.views().size() - 1;
        Tensor anchors = batch.unit(0);
        // [B, candidates]
        Tensor student = Tensor.concatenate(
                        batch.units().subList(1, candidates + 1).stream()
                                .map(unit -> anchors.multiply(unit).sum(1, true))
                                .toList(),
                        1)
                .multiply(scale);
        Tensor teacher = batch.teacherScores();
        Tensor logs = teacher.logSoftmax(1);
        Tensor entropy = logs.exp().multiply(logs).sum(1, false).negate();
        // A teacher that is sure of everything leaves nothing to the labels.
        Tensor unsure = entropy.divide(entropy.sum().atLeast(Float.MIN_NORMAL));
        Tensor sure = unsure.negate().add(1).square().softmax(0);
        Tensor distance = student.subtract(teacher).square().mean(1, false);
        Tensor positive = student.narrow(1, 0, 1).sum(1, false).divide(candidates);
        Tensor labels = student.softplus().mean(1, false).subtract(positive);
        return sure.multiply(distance)
                .sum()
                .multiply(share)
                .add(unsure.multiply(labels).sum().multiply(1 - share));
    }

    @Override
    public boolean hardNegatives() {
        return true;
    }

    @Override
    public boolean teacherScored() {
        return true;
    }

    @Override
    public double teacherScale() {
        return scale;
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "two weighted means over items";
    }
}
