package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * The teacher's softmax over a queue is the target of the student's (Zheng et al., "ReSSL: Relational Self-Supervised Learning
 * with Weak Augmentation", NeurIPS 2021, eq. 5). View 0 is the student's, view 1 the teacher's, held fixed; the memory {@code
 * queue} holds the candidates.
 */
public record RelationalTeacher(double temperature, double teacherTemperature) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor queue = batch.memory("queue").normalize(-1).transpose(0, 1);
        Tensor teacher =
                batch.unit(1).detach().matmul(queue).divide(teacherTemperature).softmax(1);
        return Statistics.crossEntropy(teacher, batch.unit(0).matmul(queue).divide(temperature));
    }

    @Override
    public String reduction() {
        return "mean over items";
    }

    @Override
    public Set<String> memories() {
        return Set.of("queue");
    }
}
