package io.chiaro.objective.several;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several objectives on the same embeddings, {@code L = sum_t weight_t L_t} or another {@link Balance}. An objective that does
 * not use negatives does not see their columns.
 *
 * @param parts the objectives; what a run reports of candidates and anchors is that of the first
 * @param balance how much each counts
 */
public record SeveralObjectives(List<Part> parts, Balance balance) implements Objective {

    /** The memory in which a run keeps the logarithms of variances, [T, 1]. */
    public static final String LOG_VARIANCES = "log-variances";

    /** Directions that are drawn anew for each step: anyone may read them. */
    private static final String SLICES = "slices";

    /**
     * One of the objectives.
     *
     * @param name of its recipe
     * @param objective itself
     * @param weight how much its value counts, above 0
     */
    public record Part(String name, Objective objective, double weight) {
        public Part {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw ChiaroException.usage(
                        "objective " + name + ": expected a weight above 0, but found " + weight + ". Leave it out.");
            }
        }
    }

    public SeveralObjectives {
        parts = List.copyOf(parts);
        if (parts.size() < 2) {
            throw new IllegalArgumentException("SeveralObjectives: expected at least two, but found " + parts.size());
        }
        Set<String> names = new HashSet<>();
        Map<String, String> keepers = new LinkedHashMap<>();
        for (Part part : parts) {
            if (!names.add(part.name())) {
                throw ChiaroException.usage("objective " + part.name()
                        + ": expected each objective once, but found it twice. Raise its " + "weight instead.");
            }
            if (part.objective().needs().towers()
                    != parts.get(0).objective().needs().towers()) {
                throw ChiaroException.usage("objectives " + parts.get(0).name() + " and " + part.name()
                        + ": compare views of different towers, and a batch is encoded by one set of them. Take recipes "
                        + "of the same towers.");
            }
            if (part.objective().needs().layers() > 0) {
                throw ChiaroException.usage("objective " + part.name() + ": reads embeddings of earlier layers, and the"
                        + " others do not. Leave set layers out, or learn one objective.");
            }
            for (String memory : part.objective().needs().memories()) {
                String other = memory.equals(SLICES) ? null : keepers.put(memory, part.name());
                if (other != null) {
                    throw ChiaroException.usage("objectives " + other + " and " + part.name() + ": both remember \""
                            + memory + "\", and each would read what the other wrote. Take one of them.");
                }
            }
        }
    }

    @Override
    public Evaluation evaluate(Views views) {
        try (Scope scope = Scope.open("several objectives");
                Grad off = Grad.disabled()) {
            List<Evaluation> found =
                    parts.stream().map(part -> evaluate(part, views)).toList();
            int count = parts.size();
            double[] losses = new double[count];
            List<Tensor> flat = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                losses[t] = parts.get(t).weight() * found.get(t).loss();
                flat.add(Tensor.concatenate(found.get(t).gradients(), 0)
                        .reshape(-1)
                        .multiply(parts.get(t).weight()));
            }
            double[] logVariances = logVariances(views);
            Balance.Shares shares = balance.of(losses, products(flat), logVariances);
            Tensor sum = Tensor.zeros(flat.get(0).count()).to(flat.get(0).type());
            for (int t = 0; t < count; t++) {
                sum.addInPlace(flat.get(t).multiply(shares.gradient()[t]));
            }
            Map<String, Tensor> memoryGradients = memoryGradients(found, shares);
            if (balance == Balance.UNCERTAINTY) {
                memoryGradients.put(LOG_VARIANCES, logVarianceGradient(losses, logVariances));
            }
            return summed(found, losses, shares, unflattened(sum, views), memoryGradients, scope);
        }
    }

    /** One objective on the columns and memories that are its own; columns that it does not see have a gradient of zero. */
    private static Evaluation evaluate(Part part, Views views) {
        Needs needs = part.objective().needs();
        boolean negatives = needs.negatives() || needs.roles().contains(ViewRole.NEGATIVE);
        List<View> seen = new ArrayList<>();
        List<Tensor> guides = new ArrayList<>();
        List<Tensor> allGuides = views.guides();
        for (int v = 0; v < views.list().size(); v++) {
            if (negatives || views.list().get(v).role() != ViewRole.NEGATIVE) {
                seen.add(views.list().get(v));
                if (allGuides != null) {
                    guides.add(allGuides.get(v));
                }
            }
        }
        Map<String, Tensor> memories = new LinkedHashMap<>(views.memories());
        memories.keySet().retainAll(needs.memories());
        Evaluation evaluation = part.objective()
                .evaluate(new Views(
                        seen,
                        views.scores(),
                        views.teacherScores(),
                        views.labels(),
                        allGuides == null ? null : guides,
                        memories,
                        views.records(),
                        views.address()));
        List<Tensor> gradients = new ArrayList<>();
        int next = 0;
        for (View view : views.list()) {
            boolean sees = next < seen.size() && seen.get(next) == view;
            gradients.add(
                    sees ? evaluation.gradients().get(next++) : view.values().multiply(0));
        }
        return new Evaluation(
                evaluation.loss(),
                evaluation.chance(),
                evaluation.floor(),
                evaluation.components(),
                gradients,
                evaluation.memoryGradients(),
                evaluation.remembered(),
                evaluation.anchors(),
                evaluation.skippedAnchors(),
                evaluation.maskedCells());
    }

    private double[] logVariances(Views views) {
        Tensor kept = views.memories().get(LOG_VARIANCES);
        return kept == null ? new double[parts.size()] : kept.reshape(-1).toDoubles();
    }

    private static double[][] products(List<Tensor> flat) {
        double[][] products = new double[flat.size()][flat.size()];
        for (int s = 0; s < flat.size(); s++) {
            for (int t = 0; t <= s; t++) {
                products[s][t] = flat.get(s).multiply(flat.get(t)).sum().item();
                products[t][s] = products[s][t];
            }
        }
        return products;
    }

    private Map<String, Tensor> memoryGradients(List<Evaluation> found, Balance.Shares shares) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        for (int t = 0; t < found.size(); t++) {
            double factor = parts.get(t).weight() * shares.value()[t];
            found.get(t).memoryGradients().forEach((name, gradient) -> gradients.put(name, gradient.multiply(factor)));
        }
        return gradients;
    }

    private Tensor logVarianceGradient(double[] losses, double[] logVariances) {
        double[] gradient = new double[losses.length];
        for (int t = 0; t < gradient.length; t++) {
            if (losses[t] < 0) {
                throw ChiaroException.usage("combine: uncertainty weights expect values of at least 0, but "
                        + parts.get(t).name() + " is " + losses[t] + ". Take fixed, pcgrad or mgda.");
            }
            gradient[t] = 0.5 * (1 - Math.exp(-logVariances[t]) * losses[t]);
        }
        float[] single = new float[gradient.length];
        for (int t = 0; t < single.length; t++) {
            single[t] = (float) gradient[t];
        }
        return Tensor.of(single, single.length, 1);
    }

    private static List<Tensor> unflattened(Tensor sum, Views views) {
        List<Tensor> gradients = new ArrayList<>();
        long at = 0;
        for (View view : views.list()) {
            long length = view.values().count();
            gradients.add(sum.narrow(0, at, length).reshape(view.values().shape()));
            at += length;
        }
        return gradients;
    }

    private Evaluation summed(
            List<Evaluation> found,
            double[] losses,
            Balance.Shares shares,
            List<Tensor> gradients,
            Map<String, Tensor> memoryGradients,
            Scope scope) {
        Evaluation first = found.get(0);
        double loss = shares.constant();
        double chance = shares.constant();
        double floor = shares.constant();
        boolean bounded = true;
        Map<String, Double> components = new LinkedHashMap<>(first.components());
        Map<String, Tensor> remembered = new LinkedHashMap<>();
        for (int t = 0; t < found.size(); t++) {
            double share = shares.value()[t];
            double weight = parts.get(t).weight();
            loss += share * losses[t];
            chance += share * weight * found.get(t).chance();
            @Nullable Double bound = found.get(t).floor();
            bounded &= bound != null;
            floor += bound == null ? 0 : share * weight * bound;
            components.put("loss-" + parts.get(t).name(), found.get(t).loss());
            if (balance != Balance.FIXED) {
                components.put("share-" + parts.get(t).name(), shares.gradient()[t]);
            }
            found.get(t).remembered().forEach((name, tensor) -> remembered.put(name, scope.escape(tensor)));
        }
        Map<String, Tensor> held = new LinkedHashMap<>();
        memoryGradients.forEach((name, tensor) -> held.put(name, scope.escape(tensor)));
        return new Evaluation(
                loss,
                chance,
                bounded ? floor : null,
                components,
                gradients.stream().map(scope::escape).toList(),
                held,
                remembered,
                first.anchors(),
                first.skippedAnchors(),
                first.maskedCells());
    }

    @Override
    public Needs needs() {
        Set<ViewRole> roles = new HashSet<>();
        Set<String> memories = new HashSet<>();
        boolean negatives = false;
        boolean scores = false;
        boolean cosineScores = false;
        boolean teacherScores = false;
        double teacherScale = 0;
        boolean labels = false;
        boolean guide = false;
        boolean inBatchNegatives = false;
        boolean sameText = false;
        int views = 1;
        Set<String> given = new TreeSet<>();
        for (Part part : parts) {
            Needs needs = part.objective().needs();
            roles.addAll(needs.roles());
            memories.addAll(needs.memories());
            negatives |= needs.negatives();
            scores |= needs.scores();
            cosineScores |= needs.cosineScores();
            teacherScores |= needs.teacherScores();
            teacherScale = Math.max(teacherScale, needs.teacherScale());
            labels |= needs.labels();
            guide |= needs.guide();
            inBatchNegatives |= needs.inBatchNegatives();
            sameText |= needs.sameText();
            views = Math.max(views, needs.views());
            given.add(needs.givenViews());
        }
        if (balance == Balance.UNCERTAINTY) {
            memories.add(LOG_VARIANCES);
        }
        return new Needs(
                roles,
                negatives,
                scores,
                cosineScores,
                teacherScores,
                teacherScale,
                labels,
                guide,
                inBatchNegatives,
                sameText,
                memories,
                views,
                parts.get(0).objective().needs().towers(),
                0,
                given.stream().filter(one -> !one.isEmpty()).collect(Collectors.joining(" and ")));
    }

    @Override
    public String reduction() {
        return "sum of: "
                + String.join(
                        "; ",
                        parts.stream().map(part -> part.objective().reduction()).toList());
    }

    /** The slots of the first objective, then those of the others behind their names. */
    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>(parts.get(0).objective().slots());
        for (Part part : parts.subList(1, parts.size())) {
            part.objective().slots().forEach((slot, value) -> slots.put(part.name() + "." + slot, value));
        }
        slots.put(
                "objectives",
                String.join(
                        " + ",
                        parts.stream()
                                .map(part -> part.weight() + " " + part.name())
                                .toList()));
        slots.put("combine", balance.name().toLowerCase(Locale.ROOT));
        return slots;
    }
}
