package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * With the features of each view brought to length one, Z_v, the sum over views of {@code 2 log |Z_v^T Z_v / trace|_F}, which
 * is least where the spectrum is flat, plus {@code invariance} times the sum over views of {@code V d} times the mean squared
 * difference to the mean of the views (Skean et al., "FroSSL: Frobenius Norm Minimization for Efficient Multiview
 * Self-Supervised Learning", ECCV 2024, eq. 6). The smaller of Z^T Z and Z Z^T is used; both have the same norm.
 */
public record FrobeniusNorms(double invariance) implements BatchLoss {

    @Override
    public Tensor value(ViewBatch batch) {
        List<Tensor> views =
                batch.views().stream().map(view -> view.normalize(0)).toList();
        Tensor mean = views.get(0);
        for (int v = 1; v < views.size(); v++) {
            mean = mean.add(views.get(v));
        }
        mean = mean.divide(views.size());
        Tensor value = mean.sum().multiply(0);
        for (Tensor view : views) {
            Tensor turned = view.transpose(0, 1);
            Tensor square = view.size(0) > view.size(1) ? turned.matmul(view) : view.matmul(turned);
            // The trace is the number of features that are not zero, and has no gradient.
            double trace = view.detach().square().sum().item();
            Tensor norm = square.norm().divide(trace);
            Tensor apart = view.subtract(mean).square().mean().multiply((double) views.size() * batch.width());
            value = value.add(norm.log().multiply(2)).add(apart.multiply(invariance));
        }
        return value;
    }

    @Override
    public String reduction() {
        return "sum over views";
    }
}
