package io.chiaro.objective.ranking;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * All positives should come after all negatives when an anchor's cosines are sorted (Shvetsova et al., "Learning by Sorting:
 * Self-supervised Learning with Group Ordering Constraints", ICCV 2023, section 3). Negatives are the {@code hardest} rows of other
 * items in the anchor's own view, positives the item's other views; both are held fixed. They enter a network of odd and even layers
 * (Petersen et al., "Differentiable Sorting Networks", ICML 2021), negatives first and each group in rising order, whose swaps are
 * soft:
 *
 * <pre>
 * a, b -> c a + (1 - c) b, (1 - c) a + c b,   c = 1/2 + arctan(steepness (b - a)) / pi
 * </pre>
 *
 * <p>With x the share of an element that ends on the places of the positives: half the mean of -log x over positives and half that
 * of -log(1 - x) over negatives; the mean over all rows.
 *
 * @param hardest negatives of an anchor, at least 1
 */
public record GroupOrder(int hardest, double steepness) implements BatchLoss {

    private static final double LEAST = 1e-12;

    public GroupOrder {
        if (hardest < 1 || !(steepness > 0)) {
            throw new IllegalArgumentException(
                    "GroupOrder: expected at least 1 negative and a steepness above 0, but found " + hardest + " and "
                            + steepness);
        }
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        List<Tensor> units = batch.units();
        int negatives = Math.min(hardest, batch.items() - 1);
        List<Tensor> losses = new ArrayList<>();
        for (int v = 0; v < units.size(); v++) {
            Tensor anchors = units.get(v);
            List<Tensor> others = new ArrayList<>();
            for (int u = 0; u < units.size(); u++) {
                if (u != v) {
                    others.add(anchors.multiply(units.get(u).detach()).sum(1, true));
                }
            }
            Tensor same = anchors.matmul(anchors.detach().transpose(0, 1))
                    .maskedFill(batch.others().not(), Double.NEGATIVE_INFINITY);
            Tensor order = same.detach().sortedIndices(1, false).narrow(1, batch.items() - negatives, negatives);
            Tensor positives = Tensor.concatenate(others, 1);
            positives = positives.gather(1, positives.detach().sortedIndices(1, false));
            losses.add(misplaced(same.gather(1, order), positives));
        }
        return Tensor.concatenate(losses, 0).mean();
    }

    /** What the order of each row costs, [B], from negatives [B, n] and positives [B, p]. */
    private Tensor misplaced(Tensor negatives, Tensor positives) {
        int n = Math.toIntExact(negatives.size(1));
        int p = Math.toIntExact(positives.size(1));
        if (n == 0) {
            return positives.sum(1, false).multiply(0);
        }
        Tensor last = Sorting.shares(Tensor.concatenate(List.of(negatives, positives), 1), steepness)
                .narrow(2, n, p)
                .sum(2, false)
                .atMost(1);
        Tensor placed = log(last.narrow(1, n, p)).mean(1, false);
        Tensor kept = log(last.narrow(1, 0, n).negate().add(1)).mean(1, false);
        return placed.add(kept).divide(-2);
    }

    private static Tensor log(Tensor shares) {
        return shares.atLeast(LEAST).log();
    }

    @Override
    public String reduction() {
        return "mean over the rows of all views";
    }
}
