package io.chiaro.objective.feature;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * Each view predicts the others' codes over the prototypes (Caron et al., "SwAV", NeurIPS 2020, eq. 2, and section 3.3 for more views than
 * two). A code is the scores of a view divided by {@code epsilon} after {@code iterations} of Sinkhorn and Knopp: rows share the items
 * evenly, columns the prototypes; it is reckoned in logarithms and held fixed. The memory {@code prototypes} holds one vector a row. With V
 * views, of which the first A have codes q:
 *
 * <pre>
 * value = 1/A sum over a in A of 1/(V - 1) sum over v other than a of -sum over prototypes c of q_a(c) log softmax_c(z_v c / temperature)
 * </pre>
 *
 * <p>A small batch cannot fill the prototypes evenly: with {@code queued} the rows of earlier batches, the memory {@code queue}, share them
 * too, and have no part in the value (section 3.1).
 *
 * @param assigningViews A, at least 2; views behind them, such as small crops, only predict
 */
public record SwappedCodes(double temperature, double epsilon, int iterations, int assigningViews, boolean queued)
        implements BatchLoss {

    public SwappedCodes {
        if (assigningViews < 2) {
            throw new IllegalArgumentException(
                    "SwappedCodes: expected at least 2 assigning views, but found " + assigningViews);
        }
    }

    @Override
    public Tensor value(ViewBatch batch) {
        Tensor prototypes = batch.memory("prototypes").normalize(-1).transpose(0, 1);
        if (batch.views().size() < assigningViews) {
            throw ChiaroException.usage("objective: expected at least " + assigningViews
                    + " views of an item, as so many assign, but found "
                    + batch.views().size() + ". Give more, or fewer assigning-views.");
        }
        List<Tensor> scores =
                batch.units().stream().map(unit -> unit.matmul(prototypes)).toList();
        Tensor sum = scores.get(0).sum().multiply(0);
        for (int a = 0; a < assigningViews; a++) {
            Tensor code = code(scores.get(a), batch, prototypes);
            for (int v = 0; v < scores.size(); v++) {
                if (v != a) {
                    sum = sum.add(batch.crossEntropy(code, scores.get(v).divide(temperature)));
                }
            }
        }
        return sum.divide(assigningViews * (scores.size() - 1.0));
    }

    private Tensor code(Tensor scores, ViewBatch batch, Tensor prototypes) {
        Tensor all = queued
                ? Tensor.concatenate(
                        List.of(scores, batch.memory("queue").normalize(-1).matmul(prototypes)), 0)
                : scores;
        return Sinkhorn.logCodes(all.detach().divide(epsilon), iterations)
                .narrow(0, 0, batch.items())
                .exp();
    }

    @Override
    public int views() {
        return assigningViews;
    }

    @Override
    public String reduction() {
        return "mean over items and pairs of views";
    }

    @Override
    public Set<String> memories() {
        return queued ? Set.of("prototypes", "queue") : Set.of("prototypes");
    }
}
