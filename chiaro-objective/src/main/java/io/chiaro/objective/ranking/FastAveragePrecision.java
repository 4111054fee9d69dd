package io.chiaro.objective.ranking;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * One minus average precision, reckoned from a histogram of squared distances of unit rows, 0 to 4: {@code 1 - 1/|P| sum over
 * bins of h+ H+ / H}, where a distance falls in parts into the two nearest of {@code bins + 1} places, h+ counts positives, H+
 * and H those up to the place. The mean over anchors with a positive (Cakir et al., "Deep Metric Learning to Rank", CVPR 2019,
 * eq. 9).
 */
public record FastAveragePrecision(int bins) implements RowDivergence {

    private static final double LARGEST = 4;
    /** Below a place that nothing has reached there is nothing to divide. */
    private static final double NOTHING = 1e-30;

    @Override
    public boolean readsDistances() {
        return true;
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor distances = strip.scores().divide(strip.scales()).negate();
        double width = LARGEST / bins;
        Tensor none = strip.has(strip.positives()).multiply(0);
        Tensor positives = none;
        Tensor all = none;
        Tensor precision = none;
        for (int place = 0; place <= bins; place++) {
            Tensor part =
                    distances.add(-place * width).abs().divide(-width).add(1).relu();
            Tensor here = strip.sum(part, strip.positives());
            positives = positives.add(here);
            all = all.add(here).add(strip.sum(part, strip.negatives()));
            precision = precision.add(here.multiply(positives).divide(all.atLeast(NOTHING)));
        }
        Tensor losses = precision
                .divide(strip.count(strip.positives()).atLeast(1))
                .negate()
                .add(1);
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
