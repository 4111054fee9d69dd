package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * The cross-entropy of a student's softmax with a teacher's, sharpened and centred (Caron et al., "DINO", ICCV 2021, eq. 2).
 * View 0 holds the student's outputs, view 1 the teacher's, which are held fixed; the memory {@code centre} [1, d] is
 * subtracted from the teacher's.
 */
public record CentredTeacher(double studentTemperature, double teacherTemperature) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor teacher = batch.view(1)
                .detach()
                .subtract(batch.memory("centre"))
                .divide(teacherTemperature)
                .softmax(1);
        return Statistics.crossEntropy(teacher, batch.view(0).divide(studentTemperature));
    }

    @Override
    public String reduction() {
        return "mean over items";
    }

    @Override
    public Set<String> memories() {
        return Set.of("centre");
    }
}
