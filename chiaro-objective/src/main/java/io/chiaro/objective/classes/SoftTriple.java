package io.chiaro.objective.classes;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * The cross-entropy over classes with several centres each: a row's similarity to a class is the mean of its cosines with the
 * centres, weighted by their softmax at the temperature {@code gamma}; the own class loses {@code margin} (Qian et al.,
 * "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling", ICCV 2019, eq. 8). The memory {@code centres} holds {@code
 * centresPerClass} rows for each class, in the order of the classes.
 */
public record SoftTriple(int centresPerClass, double scale, double gamma, double margin) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosines = Centres.cosines(batch, centresPerClass);
        Tensor weights = cosines.divide(gamma).softmax(2);
        Tensor similarities = weights.multiply(cosines).sum(2, false);
        Tensor own = OwnClass.of(batch.rowLabels(), Math.toIntExact(similarities.size(1)));
        Tensor target = own.to(similarities.type());
        return batch.crossEntropy(
                target, similarities.subtract(target.multiply(margin)).multiply(scale));
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public Set<String> memories() {
        return Set.of("centres");
    }
}
