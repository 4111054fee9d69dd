package io.chiaro.objective;

import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A batch in plain Java, in double precision throughout: row i of every view belongs to item i.
 *
 * @param views [V][B][d]
 * @param fixed the same numbers, for what a formula holds constant in its gradient; differences leave them alone
 * @param labels a class for each item
 * @param targets a number for each item
 * @param memory rows by name
 */
@SuppressWarnings("ArrayRecordComponent")
record Given(double[][][] views, double[][][] fixed, int[] labels, double[] targets, Map<String, double[][]> memory) {

    /** What an objective says of a batch, in plain Java. */
    record Found(double loss, double[][][] gradients) {}

    static Given of(double[][][] views, int[] labels, double[] targets, Map<String, double[][]> memory) {
        return new Given(views, copy(views), labels, targets, memory);
    }

    /** Normal numbers; later views lean towards the first. Labels repeat, and one label and one number are lonely. */
    static Given random(RandomGenerator random, int views, int items, int width) {
        double[][][] values = new double[views][items][width];
        for (int v = 0; v < views; v++) {
            for (int i = 0; i < items; i++) {
                for (int k = 0; k < width; k++) {
                    values[v][i][k] = (v == 0 ? 0 : 0.7 * values[0][i][k]) + random.nextGaussian();
                }
            }
        }
        int lonely = random.nextInt(items);
        int[] labels = new int[items];
        double[] targets = new double[items];
        for (int i = 0; i < items; i++) {
            int place = (i + items - lonely) % items;
            labels[i] = place == 0 ? 2 : place % 2;
            targets[i] = place == 0 ? 10 : place == 2 ? targets[(lonely + 1) % items] : 4 * random.nextDouble();
        }
        // Numbers above zero, which may be propensities.
        Arrays.setAll(targets, i -> targets[i] + 0.1);
        return of(values, labels, targets, memories(random, items, width));
    }

    private static Map<String, double[][]> memories(RandomGenerator random, int items, int width) {
        Map<String, double[][]> memories = new LinkedHashMap<>(Map.of(
                "denominators", positive(random, items, 1),
                "temperatures", positive(random, items, 2),
                "queue", rows(random, 7, width),
                "queue-labels", new double[][] {{0}, {1}, {2}, {1}, {0}, {0}, {1}},
                "classes", rows(random, 4, width),
                // Of a number that three and ten divide, as classes have so many centres.
                "centres", rows(random, 90, width),
                "prototypes", rows(random, 5, width),
                "pair-weights", rows(random, 90, width),
                "slices", rows(random, 8, width),
                "centre", rows(random, 1, width)));
        memories.put("pair-head", rows(random, 4, width));
        memories.put("pair-bias", rows(random, 1, 1));
        // The last row is of a label that no item has.
        memories.put("label-banks", rows(random, 7, width));
        memories.put("bank-labels", new double[][] {{0}, {1}, {0}, {1}, {0}, {0}, {5}});
        // More records than the batch has, and latents of which some have slept for long.
        memories.put("bank", rows(random, items + 6, width));
        memories.put("clusters", rows(random, 4, width));
        memories.put("concentrations", positive(random, 4, 1));
        double[][] visits = new double[items][1];
        Arrays.setAll(visits, i -> new double[] {i % 2});
        memories.put("visits", visits);
        memories.put("pair-losses", losses(random, items + 30));
        memories.put("places", rows(random, items, 4));
        double[][] masked = new double[items][1];
        Arrays.setAll(masked, i -> new double[] {i % 3 % 2});
        memories.put("masked", masked);
        memories.put("prior", positive(random, 1, 5));
        memories.put("encoder", rows(random, 7, width));
        memories.put("decoder", rows(random, 7, width));
        memories.put("latent-bias", rows(random, 7, 1));
        memories.put("reading-bias", rows(random, 1, width));
        memories.put("smoothing-in", rows(random, 5, width));
        memories.put("smoothing-out", rows(random, 5, width));
        memories.put("smoothing-bias", rows(random, 5, 1));
        memories.put("label-sets", labelSets());
        // A gate for each pair of three classes; two heads, a number more than each is wide.
        memories.put("gates", rows(random, 6, width));
        memories.put("temperature-map", rows(random, 2, width / 2 + 1));
        memories.put("idle", new double[][] {{0, 120, 3, 100, 99, 400, 0}});
        return memories;
    }

    /** Sets of four labels for up to sixteen classes; the class without any is the last. */
    private static double[][] labelSets() {
        double[][] sets = new double[16][4];
        for (int k = 0; k < 15; k++) {
            for (int l = 0; l < 4; l++) {
                sets[k][l] = (k + 1) >> l & 1;
            }
        }
        return sets;
    }

    /** The sum of each record's losses and their number; some are far from the others, one was not seen. */
    private static double[][] losses(RandomGenerator random, int records) {
        double[][] rows = new double[records][];
        for (int r = 0; r < records; r++) {
            int count = r == 3 ? 0 : 1 + r % 3;
            double mean = r == 0 ? 9 : r == 2 ? 0.1 : 3 + 0.5 * random.nextGaussian();
            rows[r] = new double[] {count * mean, count};
        }
        return rows;
    }

    private static double[][] positive(RandomGenerator random, int count, int width) {
        double[][] rows = new double[count][width];
        for (double[] row : rows) {
            Arrays.setAll(row, k -> 0.2 + random.nextDouble());
        }
        return rows;
    }

    private static double[][] rows(RandomGenerator random, int count, int width) {
        double[][] rows = new double[count][width];
        for (double[] row : rows) {
            Arrays.setAll(row, k -> random.nextGaussian());
        }
        return rows;
    }

    private static double[][][] copy(double[][][] values) {
        return Arrays.stream(values)
                .map(view -> Arrays.stream(view).map(double[]::clone).toArray(double[][]::new))
                .toArray(double[][][]::new);
    }

    Given withViews(double[][][] other) {
        return of(other, labels, targets, memory);
    }

    /** Every other pair of the first two views is alike, in the order of their distance: the nearest is not. */
    Given withBinaryTargets() {
        double[] distances = new double[items()];
        Arrays.setAll(distances, i -> -PlainFormulas.cosine(views[0][i], views[1][i]));
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        double[] alike = new double[items()];
        Arrays.setAll(alike, i -> Arrays.binarySearch(sorted, distances[i]) % 2);
        return of(views, labels, alike, memory);
    }

    /** With the numbers that a formula holds constant as views. */
    Given withFixedViews() {
        return new Given(fixed, fixed, labels, targets, memory);
    }

    Given withLabels(int[] other) {
        return of(views, other, targets, memory);
    }

    Given withMemory(String name, double[][] rows) {
        Map<String, double[][]> changed = new LinkedHashMap<>(memory);
        changed.put(name, rows);
        return of(views, labels, targets, changed);
    }

    /** The same items in another order. */
    Given permuted(int[] order) {
        double[][][] changed = new double[views.length][order.length][];
        for (int v = 0; v < views.length; v++) {
            for (int i = 0; i < order.length; i++) {
                changed[v][i] = views[v][order[i]].clone();
            }
        }
        return of(
                changed,
                Arrays.stream(order).map(i -> labels[i]).toArray(),
                Arrays.stream(order).mapToDouble(i -> targets[i]).toArray(),
                permutedMemory(order));
    }

    /** What is kept for each item follows its item. */
    private Map<String, double[][]> permutedMemory(int[] order) {
        Map<String, double[][]> changed = new LinkedHashMap<>(memory);
        changed.replaceAll((name, rows) -> Views.ofOwnRecords(name)
                ? Arrays.stream(order).mapToObj(i -> rows[i]).toArray(double[][]::new)
                : rows);
        for (String name : Views.OF_ALL_RECORDS) {
            double[][] rows = changed.get(name);
            if (rows != null) {
                double[][] moved = rows.clone();
                Arrays.setAll(moved, i -> rows[i < order.length ? order[i] : i]);
                changed.put(name, moved);
            }
        }
        return changed;
    }

    int items() {
        return views[0].length;
    }

    int width() {
        return views[0][0].length;
    }

    double[][] rowsOf(String name) {
        return Objects.requireNonNull(memory.get(name));
    }

    /** What a guide says of a row: its features, the later ones louder, held constant. */
    double[] guide(int view, int item) {
        double[] row = fixed[view][item].clone();
        Arrays.setAll(row, k -> (k + 1) * row[k]);
        return row;
    }

    /** What a teacher says of the candidates of an item, the second view and those behind it: their cosines, held constant. */
    double[] teacher(int item) {
        double[] scores = new double[Math.max(1, views.length - 1)];
        for (int c = 0; c < scores.length; c++) {
            double cosine = PlainFormulas.cosine(fixed[0][item], fixed[Math.min(c + 1, views.length - 1)][item]);
            // A row of zeros has no direction.
            scores[c] = (Double.isNaN(cosine) ? 0 : 3 * cosine) + 0.5 * c;
        }
        return scores;
    }

    List<Tensor> guides() {
        List<Tensor> guides = new ArrayList<>();
        for (int v = 0; v < views.length; v++) {
            int view = v;
            guides.add(tensor(
                    IntStream.range(0, items()).mapToObj(i -> guide(view, i)).toArray(double[][]::new)));
        }
        return guides;
    }

    /** The batch as an objective takes it; owned by the open scope. */
    Views asViews() {
        View[] list = new View[views.length];
        for (int v = 0; v < list.length; v++) {
            long[] items = new long[items()];
            long[] contents = new long[items()];
            for (int i = 0; i < items.length; i++) {
                items[i] = i;
                contents[i] = (long) v * items.length + i;
            }
            list[v] = new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, tensor(views[v]), items, contents);
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        memory.forEach((name, rows) -> memories.put(name, tensor(rows)));
        return Views.of(list)
                .withLabels(labels)
                .withScores(targets)
                .withTeacherScores(
                        IntStream.range(0, items()).mapToObj(this::teacher).toArray(double[][]::new))
                .withMemories(memories)
                .withRecords(LongStream.range(0, items()).toArray())
                .withGuides(guides());
    }

    /** What a recipe says of the batch, owned by the open scope. */
    Evaluation evaluation(Objective objective) {
        return objective.evaluate(asViews());
    }

    /** What a recipe says of the batch. */
    Found evaluate(Objective objective) {
        try (Scope scope = Scope.open("given")) {
            Evaluation found = evaluation(objective);
            double[][][] gradients = new double[views.length][items()][width()];
            for (int v = 0; v < views.length; v++) {
                double[] flat = found.gradients().get(v).toDoubles();
                for (int i = 0; i < flat.length; i++) {
                    gradients[v][i / width()][i % width()] = flat[i];
                }
            }
            return new Found(found.loss(), gradients);
        }
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
    }
}
