package io.chiaro.objective.classes;

import io.chiaro.objective.Views;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;

/** Which class is a row's own. */
public final class OwnClass {

    private OwnClass() {}

    /** True where a class is the row's own, [N, classes]. */
    public static Tensor of(int[] labels, int classes) {
        Views.requireLabels(Arrays.stream(labels).asLongStream(), classes, "classes");
        return Tensor.range(classes).unsqueeze(0).isEqual(Tensor.indices(labels).unsqueeze(1));
    }
}
