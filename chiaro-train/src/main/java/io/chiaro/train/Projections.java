package io.chiaro.train;

import io.chiaro.nn.Head;
import io.chiaro.objective.Tower;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * From the embeddings of a batch to the views that an objective compares, and back with their gradients: projection head, predictor,
 * and the twin's head. Heads see all rows of an input at once, or of all inputs, so only encoders are run chunk by chunk.
 *
 * <p>Used by the thread that trains.
 */
final class Projections {

    /** Before the names of a projection head's arrays. */
    static final String HEAD = "head.projection.";

    private final Optional<Head> head;
    private final Optional<Predictor> predictor;
    private final Optional<Head> twinHead;
    private final HeadBatch batch;

    /** Without any head or predictor. */
    static Projections none() {
        return new Projections(Optional.empty(), Optional.empty(), Optional.empty(), HeadBatch.APART);
    }

    private Projections(Optional<Head> head, Optional<Predictor> predictor, Optional<Head> twinHead, HeadBatch batch) {
        this.head = head;
        this.predictor = predictor;
        this.twinHead = twinHead;
        this.batch = batch;
    }

    /** Those of some settings, in a store with the arrays of {@link TowerSettings#declare}; and in the twin's, if there is one. */
    static Projections of(TowerSettings settings, ParameterStore model, Optional<ParameterStore> twin) {
        return new Projections(
                settings.head().map(shape -> new Head(model, HEAD, shape)),
                settings.predictor().map(shape -> shape.create(model)),
                twin.flatMap(store -> settings.head().map(shape -> new Head(store, HEAD, shape))),
                settings.batch());
    }

    /** Sets the numbers before the first step. */
    void start(long seed) {
        head.ifPresent(each -> each.start(seed));
        predictor.ifPresent(each -> each.start(seed));
    }

    /** What the projection head makes of embeddings, [n, d] to [n, width]. */
    Tensor apply(Tensor embeddings) {
        return head.map(each -> each.forward(embeddings)).orElse(embeddings);
    }

    /** The matrix of a linear predictor, if there is one. */
    Optional<Tensor> predictorMatrix() {
        return predictor.flatMap(Predictor::matrix);
    }

    /**
     * The views of a batch.
     *
     * @param towers one a view
     * @param model embeddings by input, [n, d], those that the model has made
     * @param twin the same by the twin
     */
    Projected project(List<Tower> towers, Map<Integer, Tensor> model, Map<Integer, Tensor> twin) {
        return new Projected(towers, model, twin);
    }

    /** The views of one batch, with the graph from embeddings to views, for one way back. */
    final class Projected {

        private final List<Tower> towers;
        private final Map<Integer, Tensor> embeddings = new TreeMap<>();
        private final Map<Integer, Tensor> projections = new TreeMap<>();
        private final Map<Integer, Tensor> predictions;
        private final Map<Integer, Tensor> ofTwin;
        private final List<Tensor> views = new ArrayList<>();

        private Projected(List<Tower> towers, Map<Integer, Tensor> model, Map<Integer, Tensor> twin) {
            this.towers = towers;
            try (Grad on = Grad.enabled()) {
                model.forEach((input, rows) -> {
                    Tensor leaf = isPlain() ? rows : rows.leaf();
                    embeddings.put(input, leaf);
                });
                projections.putAll(
                        head.map(each -> through(each::forward, embeddings)).orElse(embeddings));
                predictions = predictor
                        .map(each -> through(each::forward, predicted()))
                        .orElse(projections);
                ofTwin = ofTwin(twin);
                towers.forEach(tower -> views.add(view(tower)));
            }
        }

        /** The projections of the inputs that something is predicted from. */
        private Map<Integer, Tensor> predicted() {
            Map<Integer, Tensor> rows = new TreeMap<>();
            towers.stream()
                    .filter(tower -> tower.source() == Tower.Source.PREDICTED)
                    .forEach(tower -> rows.put(tower.input(), projection(tower.input())));
            return rows;
        }

        private Tensor view(Tower tower) {
            Integer input = tower.input();
            return switch (tower.source()) {
                case ONLINE -> projection(input);
                case STOPPED -> projection(input).detach();
                case PREDICTED -> Objects.requireNonNull(predictions.get(input));
                case AVERAGED, AVERAGED_WITHOUT_DROPOUT -> Objects.requireNonNull(ofTwin.get(input));
            };
        }

        private Tensor projection(Integer input) {
            return Objects.requireNonNull(projections.get(input));
        }

        private Map<Integer, Tensor> ofTwin(Map<Integer, Tensor> rows) {
            try (Grad off = Grad.disabled()) {
                return twinHead.map(each -> through(each::forward, rows)).orElse(rows);
            }
        }

        /** The views, without recorded gradients, in the order of the towers. */
        List<Tensor> views() {
            return views.stream().map(Tensor::detach).toList();
        }

        /**
         * Adds the gradients of heads and predictor to theirs.
         *
         * @param gradients those of the views, in their order
         * @return those of the model's embeddings, by input
         */
        Map<Integer, Tensor> backward(List<Tensor> gradients) {
            return isPlain() ? added(gradients) : throughHeads(gradients);
        }

        private Map<Integer, Tensor> added(List<Tensor> gradients) {
            Map<Integer, Tensor> sums = new TreeMap<>();
            for (int v = 0; v < gradients.size(); v++) {
                if (!towers.get(v).held()) {
                    sums.merge(towers.get(v).input(), gradients.get(v), Tensor::add);
                }
            }
            embeddings.forEach((input, rows) -> sums.computeIfAbsent(input, none -> rows.multiply(0)));
            return sums;
        }

        private Map<Integer, Tensor> throughHeads(List<Tensor> gradients) {
            try (Grad on = Grad.enabled()) {
                Stream.iterate(0, v -> v + 1)
                        .limit(gradients.size())
                        .filter(v -> !towers.get(v).held())
                        .map(v -> views.get(v).multiply(gradients.get(v)).sum())
                        .reduce(Tensor::add)
                        .ifPresent(Tensor::backward);
            }
            Map<Integer, Tensor> found = new TreeMap<>();
            embeddings.forEach((input, leaf) -> {
                Tensor gradient = leaf.gradient();
                found.put(input, gradient == null ? leaf.detach().multiply(0) : gradient);
            });
            return found;
        }

        /** Tells the predictor what it was given, once the way back is done. */
        void remember() {
            predictor.ifPresent(each -> each.follow(
                    projections.values().stream().map(Tensor::detach).toList()));
        }
    }

    /**
     * What a head or predictor makes of the rows of inputs, each input apart or all as one batch.
     *
     * @param byInput [n, d] each
     */
    private Map<Integer, Tensor> through(UnaryOperator<Tensor> head, Map<Integer, Tensor> byInput) {
        Map<Integer, Tensor> made = new TreeMap<>();
        if (batch == HeadBatch.APART || byInput.size() < 2) {
            byInput.forEach((input, rows) -> made.put(input, head.apply(rows)));
            return made;
        }
        List<Integer> inputs = byInput.keySet().stream().sorted().toList();
        Tensor all = head.apply(Tensor.concatenate(
                inputs.stream()
                        .map(input -> Objects.requireNonNull(byInput.get(input)))
                        .toList(),
                0));
        long rows = all.size(0) / inputs.size();
        for (int i = 0; i < inputs.size(); i++) {
            made.put(inputs.get(i), all.narrow(0, i * rows, rows));
        }
        return made;
    }

    private boolean isPlain() {
        return head.isEmpty() && predictor.isEmpty();
    }
}
