package io.chiaro.objective.classes;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * The mean over rows and classes of {@code (s - 1)^2} for a row's own class and {@code s^2} for the others (Zhang et al.,
 * "P2SGrad: Refined Gradients for Optimizing Deep Face Models", CVPR 2019, eq. 11, as the squared error whose gradient it is).
 */
public record SquaredToTarget() implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor target = strip.positives().to(strip.scores().type());
        Tensor squares = strip.scores().divide(strip.scales()).subtract(target).square();
        return List.of(Term.mean(squares, strip.candidates().to(target.type())));
    }

    @Override
    public String reduction() {
        return "mean over rows and classes";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
