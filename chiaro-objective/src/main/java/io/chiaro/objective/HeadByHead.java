package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mean of an objective over several heads: an embedding is cut into as many stretches of one width, each of which is an embedding to
 * the objective (Wang et al., "Adaptive Multi-head Contrastive Learning", ECCV 2024, without its temperatures). Rows of
 * memories that are as wide as an embedding are cut with it; a learned number is one for all heads.
 *
 * @param heads how many, at least 1
 * @param objective of one head
 */
public record HeadByHead(int heads, Objective objective) implements Objective {

    /** Memories whose rows are embeddings, and which can be cut as these are. */
    private static final Set<String> CUT = Set.of("classes", "centres", "prototypes", "queue", "centre");

    /** Memories that are the same to every head. */
    private static final Set<String> SHARED =
            Set.of("queue-labels", Similarity.LOG_SCALE, Similarity.BIAS, Similarity.SCHEDULED);

    public HeadByHead {
        if (heads < 1) {
            throw new IllegalArgumentException("HeadByHead: expected at least one head, but found " + heads);
        }
        for (String memory : objective.needs().memories()) {
            if (!CUT.contains(memory) && !SHARED.contains(memory)) {
                throw new IllegalArgumentException("HeadByHead: the memory " + memory + " cannot be cut into heads");
            }
        }
    }

    @Override
    public Evaluation evaluate(Views views) {
        return evaluate(views, Collective.alone());
    }

    @Override
    public Evaluation evaluate(Views views, Collective collective) {
        int whole = views.list().get(0).width();
        int width = widthOfHead(whole, heads);
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("heads")) {
            List<Evaluation> found = new ArrayList<>();
            for (int head = 0; head < heads; head++) {
                found.add(objective.evaluate(cut(views, head * width, width), collective));
            }
            return mean(found).escaped(scope);
        }
    }

    /**
     * The width of each head's stretch.
     *
     * @throws ChiaroException if heads of one width do not fill an embedding
     */
    public static int widthOfHead(int whole, int heads) {
        if (whole % heads != 0) {
            throw ChiaroException.usage("heads: expected embeddings whose width " + heads + " heads divide, but found "
                    + whole + " numbers. Set another number of heads, or a head such as " + heads + "x128-64.");
        }
        return whole / heads;
    }

    private static Views cut(Views views, int from, int width) {
        Map<String, Tensor> memories = new HashMap<>(views.memories());
        memories.replaceAll(
                (name, rows) -> CUT.contains(name) ? rows.narrow(1, from, width).contiguous() : rows);
        return views.withValues(views.list().stream()
                        .map(view -> view.values().narrow(1, from, width).contiguous())
                        .toList())
                .withMemories(memories);
    }

    private Evaluation mean(List<Evaluation> found) {
        Evaluation first = found.get(0);
        double loss = 0;
        double chance = 0;
        double floor = 0;
        boolean bounded = true;
        Map<String, Double> components = new LinkedHashMap<>();
        List<List<Tensor>> gradients = new ArrayList<>();
        for (Evaluation each : found) {
            loss += each.loss() / heads;
            chance += each.chance() / heads;
            Double bound = each.floor();
            bounded &= bound != null;
            floor += bound == null ? 0 : bound / heads;
            each.components().forEach((name, value) -> components.merge(name, value / heads, Double::sum));
            gradients.add(each.gradients());
        }
        for (int head = 0; head < heads && heads > 1; head++) {
            components.put("loss-head-" + (head + 1), found.get(head).loss());
        }
        List<Tensor> joined = new ArrayList<>();
        for (int v = 0; v < first.gradients().size(); v++) {
            int view = v;
            joined.add(Tensor.concatenate(
                            gradients.stream().map(each -> each.get(view)).toList(), 1)
                    .divide(heads));
        }
        return new Evaluation(
                loss,
                chance,
                bounded ? floor : null,
                components,
                joined,
                memories(found.stream().map(Evaluation::memoryGradients).toList(), 1.0 / heads),
                memories(found.stream().map(Evaluation::remembered).toList(), 1),
                first.anchors(),
                first.skippedAnchors(),
                first.maskedCells());
    }

    /** Stretches side by side; what is one for all heads is summed. */
    private static Map<String, Tensor> memories(List<Map<String, Tensor>> found, double factor) {
        Map<String, Tensor> joined = new LinkedHashMap<>();
        for (String name : found.get(0).keySet()) {
            List<Tensor> parts = found.stream().map(each -> each.get(name)).toList();
            Tensor all = CUT.contains(name)
                    ? Tensor.concatenate(parts, 1)
                    : parts.stream().reduce(Tensor::add).orElseThrow();
            joined.put(name, all.multiply(factor));
        }
        return joined;
    }

    @Override
    public Needs needs() {
        return objective.needs();
    }

    @Override
    public String reduction() {
        return "mean over heads of: " + objective.reduction();
    }

    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>(objective.slots());
        slots.put("heads", String.valueOf(heads));
        return slots;
    }
}
