package io.chiaro.objective.regulariser;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/**
 * Different items should look like random points of the sphere: with m the mean and s the mean square of the cosines of
 * different rows of a view, {@code meanWeight m^2 + secondMomentWeight max(0, s - 1/d)}; the mean over views (Zhang et al.,
 * "Learning Spread-out Local Feature Descriptors", ICCV 2017, eq. 6).
 */
public record SpreadOut(double meanWeight, double secondMomentWeight) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        double pairs = Math.max(1, (double) batch.items() * (batch.items() - 1));
        Tensor sum = batch.view(0).sum().multiply(0);
        for (Tensor units : batch.units()) {
            Tensor cosines = units.matmul(units.transpose(0, 1))
                    .maskedFill(batch.others().not(), 0);
            Tensor mean = cosines.sum().divide(pairs);
            Tensor moment = cosines.square().sum().divide(pairs);
            sum = sum.add(mean.square().multiply(meanWeight))
                    .add(moment.add(-1.0 / batch.width()).relu().multiply(secondMomentWeight));
        }
        return sum.divide(batch.views().size());
    }

    @Override
    public int views() {
        return 1;
    }

    @Override
    public String reduction() {
        return "mean over views";
    }
}
