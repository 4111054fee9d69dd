package io.chiaro.objective.feature;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The patches of a picture should stand to each other as a teacher's do: one minus the centred kernel alignment {@code <K, T> /
 * (|K| |T|)} of the products K of the picture's rows of view 0 and T of view 1, which is held fixed, both centred over rows and
 * columns; the mean over pictures with at least two patches (Kornblith et al., "Similarity of Neural Network Representations
 * Revisited", ICML 2019, section 3, as a loss between patches). A row's label says of which picture it is.
 */
public record PatchKernels() implements LabelledLoss {

    /** A picture of equal patches has no kernel; this keeps its gradient finite. */
    private static final double LEAST_SQUARE = 1e-6;

    @Override
    public String givenViews() {
        return "patches of pictures";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor student = batch.view(0);
        Tensor teacher = batch.view(1).detach();
        int[] pictures = batch.labels();
        Tensor sum = student.sum().multiply(0);
        int counted = 0;
        for (int picture : Arrays.stream(pictures).distinct().toArray()) {
            int[] places = IntStream.range(0, pictures.length)
                    .filter(i -> pictures[i] == picture)
                    .toArray();
            if (places.length > 1) {
                Tensor chosen = Tensor.indices(places);
                Tensor k = kernel(student.indexSelect(0, chosen));
                Tensor t = kernel(teacher.indexSelect(0, chosen));
                Tensor lengths = length(k).multiply(length(t));
                sum = sum.add(k.multiply(t).sum().divide(lengths).negate().add(1));
                counted++;
            }
        }
        return sum.divide(Math.max(1, counted));
    }

    private static Tensor kernel(Tensor rows) {
        Tensor centred = Statistics.centred(rows);
        return centred.matmul(centred.transpose(0, 1));
    }

    private static Tensor length(Tensor kernel) {
        return kernel.square().sum().atLeast(LEAST_SQUARE).sqrt();
    }

    @Override
    public int views() {
        return 2;
    }

    @Override
    public String reduction() {
        return "mean over pictures";
    }
}
