package io.chiaro.objective.feature;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * All views of an item as one set. With e_kl = exp(cos / temperature) between views k and l of an item:
 *
 * <pre>
 * JOINT        -log( 2 sum over k < l of e_kl / sum over views l of item i and all rows but it )
 * PER_VIEW     -log( sum over k < l of e_kl / product over l of sum over other items in view l )
 * </pre>
 *
 * <p>(Koromilas et al., "Bridging Mini-Batch and Asymptotic Analysis in Contrastive Learning: From InfoNCE to Kernel-Based
 * Losses", ICML 2024, for two views; and "A Principled Framework for Multi-View Contrastive Learning", 2025: MV-InfoNCE and
 * MV-DHEL.) The product is a sum of logarithms here; of one item it has no factors, and the value is 0.
 */
public record ViewsAsSet(Form form, double temperature) implements BatchLoss {

    /** Which denominator. */
    public enum Form {
        JOINT,
        PER_VIEW
    }

    @Override
    public boolean inBatchNegatives() {
        return true;
    }

    @Override
    public Tensor value(ViewBatch batch) {
        batch.view(1);
        List<Tensor> units = batch.units();
        int views = units.size();
        List<Tensor> own = new ArrayList<>();
        for (int k = 0; k < views; k++) {
            for (int l = k + 1; l < views; l++) {
                own.add(units.get(k).multiply(units.get(l)).sum(1, false).divide(temperature));
            }
        }
        Tensor above = Tensor.stack(own, 1).logSumExp(1, false);
        if (form == Form.PER_VIEW && batch.items() == 1) {
            return above.sum().multiply(0);
        }
        if (form == Form.PER_VIEW) {
            Tensor below = above.multiply(0);
            for (Tensor view : units) {
                below = below.add(scores(view, view)
                        .maskedFill(batch.others().not(), Double.NEGATIVE_INFINITY)
                        .logSumExp(1, false));
            }
            return below.subtract(above).mean();
        }
        List<Tensor> cells = new ArrayList<>();
        for (int k = 0; k < views; k++) {
            for (int l = 0; l < views; l++) {
                Tensor scores = scores(units.get(k), units.get(l));
                cells.add(k == l ? scores.maskedFill(batch.others().not(), Double.NEGATIVE_INFINITY) : scores);
            }
        }
        Tensor below = Tensor.concatenate(cells, 1).logSumExp(1, false);
        return below.subtract(above).mean().add(-Math.log(2));
    }

    private Tensor scores(Tensor first, Tensor second) {
        return first.matmul(second.transpose(0, 1)).divide(temperature);
    }

    @Override
    public String reduction() {
        return "mean over items";
    }
}
