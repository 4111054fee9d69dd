package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * A world model that predicts the embedding of the next frame: an item is a clip of T frames, the first T - 1 views hold what was
 * predicted for the frames from the second on, the last T the embeddings of all frames. The mean squared difference of predictions
 * and frames, which are held fixed there, plus {@code weight} times the mean over frames of how far they are from a standard normal
 * by slices, as {@link SlicedGaussian} has it and with gradients to the frames ("LeWorldModel", 2026, the objective). The memory
 * {@code slices} [S, d] holds a direction of length one in each row.
 */
public record PredictedFrames(double weight, int knots, double range) implements BatchLoss {

    public PredictedFrames {
        if (knots < 2) {
            throw new IllegalArgumentException("PredictedFrames: expected at least 2 knots, but found " + knots);
        }
    }

    @Override
    public String givenViews() {
        return "the frames of clips";
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int views = batch.views().size();
        if (views < 3 || views % 2 == 0) {
            throw ChiaroException.usage(
                    "objective: expected predictions of all frames but the first and then the frames, an odd "
                            + "number of at least 3 views, but found " + views + ".");
        }
        int predicted = views / 2;
        Tensor slices = batch.memory("slices").transpose(0, 1);
        Tensor apart = batch.view(0).sum().multiply(0);
        Tensor shape = apart;
        for (int t = 0; t < predicted; t++) {
            Tensor frame = batch.view(predicted + 1 + t).detach();
            apart = apart.add(batch.view(t).subtract(frame).square().mean());
        }
        for (int v = predicted; v < views; v++) {
            shape = shape.add(SlicedGaussian.fromGaussian(batch.view(v).matmul(slices), knots, range));
        }
        return apart.divide(predicted).add(shape.multiply(weight / (predicted + 1)));
    }

    @Override
    public int views() {
        return 3;
    }

    @Override
    public String reduction() {
        return "mean over clips and frames";
    }

    @Override
    public Set<String> memories() {
        return Set.of("slices");
    }
}
