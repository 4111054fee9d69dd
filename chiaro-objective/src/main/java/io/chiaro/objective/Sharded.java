package io.chiaro.objective;

import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An objective evaluated by several workers of this process, each of whom has the rows of some items: value and gradients are
 * those of one worker on the whole batch, beyond rounding. Which part of the work is divided is told at {@link
 * Objective#evaluate(Views, Collective)}.
 *
 * <p>Where the matrices are large, the threads of the BLAS have the processors already, and more workers only cost: this is for
 * proving what several machines would find, not for speed on one.
 *
 * @param objective what is evaluated
 * @param workers how many take part, at least 1
 */
public record Sharded(Objective objective, int workers) implements Objective {

    public Sharded {
        if (workers < 1) {
            throw new IllegalArgumentException("Sharded: expected at least one worker, but found " + workers);
        }
    }

    /** An evaluation that no thread owns. */
    private record Found(
            Evaluation told, List<Numbers> gradients, Map<String, Numbers> memories, Map<String, Numbers> remembered) {

        static Found of(Evaluation evaluation) {
            return new Found(
                    new Evaluation(
                            evaluation.loss(),
                            evaluation.chance(),
                            evaluation.floor(),
                            evaluation.components(),
                            List.of(),
                            evaluation.anchors(),
                            evaluation.skippedAnchors(),
                            evaluation.maskedCells()),
                    evaluation.gradients().stream().map(Numbers::of).toList(),
                    numbers(evaluation.memoryGradients()),
                    numbers(evaluation.remembered()));
        }
    }

    @Override
    public Evaluation evaluate(Views views) {
        try (Grad off = Grad.disabled();
                Scope scope = Scope.open("sharded")) {
            int[][] owners = owners(views);
            Plain batch = Plain.of(views);
            List<Found> found = Workers.run(workers, collective -> {
                try (Grad none = Grad.disabled();
                        Scope own = Scope.open("worker")) {
                    return Found.of(objective.evaluate(batch.views(rowsOf(owners, collective.worker())), collective));
                }
            });
            return whole(views, owners, found).escaped(scope);
        }
    }

    /** The worker of each row of each view: items go in even shares, in the order in which they occur. */
    private int[][] owners(Views views) {
        Map<Long, Integer> places = new HashMap<>();
        for (View view : views.list()) {
            for (long item : view.items()) {
                places.putIfAbsent(item, places.size());
            }
        }
        int count = places.size();
        return views.list().stream()
                .map(view -> Arrays.stream(view.items())
                        .mapToInt(item -> (int) ((long) places.getOrDefault(item, 0) * workers / count))
                        .toArray())
                .toArray(int[][]::new);
    }

    private static int[][] rowsOf(int[][] owners, int worker) {
        return Arrays.stream(owners)
                .map(view -> IntStream.range(0, view.length)
                        .filter(row -> view[row] == worker)
                        .toArray())
                .toArray(int[][]::new);
    }

    private Evaluation whole(Views views, int[][] owners, List<Found> found) {
        List<Tensor> gradients = new ArrayList<>();
        for (int v = 0; v < owners.length; v++) {
            Tensor gradient = views.list().get(v).values().multiply(0);
            for (int w = 0; w < workers; w++) {
                Tensor rows = Tensor.indices(rowsOf(owners, w)[v]);
                gradient.copyRowsInPlace(rows, found.get(w).gradients().get(v).tensor());
            }
            gradients.add(gradient);
        }
        List<int[]> rows = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            rows.add(rowsOf(owners, w)[Gathered.anchor(views)]);
        }
        Evaluation told = found.get(0).told();
        return new Evaluation(
                told.loss(),
                told.chance(),
                told.floor(),
                told.components(),
                gradients,
                joined(found.stream().map(Found::memories).toList(), rows),
                joined(found.stream().map(Found::remembered).toList(), rows),
                told.anchors(),
                told.skippedAnchors(),
                told.maskedCells());
    }

    /** What all workers say alike, and what each says of its own records, put together. */
    private static Map<String, Tensor> joined(List<Map<String, Numbers>> told, List<int[]> rows) {
        Map<String, Tensor> joined = new LinkedHashMap<>();
        told.get(0).forEach((name, first) -> {
            if (Views.PER_RECORD.contains(name)) {
                long[] shape = first.shape().clone();
                shape[0] = rows.stream().mapToInt(each -> each.length).sum();
                Tensor whole = Tensor.zeros(shape).to(first.type());
                for (int w = 0; w < rows.size(); w++) {
                    Numbers part = Objects.requireNonNull(told.get(w).get(name));
                    whole.copyRowsInPlace(Tensor.indices(rows.get(w)), part.tensor());
                }
                joined.put(name, whole);
            } else {
                joined.put(name, first.tensor());
            }
        });
        return joined;
    }

    private static Map<String, Numbers> numbers(Map<String, Tensor> tensors) {
        Map<String, Numbers> numbers = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> numbers.put(name, Numbers.of(tensor)));
        return numbers;
    }

    private static Map<String, Tensor> tensors(Map<String, Numbers> numbers) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        numbers.forEach((name, each) -> tensors.put(name, each.tensor()));
        return tensors;
    }

    /** A batch that no thread owns. */
    private record Plain(
            Views told, List<Numbers> values, @Nullable List<Numbers> guides, Map<String, Numbers> memories) {

        static Plain of(Views views) {
            List<Tensor> guides = views.guides();
            return new Plain(
                    views,
                    views.list().stream().map(view -> Numbers.of(view.values())).toList(),
                    guides == null ? null : guides.stream().map(Numbers::of).toList(),
                    numbers(views.memories()));
        }

        /** Some rows of each view, as tensors of the thread that calls. */
        Views views(int[][] rows) {
            List<View> list = new ArrayList<>();
            for (int v = 0; v < rows.length; v++) {
                View view = told.list().get(v);
                list.add(new View(
                        view.role(),
                        values.get(v).rows(rows[v]).tensor(),
                        some(view.items(), rows[v]),
                        some(view.contents(), rows[v])));
            }
            int[] anchors = rows[Gathered.anchor(told)];
            Map<String, Numbers> some = new LinkedHashMap<>(memories);
            some.replaceAll((name, all) -> Views.ofOwnRecords(name) ? all.rows(anchors) : all);
            Views views = Views.of(list).withMemories(tensors(some)).withAddress(told.address());
            long @Nullable [] records = told.records();
            if (records != null) {
                views = views.withRecords(some(records, anchors));
            }
            double @Nullable [] scores = told.scores();
            if (scores != null) {
                views = views.withScores(
                        Arrays.stream(anchors).mapToDouble(row -> scores[row]).toArray());
            }
            double @Nullable [][] teacher = told.teacherScores();
            if (teacher != null) {
                views = views.withTeacherScores(
                        Arrays.stream(anchors).mapToObj(row -> teacher[row]).toArray(double[][]::new));
            }
            int @Nullable [] labels = told.labels();
            if (labels != null) {
                views = views.withLabels(
                        Arrays.stream(anchors).map(row -> labels[row]).toArray());
            }
            List<Numbers> held = guides;
            if (held != null) {
                List<Tensor> own = new ArrayList<>();
                for (int v = 0; v < rows.length; v++) {
                    own.add(held.get(v).rows(rows[v]).tensor());
                }
                views = views.withGuides(own);
            }
            return views;
        }

        private static long[] some(long[] values, int[] rows) {
            return Arrays.stream(rows).mapToLong(row -> values[row]).toArray();
        }
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
        return objective.slots();
    }
}
