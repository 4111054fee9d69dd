package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Views 0 and 1 are a student's two modalities, 2 and 3 a teacher's, held fixed; where they are not given, a guide's of the student's. The cross-entropy of the teacher's softmax over
 * the other modality with the student's, half the sum of both directions, plus {@code contrast} times CLIP's loss of the student
 * (Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021, distilled as open_clip
 * does).
 */
public record DistilledClip(double scale, double teacherScale, double contrast) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public boolean guided() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor scores = batch.unit(0).matmul(batch.unit(1).transpose(0, 1)).multiply(scale);
        boolean given = batch.views().size() > 2;
        Tensor first = given ? batch.unit(2) : batch.guide(0);
        Tensor second = given ? batch.unit(3) : batch.guide(1);
        Tensor teacher =
                first.matmul(second.transpose(0, 1)).multiply(teacherScale).detach();
        Tensor identity = Statistics.identity(batch.items(), 1, scores);
        return both(batch, teacher.softmax(1), teacher.transpose(0, 1).softmax(1), scores)
                .add(both(batch, identity, identity, scores).multiply(contrast));
    }

    private static Tensor both(ViewBatch batch, Tensor rows, Tensor columns, Tensor scores) {
        return batch.crossEntropy(rows, scores)
                .add(batch.crossEntropy(columns, scores.transpose(0, 1)))
                .divide(2);
    }

    @Override
    public String reduction() {
        return "mean over items and both directions";
    }
}
