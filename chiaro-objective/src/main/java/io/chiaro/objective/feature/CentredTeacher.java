package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * The cross-entropy of a student's softmax with a teacher's, sharpened and centred (Caron et al., "DINO", ICCV 2021, eq. 2).
 * View 0 holds the student's outputs, view 1 the teacher's, which are held fixed. Of four views and more the last two are the teacher's of an
 * item's first two views, all others the student's; each student meets the teachers of other views, and the value is the mean over
 * such pairs, so that views behind the second, such as small crops, meet both. The memory {@code centre} [1, d], zero at first, is
 * subtracted from the teacher's.
 */
public record CentredTeacher(double studentTemperature, double teacherTemperature, double centreMomentum)
        implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        int students = batch.views().size() - 2;
        if (students < 2) {
            return towards(batch, 0, 1);
        }
        Tensor sum = batch.view(0).sum().multiply(0);
        for (int student = 0; student < students; student++) {
            for (int teacher = 0; teacher < 2; teacher++) {
                if (student != teacher) {
                    sum = sum.add(towards(batch, student, students + teacher));
                }
            }
        }
        return sum.divide(2.0 * (students - 1));
    }

    private Tensor towards(ViewBatch batch, int student, int teacher) {
        Tensor target = batch.view(teacher)
                .detach()
                .subtract(batch.memoryOrZeros("centre", 1, batch.width()))
                .divide(teacherTemperature)
                .softmax(1);
        return batch.crossEntropy(target, batch.view(student).divide(studentTemperature));
    }

    /** The centre moves on by the mean of the teacher's outputs (section 3.1). */
    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        int views = batch.views().size();
        Tensor mean = views < 4
                ? batch.view(1).mean(0, true)
                : batch.view(views - 2).add(batch.view(views - 1)).divide(2).mean(0, true);
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
