package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/** NT-Xent of every pair of views, averaged over the pairs: the plain way from two views to many. */
public record PairsOfViews(double temperature) implements BatchLoss {

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        int views = batch.views().size();
        Tensor sum =
                batch.softmaxOfPairs(batch.unit(0), batch.unit(1), temperature).mean();
        for (int second = 2; second < views; second++) {
            for (int first = 0; first < second; first++) {
                sum = sum.add(batch.softmaxOfPairs(batch.unit(first), batch.unit(second), temperature)
                        .mean());
            }
        }
        return sum.divide(views * (views - 1) / 2.0);
    }

    @Override
    public String reduction() {
        return "mean over pairs of views";
    }
}
