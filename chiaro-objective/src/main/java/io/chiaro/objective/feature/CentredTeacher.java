package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * The cross-entropy of a student's softmax with a teacher's, sharpened and centred (Caron et al., "DINO", ICCV 2021, eq. 2).
 * View 0 holds the student's outputs, view 1 the teacher's, which are held fixed; of four views 0 and 1 are the student's and 2
 * and 3 the teacher's of an item's two views, each student meets the other view's teacher, and the value is the mean. The memory
 * {@code centre} [1, d], zero at first, is subtracted from the teacher's.
 */
public record CentredTeacher(double studentTemperature, double teacherTemperature, double centreMomentum)
        implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        return batch.views().size() < 4
                ? towards(batch, 0, 1)
                : towards(batch, 0, 3).add(towards(batch, 1, 2)).divide(2);
    }

    private Tensor towards(ViewBatch batch, int student, int teacher) {
        Tensor target = batch.view(teacher)
                .detach()
                .subtract(batch.memoryOrZeros("centre", 1, batch.width()))
                .divide(teacherTemperature)
                .softmax(1);
        return Statistics.crossEntropy(target, batch.view(student).divide(studentTemperature));
    }

    /** The centre moves on by the mean of the teacher's outputs (section 3.1). */
    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        int views = batch.views().size();
        Tensor mean = views < 4
                ? batch.view(1).mean(0, true)
                : batch.view(2).add(batch.view(3)).divide(2).mean(0, true);
        Tensor before = batch.memoryOrZeros("centre", 1, batch.width());
        return Map.of("centre", before.multiply(centreMomentum).add(mean.multiply(1 - centreMomentum)));
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
