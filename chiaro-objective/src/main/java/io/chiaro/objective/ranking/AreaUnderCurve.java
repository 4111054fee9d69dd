package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;

/**
 * Every positive of the batch against every negative of the batch, whichever anchor they belong to: the Mann-Whitney statistic,
 * which is the area under the curve of true against false positives, with a smooth step ("Optimizing What Matters: AUC-Driven
 * Learning for Robust Neural Retrieval", 2025, section 3). With P the scores of items with their own row in view 1, N those with other
 * items' rows, scores being {@code scale} times cosines:
 *
 * <pre>
 * LOGISTIC        mean over p, n of log(1 + exp(s_n - s_p))
 * SQUARED_HINGE   mean over p, n of max(0, 1 + s_n - s_p)^2
 * </pre>
 *
 * <p>So one threshold serves all queries. Pairs are gone through a positive at a time: time grows with B^3, memory with B^2.
 */
public record AreaUnderCurve(double scale, Step step) implements BatchLoss {

    /** What stands for the step from 0 to 1 where a negative passes a positive. */
    public enum Step {
        LOGISTIC,
        SQUARED_HINGE
    }

    public AreaUnderCurve {
        if (!(scale > 0)) {
            throw new IllegalArgumentException("AreaUnderCurve: expected a scale above 0, but found " + scale);
        }
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor scores = batch.unit(0).matmul(batch.unit(1).transpose(0, 1)).multiply(scale);
        Tensor own = batch.unit(0).multiply(batch.unit(1)).sum(1, false).multiply(scale);
        int items = batch.items();
        double pairs = Math.max(1, (double) items * items * (items - 1));
        return linear(scores, own, batch.others().not(), pairs);
    }

    /** The value, with the gradient to the scores that it has, but without a graph over the cube of pairs. */
    private Tensor linear(Tensor scores, Tensor own, Tensor rest, double pairs) {
        Tensor toScores;
        double[] toOwn = new double[Math.toIntExact(own.size(0))];
        double value = 0;
        try (Grad off = Grad.disabled()) {
            Tensor fixed = scores.detach();
            double[] positives = own.detach().toDoubles();
            toScores = fixed.multiply(0);
            for (int i = 0; i < positives.length; i++) {
                try (Scope scope = Scope.open("pairs of a positive")) {
                    Tensor gap = fixed.add(-positives[i]);
                    Tensor slope = slope(gap).maskedFill(rest, 0);
                    value += cost(gap).maskedFill(rest, 0).sum().item() / pairs;
                    toOwn[i] = -slope.sum().item() / pairs;
                    toScores.addInPlace(slope.divide(pairs));
                }
            }
        }
        Tensor slopes = Tensor.of(toOwn, toOwn.length).to(own.type());
        return scores.subtract(scores.detach())
                .multiply(toScores)
                .sum()
                .add(own.subtract(own.detach()).multiply(slopes).sum())
                .add(value);
    }

    private Tensor cost(Tensor gap) {
        return step == Step.LOGISTIC ? gap.softplus() : gap.add(1).relu().square();
    }

    private Tensor slope(Tensor gap) {
        return step == Step.LOGISTIC ? gap.sigmoid() : gap.add(1).relu().multiply(2);
    }

    @Override
    public String reduction() {
        return "mean over pairs of a positive and a negative of the batch";
    }
}
