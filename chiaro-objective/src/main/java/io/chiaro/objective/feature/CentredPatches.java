package io.chiaro.objective.feature;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The cross-entropy of a student's softmax with a teacher's, sharpened and centred, for masked patches: row i of view 0 is the
 * student's output for a patch, of view 1 the teacher's, which is held fixed, and its label says of which picture it is. The mean
 * over pictures of the mean over their patches (Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", ICLR 2022,
 * eq. 2). The memory {@code centre} [1, d], zero at first, is subtracted from the teacher's.
 */
public record CentredPatches(double studentTemperature, double teacherTemperature, double centreMomentum)
        implements LabelledLoss {

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int[] pictures = batch.labels();
        double[] weights = new double[pictures.length];
        long count = Arrays.stream(pictures).distinct().count();
        for (int i = 0; i < weights.length; i++) {
            int picture = pictures[i];
            weights[i] = 1.0
                    / (count
                            * Arrays.stream(pictures)
                                    .filter(other -> other == picture)
                                    .count());
        }
        Tensor entropies = crossEntropies(batch, studentTemperature, teacherTemperature);
        return entropies
                .multiply(Tensor.of(weights, weights.length).to(entropies.type()))
                .sum();
    }

    /** The cross-entropy of each row of view 0 with the teacher's of view 1, [B]. */
    static Tensor crossEntropies(ViewBatch batch, double studentTemperature, double teacherTemperature) {
        Tensor target = batch.view(1)
                .detach()
                .subtract(batch.memoryOrZeros("centre", 1, batch.width()))
                .divide(teacherTemperature)
                .softmax(1);
        Tensor shares = batch.view(0).divide(studentTemperature).logSoftmax(1);
        return target.multiply(shares).sum(1, false).negate();
    }

    /** The centre after a batch. */
    static Map<String, Tensor> movedCentre(ViewBatch batch, double momentum) {
        Tensor before = batch.memoryOrZeros("centre", 1, batch.width());
        Tensor mean = batch.view(1).mean(0, true);
        return Map.of("centre", before.multiply(momentum).add(mean.multiply(1 - momentum)));
    }

    /** The centre moves on by the mean of the teacher's outputs. */
    @Override
    public Map<String, Tensor> remembered(ViewBatch batch) {
        return movedCentre(batch, centreMomentum);
    }

    @Override
    public int views() {
        return 2;
    }

    @Override
    public String reduction() {
        return "mean over pictures of the mean over their patches";
    }

    @Override
    public Set<String> memories() {
        return Set.of("centre");
    }
}
