package io.chiaro.objective.metric;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Triplets whose negative sees the pair of anchor and positive under more than {@code angle}: {@code arctan(|a - p| / (2 |n - (a +
 * p) / 2|))} of rows as they are (Wang et al., "Deep Metric Learning with Angular Loss", ICCV 2017, eq. 5). Each costs {@code
 * max(0, d_ap - d_an + margin)} with distances of unit rows; the mean over those above zero. The choice has no gradient.
 *
 * <p>Triplets are gone through one positive of each row at a time, and only how often a pair is paid for is kept: the cost is
 * linear in the distances, so memory grows with the square of the batch and not with its cube.
 *
 * @param angle in degrees
 * @param margin by how much the positive should be nearer
 */
public record AngleMined(double angle, double margin) implements LabelledLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor distances = Rows.unitDistances(batch.rows());
        Tensor positives = batch.positives();
        Tensor negatives = batch.sameLabel().not().to(distances.type());
        Tensor squares = Rows.squaredDistances(batch.rows().detach());
        Tensor fixed = distances.detach();
        int n = Math.toIntExact(fixed.size(0));
        double tangent = 4 * Math.pow(Math.tan(Math.toRadians(angle)), 2);
        Tensor counts = positives.to(fixed.type()).sum(1, true);
        Tensor order = positives.to(fixed.type()).sortedIndices(1, true);
        Tensor places = Tensor.range(n).unsqueeze(0);
        Tensor byPositive = fixed.multiply(0);
        Tensor byNegative = fixed.multiply(0);
        for (int k = 0; k < counts.max().item(); k++) {
            Tensor chosen = order.narrow(1, k, 1);
            Tensor pair = squares.gather(1, chosen);
            Tensor toMiddle = squares.add(squares.indexSelect(0, chosen.reshape(n)))
                    .divide(2)
                    .subtract(pair.divide(4))
                    .atLeast(0);
            Tensor paid = fixed.gather(1, chosen)
                    .subtract(fixed)
                    .add(margin)
                    .isGreater(0)
                    .and(pair.isGreater(toMiddle.multiply(tangent)))
                    .to(fixed.type())
                    .multiply(negatives)
                    .multiply(counts.isGreater(k).to(fixed.type()));
            byNegative = byNegative.add(paid);
            byPositive = byPositive.add(places.isEqual(chosen).to(fixed.type()).multiply(paid.sum(1, true)));
        }
        double triplets = byNegative.sum().item();
        return distances
                .multiply(byPositive.subtract(byNegative))
                .sum()
                .add(margin * triplets)
                .divide(Math.max(1, triplets));
    }

    @Override
    public String reduction() {
        return "mean over chosen triplets above zero";
    }
}
