package io.chiaro.objective.softmax;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;

/**
 * The cross-entropy of each row's softmax over all rows, itself among them, by {@code scale} times their cosines; the mean over
 * rows. As in pytorch-metric-learning, the row to find is the one whose place is the rank of the class among the classes of the
 * batch: with a class for each row in rising order that is the row itself, which is the instance loss without vectors of classes
 * (Zheng et al., "Dual-Path Convolutional Image-Text Embeddings with Instance Loss", ACM TOMM 2020, eq. 5); with shared classes it
 * is no more than what the library computes. {@link io.chiaro.objective.classes.ClassMargin} learns vectors of classes.
 */
public record PlaceOfClass(double scale) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        int[] labels = batch.rowLabels();
        int[] classes = Arrays.stream(labels).sorted().distinct().toArray();
        int[] places = Arrays.stream(labels)
                .map(label -> Arrays.binarySearch(classes, label))
                .toArray();
        Tensor units = batch.rows().normalize(-1);
        return units.matmul(units.transpose(0, 1))
                .multiply(scale)
                .logSoftmax(1)
                .gather(1, Tensor.indices(places).unsqueeze(1))
                .mean()
                .negate();
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }
}
