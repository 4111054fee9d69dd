package io.chiaro.objective.classes;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Which class is a row's own. */
public final class OwnClass {

    private OwnClass() {}

    /** An error if a label is none of so many classes. */
    public static void require(LongStream labels, long classes) {
        labels.filter(label -> label < 0 || label >= classes).findFirst().ifPresent(label -> {
            throw ChiaroException.usage("objective: expected labels from 0 to " + (classes - 1) + ", as there are "
                    + classes + " classes, but found " + label + ".");
        });
    }

    /** True where a class is the row's own, [N, classes]. */
    public static Tensor of(int[] labels, int classes) {
        require(Arrays.stream(labels).asLongStream(), classes);
        return Tensor.range(classes).unsqueeze(0).isEqual(Tensor.indices(labels).unsqueeze(1));
    }

    /** The mean over rows of minus the logarithm of the softmax at the own class. */
    static Tensor crossEntropy(Tensor logits, Tensor own) {
        return logits.logSoftmax(1)
                .maskedFill(own.not(), 0)
                .sum(1, false)
                .mean()
                .negate();
    }
}
