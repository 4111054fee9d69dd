package io.chiaro.objective.feature;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The cross-entropy of a student's softmax over clusters with a teacher's codes, for patches (Darcet et al., "Cluster and Predict
 * Latent Patches for Improved Masked Image Modeling", 2025, section 3.2): row i of view 0 holds the student's scores of the clusters
 * for a patch, of view 1 the teacher's, which are held fixed, and its label says at which position of its picture the patch stands.
 * A code is the teacher's scores after {@code iterations} of Sinkhorn and Knopp among the rows of one position: clusters share these
 * rows evenly, and each row sums to one. Balanced position by position, no cluster can stand for a position. It is reckoned in
 * logarithms.
 *
 * <p>With the teacher's scores in both views, and gradients to the first alone, it is the objective of the clusters themselves.
 */
public record PositionwiseCodes(double studentTemperature, double teacherTemperature, int iterations)
        implements LabelledLoss {

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int[] positions = batch.labels();
        Tensor teacher = batch.view(1).detach().divide(teacherTemperature);
        Tensor shares = batch.view(0).divide(studentTemperature).logSoftmax(1);
        Tensor sum = shares.sum().multiply(0);
        for (int position : Arrays.stream(positions).distinct().toArray()) {
            Tensor rows = Tensor.indices(IntStream.range(0, positions.length)
                    .filter(i -> positions[i] == position)
                    .toArray());
            sum = sum.subtract(Sinkhorn.logCodes(teacher.indexSelect(0, rows), iterations)
                    .exp()
                    .multiply(shares.indexSelect(0, rows))
                    .sum());
        }
        return sum.divide(positions.length);
    }

    @Override
    public int views() {
        return 2;
    }

    @Override
    public String reduction() {
        return "mean over patches";
    }
}
