package io.chiaro.objective.classes;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Set;

/**
 * ArcFace over classes with several centres, of which the nearest counts, so that a noisy class can part (Deng et al.,
 * "Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces", ECCV 2020, eq. 3). The memory {@code centres}
 * holds {@code centresPerClass} rows for each class, in the order of the classes.
 *
 * @param margin added to the angle with the own class, in degrees
 */
public record NearestCentre(int centresPerClass, double scale, double margin) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor cosines = Centres.cosines(batch, centresPerClass).max(2, false);
        Tensor own = OwnClass.of(batch.rowLabels(), Math.toIntExact(cosines.size(1)));
        Tensor logits = ClassMargin.widened(cosines, margin).where(own, cosines);
        return batch.crossEntropy(own.to(logits.type()), logits.multiply(scale));
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
