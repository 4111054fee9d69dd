package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An objective that is one {@link BatchLoss}. Its graph is recorded over the embeddings of the batch, so memory grows as the
 * loss says.
 *
 * @param towers which towers make the views in a run
 * @param loss the value
 */
public record WholeBatch(Towers towers, BatchLoss loss) implements Objective {

    /** Of views that the model alone makes. */
    public WholeBatch(BatchLoss loss) {
        this(Towers.ONLINE, loss);
    }

    @Override
    public Evaluation evaluate(Views views) {
        long[] items = views.list().get(0).items();
        for (View view : views.list()) {
            if (!Arrays.equals(view.items(), items)) {
                throw ChiaroException.usage(
                        "objective: expected the same items in every view and in the same order, but " + "found "
                                + view.rows() + " rows beside " + items.length + ".");
            }
        }
        try (Scope scope = Scope.open("objective")) {
            List<Tensor> leaves = leaves(views);
            Map<String, Tensor> memories = memories(views, leaves);
            ViewBatch batch = new ViewBatch(leaves, views, memories);
            double value;
            try (Grad on = Grad.enabled()) {
                Tensor loss = this.loss.value(batch);
                value = loss.item();
                loss.backward();
            }
            refuseIgnored(batch);
            Map<String, Tensor> memoryGradients = new LinkedHashMap<>();
            memories.forEach((name, held) -> {
                Tensor gradient = held.gradient();
                if (gradient != null) {
                    memoryGradients.put(name, gradient.copy());
                }
            });
            Map<String, Tensor> remembered;
            try (Grad off = Grad.disabled()) {
                remembered = loss.remembered(batch);
            }
            List<Tensor> gradients = new ArrayList<>();
            for (Tensor leaf : leaves) {
                Tensor gradient = leaf.gradient();
                gradients.add(gradient == null ? leaf.detach().multiply(0) : gradient.copy());
            }
            return new Evaluation(
                            value,
                            Double.NaN,
                            null,
                            Map.of(),
                            gradients,
                            memoryGradients,
                            remembered,
                            items.length,
                            0,
                            0)
                    .escaped(scope);
        }
    }

    private static List<Tensor> leaves(Views views) {
        return views.list().stream().map(view -> view.values().detach().leaf()).toList();
    }

    private static Map<String, Tensor> memories(Views views, List<Tensor> leaves) {
        Map<String, Tensor> memories = new LinkedHashMap<>();
        views.memories().forEach((name, rows) -> {
            Tensor held = rows.detach().to(leaves.get(0).type());
            memories.put(name, Views.LEARNED.contains(name) ? held.leaf() : held);
        });
        return memories;
    }

    /** The distributions that the value compares; none where it is made otherwise. */
    @Override
    public List<Explained> explained(Views views) {
        List<Explained> compared = new ArrayList<>();
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("explained")) {
            List<Tensor> leaves = leaves(views);
            loss.value(new ViewBatch(leaves, views, memories(views, leaves), compared));
        }
        return compared;
    }

    /** A view too many would cost its encoding and teach nothing. */
    private void refuseIgnored(ViewBatch batch) {
        int given = batch.views().size();
        // Views that towers make may be remembered and not compared.
        if (towers.inputs() > 0 && given == towers.of(towers.inputs()).size()) {
            return;
        }
        int expected = Math.max(1, loss.views());
        for (int k = expected; k < given; k++) {
            if (batch.isIgnored(k)) {
                throw ChiaroException.usage("objective: expected " + expected + " views of an item, but found "
                        + given + ", and " + RecordSlots.kind(loss) + " would ignore view " + (k + 1)
                        + ". Give fewer.");
            }
        }
    }

    @Override
    public Needs needs() {
        Set<ViewRole> roles =
                loss.views() > 1 ? EnumSet.of(ViewRole.ANCHOR, ViewRole.POSITIVE) : EnumSet.of(ViewRole.ANCHOR);
        if (loss.hardNegatives()) {
            roles.add(ViewRole.NEGATIVE);
        }
        return new Needs(
                roles,
                loss.hardNegatives(),
                loss.scored(),
                false,
                loss.teacherScored(),
                loss.teacherScale(),
                loss.labelled(),
                loss.guided(),
                loss.inBatchNegatives(),
                loss.sameText(),
                loss.memories(),
                loss.views(),
                towers,
                0,
                loss.givenViews());
    }

    @Override
    public String reduction() {
        return loss.reduction();
    }

    @Override
    public Map<String, String> slots() {
        return RecordSlots.read(this);
    }
}
