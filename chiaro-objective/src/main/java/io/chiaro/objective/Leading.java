package io.chiaro.objective;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An objective over the first numbers of each embedding alone; the others have no gradient (Jing et al., "Understanding
 * Dimensional Collapse in Contrastive Self-supervised Learning", ICLR 2022, section 6: DirectCLR).
 *
 * @param dimensions how many numbers, at least 1; all of an embedding that has fewer
 */
public record Leading(int dimensions, Objective objective) implements Objective {

    public Leading {
        if (dimensions < 1) {
            throw new IllegalArgumentException("Leading: the dimensions must be at least 1, but were " + dimensions);
        }
    }

    @Override
    public Evaluation evaluate(Views views) {
        int kept = Math.min(dimensions, views.list().get(0).width());
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("leading dimensions")) {
            Evaluation found = objective.evaluate(leading(views));
            List<Tensor> gradients = new ArrayList<>();
            for (int v = 0; v < found.gradients().size(); v++) {
                Tensor whole = views.list().get(v).values().multiply(0);
                whole.narrow(1, 0, kept).addInPlace(found.gradients().get(v));
                gradients.add(whole);
            }
            return found.withGradients(gradients).escaped(scope);
        }
    }

    @Override
    public List<Explained> explained(Views views) {
        try (Scope scope = Scope.open("leading dimensions")) {
            return objective.explained(leading(views));
        }
    }

    private Views leading(Views views) {
        int kept = Math.min(dimensions, views.list().get(0).width());
        return views.withValues(views.list().stream()
                .map(view -> view.values().narrow(1, 0, kept).contiguous())
                .toList());
    }

    @Override
    public Needs needs() {
        return objective.needs();
    }

    @Override
    public String reduction() {
        return objective.reduction();
    }

    @Override
    public Map<String, String> slots() {
        return RecordSlots.read(this);
    }
}
