package io.chiaro.objective.classes;

import io.chiaro.objective.LabelledLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * Rows are near a proxy if a random walk leads to it. Over rows and proxies together, {@code S = exp(2 max(0, cosine))} without
 * diagonal, brought to {@code D^(-1/2) S D^(-1/2)}, gives the ranks {@code F = (1 - alpha) (I - alpha S)^-1}. For a row with the
 * proxy c of its class, {@code log(1 + sum over other proxies k with F_k - F_c + margin at least 0 of its exponent)}, the mean
 * over rows; and contextWeight times the same of the cosines of the row's ranks with the ranks of each proxy (Aziere and
 * Todorovic, "Ensemble Deep Manifold Similarity Learning Using Hard Proxies", CVPR 2019, eq. 4 to 8). The memory {@code
 * prototypes} holds the proxies, row k that of label k.
 *
 * @param alpha how far the walk goes, in 0..1
 */
public record ManifoldOfProxies(double contextWeight, double alpha, double margin) implements LabelledLoss {

    private static final double TEMPERATURE = 0.5;

    public ManifoldOfProxies {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("ManifoldOfProxies: expected 0 < alpha < 1, but found " + alpha);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor proxies = batch.memory("prototypes");
        Tensor units = Tensor.concatenate(List.of(batch.rows(), proxies), 0).normalize(-1);
        int all = Math.toIntExact(units.size(0));
        int classes = Math.toIntExact(proxies.size(0));
        int rows = all - classes;
        Tensor places = Tensor.range(all);
        Tensor diagonal = places.unsqueeze(0).isEqual(places.unsqueeze(1));
        Tensor near = units.matmul(units.transpose(0, 1))
                .atLeast(0)
                .divide(TEMPERATURE)
                .exp()
                .maskedFill(diagonal, 0);
        Tensor root = near.sum(1, true).sqrt();
        Tensor walk = near.divide(root).divide(root.transpose(0, 1));
        Tensor identity = diagonal.to(walk.type());
        Tensor ranks = identity.subtract(walk.multiply(alpha))
                .to(DType.DOUBLE)
                .solve(identity.to(DType.DOUBLE))
                .to(walk.type())
                .multiply(1 - alpha);
        Tensor ofRows = ranks.narrow(0, 0, rows);
        Tensor ofProxies = ranks.narrow(0, rows, classes);
        Tensor own = OwnClass.of(batch.rowLabels(), classes);
        Tensor alike = ofRows.normalize(-1).matmul(ofProxies.normalize(-1).transpose(0, 1));
        return behind(ofRows.narrow(1, rows, classes), own)
                .add(behind(alike, own).multiply(contextWeight));
    }

    private Tensor behind(Tensor scores, Tensor own) {
        Tensor ahead =
                scores.subtract(scores.maskedFill(own.not(), 0).sum(1, true)).add(margin);
        Tensor left = own.or(ahead.detach().negate().isGreater(0));
        return ahead.exp().maskedFill(left, 0).sum(1, false).add(1).log().mean();
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public Set<String> memories() {
        return Set.of("prototypes");
    }
}
