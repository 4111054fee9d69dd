package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * {@code log(1 + sum over N of exp(scale (cos a_n - cos(a_p - margin))))}, the mean over positive pairs (Yu and Tao, "Deep
 * Metric Learning with Tuplet Margin Loss", ICCV 2019, eq. 5).
 *
 * @param degrees the margin in degrees
 */
public record TupletMargin(double degrees) implements RowDivergence {

    /** The angle's gradient has no bound at 0; this keeps it finite. */
    private static final double LEAST_SQUARE = 1e-24;

    @Override
    public List<Term> terms(Strip strip) {
        Tensor gamma = strip.scales();
        Tensor scores = strip.scores().divide(gamma);
        // cos(a - m) = cos a cos m + sin a sin m
        double margin = Math.toRadians(degrees);
        Tensor sines = scores.square().negate().add(1).atLeast(LEAST_SQUARE).sqrt();
        Tensor eased = scores.multiply(Math.cos(margin))
                .add(sines.multiply(Math.sin(margin)))
                .multiply(gamma);
        Tensor against =
                strip.logSumExp(scores.multiply(gamma), strip.negatives()).unsqueeze(1);
        Tensor losses = against.subtract(eased)
                .softplus()
                .multiply(strip.has(strip.negatives()).unsqueeze(1));
        return List.of(Term.mean(losses, strip.positives().to(losses.type())));
    }

    @Override
    public String reduction() {
        return "mean over positive pairs";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
