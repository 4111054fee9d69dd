package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * A run's own form of {@link TowardsTeacher}: every view is drawn to what a frozen guide model makes of the first, so that a small model
 * learns a large one's vectors, or one language those of another. The mean over items and views of {@code 1 - cos(x, g)}, with g the
 * guide's row of the item's first view (Kim et al., "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval", 2023,
 * eq. 7, with cosines; Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation", EMNLP
 * 2020, eq. 1, on unit rows: half of their squared distance).
 */
public record TowardsGuide() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor guide = batch.guide(0);
        if (guide.size(1) != batch.width()) {
            throw ChiaroException.usage("guide: expected vectors of " + batch.width()
                    + " numbers, as the model has, but found " + guide.size(1)
                    + ". Take a guide of that width, or a head that leads to it: --set head=" + guide.size(1) + ".");
        }
        Tensor sum = guide.sum().multiply(0);
        for (int v = 0; v < batch.views().size(); v++) {
            sum = sum.add(Statistics.meanCosine(batch.view(v), guide).negate().add(1));
        }
        return sum.divide(batch.views().size());
    }

    @Override
    public boolean guided() {
        return true;
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "mean over items and views";
    }
}
