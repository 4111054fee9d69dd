package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Every view against every other of its item, {@code l_kl = e_kl / (e_kl + sum over other items in all views)} (Shidani et
 * al., "Poly-View Contrastive Learning", ICLR 2024): the GEOMETRIC mean over l of -log l_kl, or the ARITHMETIC, -log of the
 * mean over l of l_kl.
 *
 * <p>SUFFICIENT: each view against what all others of its item say together (section 2.4, sufficient statistics), their mean m_k at length
 * one, {@code -log( exp(z_ik m_ik / temperature) / sum over items j of exp(z_ik m_jk / temperature) )}. Of two views it is InfoNCE in both
 * directions.
 */
public record PolyView(Form form, double temperature) implements BatchLoss {

    /** How the other views of an item are joined. */
    public enum Form {
        GEOMETRIC,
        ARITHMETIC,
        SUFFICIENT
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        batch.view(1);
        if (form == Form.SUFFICIENT) {
            return againstTheOthers(batch);
        }
        List<Tensor> units = batch.units();
        int views = units.size();
        Tensor total = batch.view(0).sum().multiply(0);
        for (int k = 0; k < views; k++) {
            List<Tensor> cells = new ArrayList<>();
            for (Tensor other : units) {
                cells.add(units.get(k)
                        .matmul(other.transpose(0, 1))
                        .divide(temperature)
                        .maskedFill(batch.others().not(), Double.NEGATIVE_INFINITY));
            }
            Tensor rest = Tensor.concatenate(cells, 1).logSumExp(1, false);
            List<Tensor> logs = new ArrayList<>();
            for (int l = 0; l < views; l++) {
                if (l != k) {
                    Tensor own =
                            units.get(k).multiply(units.get(l)).sum(1, false).divide(temperature);
                    logs.add(rest.subtract(own).softplus().negate());
                }
            }
            Tensor all = Tensor.stack(logs, 1);
            Tensor joined = form == Form.GEOMETRIC
                    ? all.mean(1, false)
                    : all.logSumExp(1, false).add(-Math.log(views - 1));
            total = total.subtract(joined.mean());
        }
        return total.divide(views);
    }

    private Tensor againstTheOthers(ViewBatch batch) {
        List<Tensor> units = batch.units();
        Tensor all = units.stream().reduce(Tensor::add).orElseThrow();
        Tensor total = batch.view(0).sum().multiply(0);
        for (Tensor rows : units) {
            Tensor others = all.subtract(rows).normalize(-1);
            total = total.add(batch.crossEntropyOfItems(rows, others, temperature));
        }
        return total.divide(units.size());
    }

    @Override
    public String reduction() {
        return "mean over views and items";
    }
}
