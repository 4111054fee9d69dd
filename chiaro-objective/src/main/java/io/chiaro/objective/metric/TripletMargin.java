package io.chiaro.objective.metric;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * All triplets of a batch: {@code max(0, s_in - s_ip + margin)}, the mean over those above zero (Schroff, Kalenichenko and
 * Philbin, "FaceNet", CVPR 2015, eq. 3; Hermans, Beyer and Leibe, "In Defense of the Triplet Loss", 2017, eq. 5).
 *
 * @param margin by how much the positive should be nearer, at least 0
 * @param smooth log(1 + exp x) in place of max(0, x); the mean is then over all triplets
 */
public record TripletMargin(double margin, boolean smooth) implements RowDivergence {

    @Override
    public List<Term> terms(Strip strip) {
        Tensor negatives = strip.negatives().to(strip.scores().type());
        Tensor sums = strip.sumOverEach(strip.scores(), strip.positives(), (positive, present) -> {
            Tensor gap = strip.scores().subtract(positive).add(margin);
            return (smooth ? gap.softplus() : gap.relu()).multiply(negatives).multiply(present);
        });
        Tensor counts = strip.sumOverEach(strip.scores().detach(), strip.positives(), (positive, present) -> {
            Tensor gap = strip.scores().detach().subtract(positive).add(margin);
            Tensor counted = smooth ? gap.multiply(0).add(1) : gap.isGreater(0).to(gap.type());
            return counted.multiply(negatives).multiply(present);
        });
        return List.of(new Term(sums, counts));
    }

    @Override
    public String reduction() {
        return smooth ? "mean over triplets" : "mean over triplets above zero";
    }
}
