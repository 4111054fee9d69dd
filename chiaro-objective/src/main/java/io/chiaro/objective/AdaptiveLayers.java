package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Any objective, also on what earlier layers of an encoder would give as embeddings, and a pull of these towards the last one's (Li et al.,
 * "2D Matryoshka Sentence Embeddings", 2024, eq. 4 to 6, with all layers in place of one that is drawn): so that an encoder can be cut
 * after any of them. A row is {@code layers + 1} embeddings of width d side by side, the last layer's z first and then those of
 * earlier ones, z_1 to z_n:
 *
 * <pre>
 * value = L(z) + weight / n * sum over l of L(z_l) + distillation temperature * sum over l of mean over rows of KL( p, p_l )
 * p = softmax(z / temperature), held fixed      p_l = softmax(z_l / temperature)
 * </pre>
 *
 * <p>Around {@link Matryoshka} it is the paper's two dimensions, layers and widths.
 *
 * @param objective of one layer
 * @param layers how many earlier ones, at least 1
 * @param weight of their objectives
 * @param distillation weight of the pull
 * @param temperature of the shares that an embedding's numbers have
 */
public record AdaptiveLayers(Objective objective, int layers, double weight, double distillation, double temperature)
        implements Objective {

    /** Memories that do not change with the layer. */
    private static final Set<String> SHARED = Set.of(Similarity.LOG_SCALE, Similarity.BIAS, Similarity.SCHEDULED);

    public AdaptiveLayers {
        if (layers < 1) {
            throw new IllegalArgumentException("expected at least one earlier layer, but found " + layers);
        }
        if (!(weight >= 0 && distillation >= 0 && temperature > 0)) {
            throw new IllegalArgumentException("expected weights of at least 0 and a temperature above 0, but found "
                    + weight + ", " + distillation + " and " + temperature);
        }
        for (String memory : objective.needs().memories()) {
            if (!SHARED.contains(memory)) {
                throw new IllegalArgumentException("the memory " + memory + " is of one layer's embeddings");
            }
        }
    }

    /** With the weights of the reference. */
    public static AdaptiveLayers of(Objective objective, int layers) {
        return new AdaptiveLayers(objective, layers, 1, 1, 0.3);
    }

    @Override
    public Evaluation evaluate(Views views) {
        return evaluate(views, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views views, Collective collective) {
        int whole = views.list().get(0).width();
        if (whole % (layers + 1) != 0) {
            throw ChiaroException.usage("layers: expected rows of " + (layers + 1)
                    + " embeddings side by side, the last layer's first, but found " + whole
                    + " numbers. A run of texts makes such rows.");
        }
        int width = whole / (layers + 1);
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("layers")) {
            StretchSum sum = new StretchSum(views);
            List<Tensor> last = new ArrayList<>();
            double rows = 0;
            for (View view : views.list()) {
                last.add(view.values().narrow(1, 0, width).divide(temperature).logSoftmax(1));
                rows += view.rows();
            }
            rows = collective.sum(new double[] {rows})[0];
            for (int layer = 0; layer <= layers; layer++) {
                try (Scope part = Scope.open("layer")) {
                    Views cut = StretchSum.cut(views, layer * width, width);
                    Evaluation found = objective.evaluate(cut, collective);
                    if (layer == 0) {
                        sum.add(part, "loss-last-layer", 0, 1, found, true);
                    } else {
                        sum.add(part, "loss-" + layer + "-before", layer * width, weight / layers, found, false);
                        pull(sum, cut, last, layer, rows, collective);
                    }
                }
            }
            return sum.done().escaped(scope);
        }
    }

    private void pull(StretchSum sum, Views cut, List<Tensor> last, int layer, double rows, Collective collective) {
        double divergence = 0;
        for (int v = 0; v < last.size(); v++) {
            Tensor values = cut.list().get(v).values();
            Tensor shares = last.get(v).exp();
            Tensor logarithms = values.divide(temperature).logSoftmax(1);
            divergence +=
                    shares.multiply(last.get(v).subtract(logarithms)).sum().item() / rows;
            // temperature (p_l - p) / temperature
            sum.addGradient(
                    v,
                    layer * Math.toIntExact(values.size(1)),
                    logarithms.exp().subtract(shares).multiply(distillation / rows));
        }
        sum.addValue(
                "divergence-" + layer + "-before",
                distillation * temperature,
                collective.sum(new double[] {divergence})[0]);
    }

    @Override
    public Needs needs() {
        return objective.needs().withLayers(layers);
    }

    @Override
    public String reduction() {
        return "weighted sum over layers of: " + objective.reduction();
    }

    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>(objective.slots());
        slots.put("layers", String.valueOf(layers));
        slots.put("layers-weight", RecordSlots.written(weight));
        slots.put("layers-distillation", RecordSlots.written(distillation));
        slots.put("layers-temperature", RecordSlots.written(temperature));
        return slots;
    }
}
