package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * The mean over rows of the cosine with the nearest other row, 0 for one row alone: vectors of classes should lie apart (Zhao et al., "RegularFace:
 * Deep Face Recognition via Exclusive Regularization", CVPR 2019, eq. 5).
 */
public record NearestApart() implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor units = batch.rows().normalize(-1);
        if (units.size(0) == 1) {
            return units.sum().multiply(0);
        }
        Tensor places = Tensor.range(units.size(0));
        Tensor self = places.unsqueeze(0).isEqual(places.unsqueeze(1));
        return units.matmul(units.transpose(0, 1))
                .maskedFill(self, Double.NEGATIVE_INFINITY)
                .max(1, false)
                .mean();
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public int views() {
        return 1;
    }
}
