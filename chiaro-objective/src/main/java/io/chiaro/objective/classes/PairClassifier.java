package io.chiaro.objective.classes;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * The cross-entropy of {@code softmax(W (u, v, |u - v|))} with the class of the pair (u, v) of view 0 and view 1; the mean over
 * pairs (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, section 3, classification objective; without a bias, as there). The
 * memory {@code pair-weights} holds three rows for each class, in the order of the classes: for u, for v and for their difference.
 */
public record PairClassifier(int centresPerClass) implements BatchLoss {

    private static final String WEIGHTS = "pair-weights";

    public PairClassifier {
        if (centresPerClass != 3) {
            throw new IllegalArgumentException(
                    "PairClassifier: expected 3 centres per class, for u, v and |u - v|, but found " + centresPerClass);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor u = batch.view(0);
        Tensor v = batch.view(1);
        Tensor weights = batch.memory(WEIGHTS);
        long count = weights.size(0);
        if (count % centresPerClass != 0) {
            throw ChiaroException.usage("objective: expected the memory \"pair-weights\" with " + centresPerClass
                    + " rows for each class, but found " + count + " rows.");
        }
        long classes = count / centresPerClass;
        Tensor features = Tensor.concatenate(List.of(u, v, u.subtract(v).abs()), 1);
        Tensor scores = features.matmul(
                weights.reshape(classes, (long) centresPerClass * batch.width()).transpose(0, 1));
        Tensor own = OwnClass.of(batch.labels(), Math.toIntExact(classes));
        return batch.crossEntropy(own.to(scores.type()), scores);
    }

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public String reduction() {
        return "mean over pairs";
    }

    @Override
    public Set<String> memories() {
        return Set.of(WEIGHTS);
    }
}
