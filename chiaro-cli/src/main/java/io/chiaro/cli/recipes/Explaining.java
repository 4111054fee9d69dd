package io.chiaro.cli.recipes;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.Npy;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Explained;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Relation;
import io.chiaro.objective.ScoreTable;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Evaluates a recipe on arrays, or shows it on four made-up items. */
public final class Explaining {

    /** Candidates of a row that people are shown. */
    private static final int MOST_SHOWN = 16;

    private static final String GUIDE = "guide-[1-9][0-9]*";

    /** Whole numbers up to this are exact as doubles. */
    private static final double MOST_EXACT = 1L << 53;

    private static final int ITEMS = 4;
    /** Fewer than the items, for what needs more items than features; even, for halves that are complex parts. */
    private static final int WIDTH = 2;

    /** Memories that a recipe takes to be zero where they are not given. */
    private static final Set<String> ZERO_AT_FIRST = Set.of(
            "centre",
            "smoothing-bias",
            "covariance",
            "denominators",
            "temperatures",
            "log-scale",
            "scheduled-temperature",
            "bias",
            "latent-bias",
            "reading-bias",
            "idle",
            "pair-losses",
            "visits",
            "gates",
            "temperature-map");

    private Explaining() {}

    /** The arrays of a batch, in double precision. */
    private record Rows(double[] values, int rows, int width) {

        static Rows read(Path file) {
            Npy array = array(file);
            int[] shape = array.shape();
            if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
                throw ChiaroException.data(
                        file + ": expected an array [B, D], but found the shape " + Arrays.toString(shape) + ".");
            }
            double[] values = doubles(array);
            for (int i = 0; i < values.length; i++) {
                if (!Double.isFinite(values[i])) {
                    throw ChiaroException.data(file + ": expected finite numbers, but found " + values[i] + " in row "
                            + i / shape[1] + ".");
                }
            }
            return new Rows(values, shape[0], shape[1]);
        }

        Tensor tensor() {
            return Tensor.of(values, rows, width);
        }
    }

    private static Npy array(Path file) {
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected an array in NumPy's format, but found "
                    + (Files.exists(file) ? "a folder" : "nothing") + ". Check the path.");
        }
        return Npy.read(file);
    }

    public static Object run(
            Output output,
            String name,
            Map<String, String> set,
            List<Path> files,
            @Nullable Path labels,
            Map<String, Path> memory,
            @Nullable Path gradient,
            long seed) {
        Recipe recipe = Recipes.named(name).with(set);
        Objective objective = recipe.create();
        List<Rows> views = new ArrayList<>();
        files.forEach(file -> views.add(Rows.read(file)));
        boolean shown = views.isEmpty();
        if (shown) {
            for (int v = 0; v < viewsOf(objective); v++) {
                views.add(random(seed, v));
            }
        }
        try (Scope scope = Scope.open("explain")) {
            Views batch = batch(objective, views, files, labels, memory, seed, shown);
            if (labels != null
                    && !objective.needs().labels()
                    && !objective.needs().scores()) {
                output.note("--labels: " + recipe.name() + " reads no labels, and they change nothing.");
            }
            Evaluation found = evaluated(objective, batch);
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("recipe", recipe.name());
            document.put("paper", recipe.paper());
            document.put("loss", found.loss());
            document.put("reference", recipe.reference());
            if (!set.isEmpty()) {
                document.put("settings", set);
            }
            document.put("reduction", objective.reduction());
            document.put("slots", objective.slots());
            if (Double.isFinite(found.chance())) {
                document.put("chance", found.chance());
            }
            document.put("anchors", found.anchors());
            document.put("skipped-anchors", found.skippedAnchors());
            output.say(recipe.card().stripTrailing());
            output.say("  reduction  " + objective.reduction());
            output.say(String.format(Locale.ROOT, "loss %.6f", found.loss())
                    + (Double.isFinite(found.chance())
                            ? String.format(Locale.ROOT, ", with all rows equal %.6f", found.chance())
                            : "")
                    + ", " + found.anchors() + " anchors, " + found.skippedAnchors() + " without a positive");
            if (shown) {
                tables(output, objective, batch, document);
            }
            if (gradient != null) {
                write(gradient, found, views);
                output.say("gradient " + gradient);
            }
            return document;
        }
    }

    /** The value, if the arrays fit together and it is a number. */
    private static Evaluation evaluated(Objective objective, Views batch) {
        Evaluation found;
        try {
            found = objective.evaluate(batch);
        } catch (IllegalArgumentException e) {
            List<String> shapes = new ArrayList<>();
            batch.list().forEach(view -> shapes.add("a view " + shape(view.values())));
            new TreeMap<>(batch.memories()).forEach((name, rows) -> shapes.add(name + " " + shape(rows)));
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "explain: " + String.join(", ", shapes) + " do not fit together ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "). Check --memory.",
                    e);
        }
        boolean finite = Double.isFinite(found.loss())
                && found.gradients().stream()
                        .allMatch(rows -> Arrays.stream(rows.toDoubles()).allMatch(Double::isFinite));
        if (!finite) {
            throw ChiaroException.data("explain: of these rows the loss is " + found.loss()
                    + (Double.isFinite(found.loss()) ? ", but its gradient is not finite" : "")
                    + ". Look for rows without length or settings at the edge of what they may be.");
        }
        return found;
    }

    private static String shape(Tensor rows) {
        return Arrays.toString(rows.shape());
    }

    private static int viewsOf(Objective objective) {
        return Math.max(2, objective.needs().views());
    }

    /** Views of one item lean towards each other, so that there is something to see. */
    private static Rows random(long seed, int view) {
        RandomStream items = RandomStream.of(seed, "explain-items");
        RandomStream noise = RandomStream.of(seed, "explain-view", view);
        double[] values = new double[ITEMS * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = items.nextGaussian() + 0.5 * noise.nextGaussian();
        }
        return new Rows(values, ITEMS, WIDTH);
    }

    private static Views batch(
            Objective objective,
            List<Rows> arrays,
            List<Path> files,
            @Nullable Path labels,
            Map<String, Path> memory,
            long seed,
            boolean shown) {
        Needs needs = objective.needs();
        int rows = arrays.get(0).rows();
        List<View> views = new ArrayList<>();
        for (int v = 0; v < arrays.size(); v++) {
            Rows array = arrays.get(v);
            if (array.rows() != rows || array.width() != arrays.get(0).width()) {
                throw ChiaroException.data(files.get(v) + ": expected the shape [" + rows + ", "
                        + arrays.get(0).width() + "] of the first view, but found [" + array.rows() + ", "
                        + array.width() + "].");
            }
            long[] items = new long[rows];
            long[] contents = new long[rows];
            for (int i = 0; i < rows; i++) {
                items[i] = i;
                contents[i] = (long) v * rows + i;
            }
            views.add(new View(role(needs, v), array.tensor(), items, contents));
        }
        Views batch =
                Views.of(views).withRecords(LongStream.range(0, rows).toArray()).withAddress(seed);
        Npy told = labels == null ? null : labels(labels, rows);
        if (needs.scores()) {
            double[] made = counting(rows, 1.0 / rows);
            if ("inverse-propensity".equals(objective.slots().get("weights"))) {
                // A propensity is above zero.
                Arrays.setAll(made, i -> (i + 1.0) / rows);
            }
            batch = batch.withScores(labels == null || told == null ? made : scores(labels, told));
        }
        if (needs.labels()) {
            // Without labels every item is a class of its own.
            batch = batch.withLabels(
                    labels != null && told != null && !needs.scores()
                            ? classes(labels, told, needs)
                            : shown
                                    ? new int[] {0, 0, 1, 1}
                                    : IntStream.range(0, rows).toArray());
        }
        if (needs.teacherScores()) {
            batch = batch.withTeacherScores(teacher(memory, arrays.size() - 1, rows, seed, shown));
        }
        // Views beyond those of the model may be what a guide would say.
        boolean given = needs.views() > 1
                && arrays.size() > needs.views()
                && memory.keySet().stream().noneMatch(key -> key.matches(GUIDE));
        if (needs.guide() && !given) {
            batch = batch.withGuides(guides(arrays, memory, shown));
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        memory.forEach((key, file) -> {
            if (needs.memories().contains(key)) {
                memories.put(
                        key,
                        key.endsWith("-labels")
                                ? labelsOfRows(file)
                                : Rows.read(file).tensor());
            } else if (!(needs.teacherScores() && key.equals("teacher")) && !(needs.guide() && key.matches(GUIDE))) {
                throw ChiaroException.usage("--memory: the recipe reads "
                        + (needs.memories().isEmpty() ? "no such rows" : String.join(", ", needs.memories()))
                        + ", but found \"" + key + "\". Leave it out.");
            }
        });
        if (shown) {
            for (String key : needs.memories()) {
                if (!ZERO_AT_FIRST.contains(key)) {
                    memories.computeIfAbsent(key, missing -> shownMemory(seed, missing));
                }
            }
        }
        return batch.withMemories(memories);
    }

    /** Rows to show: so many centres that three and ten divide them, and a label for each row of a queue or bank. */
    private static Tensor shownMemory(long seed, String name) {
        if (name.equals("queue-labels") || name.equals("bank-labels")) {
            return Tensor.of(new double[] {0, 1, 0, 1}, ITEMS, 1);
        }
        if (name.equals("label-sets")) {
            return Tensor.of(new double[] {1, 1, 0, 0, 1, 1}, 2, 3);
        }
        if (name.equals("masked")) {
            return Tensor.of(new double[] {1, 0, 1, 0}, ITEMS, 1);
        }
        if (name.equals("prior")) {
            return Tensor.of(new double[] {4, 3, 2, 1}, 1, ITEMS);
        }
        if (name.equals("places")) {
            return Tensor.of(new double[] {0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0}, ITEMS, 4);
        }
        if (name.equals("pair-bias")) {
            return Tensor.of(new double[] {0.5}, 1, 1);
        }
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < (name.equals("centres") || name.equals("pair-weights") ? 15 : 1); i++) {
            parts.add(random(seed, name.length() + 10 + i).tensor());
        }
        return Tensor.concatenate(parts, 0);
    }

    /** The teacher's score of every candidate, from the memory teacher [B, V - 1]. */
    private static double[][] teacher(Map<String, Path> memory, int candidates, int rows, long seed, boolean shown) {
        Path file = memory.get("teacher");
        if (file == null && !shown) {
            throw ChiaroException.usage("explain: the recipe learns from a teacher's scores. Give them, [B, V - 1], as "
                    + "--memory teacher=FILE.");
        }
        double[][] scores = new double[rows][candidates];
        RandomStream random = RandomStream.of(seed, "explain-teacher");
        Rows given = file == null ? null : Rows.read(file);
        if (given != null && (given.rows() != rows || given.width() != candidates)) {
            throw ChiaroException.data(file + ": expected the shape [" + rows + ", " + candidates + "], but found ["
                    + given.rows() + ", " + given.width() + "].");
        }
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < candidates; k++) {
                scores[i][k] = given == null ? random.nextGaussian() : given.values()[i * candidates + k];
            }
        }
        return scores;
    }

    /** The guide's embedding of each view, from the memories guide-1, guide-2 and so on. */
    private static List<Tensor> guides(List<Rows> arrays, Map<String, Path> memory, boolean shown) {
        List<Tensor> guides = new ArrayList<>();
        for (int v = 0; v < arrays.size(); v++) {
            Path file = memory.get("guide-" + (v + 1));
            if (file == null && !shown) {
                throw ChiaroException.usage(
                        "explain: the recipe asks a guide model. Give its embeddings of every view as "
                                + "--memory guide-1=FILE --memory guide-2=FILE.");
            }
            Rows rows = file == null ? arrays.get(v) : Rows.read(file);
            if (rows.rows() != arrays.get(v).rows()) {
                throw ChiaroException.data(file + ": expected a row of the guide for each of "
                        + arrays.get(v).rows() + " rows of view " + (v + 1) + ", but found " + rows.rows() + ".");
            }
            guides.add(rows.tensor());
        }
        return guides;
    }

    private static ViewRole role(Needs needs, int view) {
        if (view == 0) {
            return ViewRole.ANCHOR;
        }
        return view >= 2 && needs.negatives() ? ViewRole.NEGATIVE : ViewRole.POSITIVE;
    }

    private static double[] counting(int rows, double step) {
        double[] values = new double[rows];
        Arrays.setAll(values, i -> i * step);
        return values;
    }

    private static Npy labels(Path file, int rows) {
        Npy array = array(file);
        if (array.shape().length != 1 || array.shape()[0] != rows) {
            throw ChiaroException.data(
                    file + ": expected " + rows + " labels, one for each row of a view, but found the " + "shape "
                            + Arrays.toString(array.shape()) + ".");
        }
        return array;
    }

    private static double[] scores(Path file, Npy array) {
        double[] values = doubles(array);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw ChiaroException.data(file + ": expected finite numbers, but found " + value + ".");
            }
        }
        return values;
    }

    /** Classes as they are told. Those beyond 32 bits get numbers of their own, unless a memory is told by class. */
    private static int[] classes(Path file, Npy array, Needs needs) {
        long[] told = wholes(file, array);
        boolean small = Arrays.stream(told).allMatch(label -> label == (int) label);
        if (!small && !needs.memories().isEmpty()) {
            throw ChiaroException.data(file + ": expected labels of at most " + Integer.MAX_VALUE + " beside "
                    + String.join(", ", needs.memories()) + ", but found "
                    + Arrays.stream(told).max().orElse(0) + ". Number the classes.");
        }
        Map<Long, Integer> numbers = new LinkedHashMap<>();
        return Arrays.stream(told)
                .mapToInt(label -> small ? (int) label : numbers.computeIfAbsent(label, next -> numbers.size()))
                .toArray();
    }

    private static long[] wholes(Path file, Npy array) {
        if (array.type() == Npy.Type.INT64) {
            return array.longs();
        }
        return Arrays.stream(doubles(array))
                .mapToLong(value -> {
                    if (value != Math.rint(value) || Math.abs(value) > MOST_EXACT) {
                        throw ChiaroException.data(
                                file + ": expected whole numbers as labels, but found " + value + ".");
                    }
                    return (long) value;
                })
                .toArray();
    }

    /** The labels of a memory's rows, [K] or [K, 1]. */
    private static Tensor labelsOfRows(Path file) {
        Npy array = array(file);
        int[] shape = array.shape();
        if (shape.length != 1 && !(shape.length == 2 && shape[1] == 1)) {
            throw ChiaroException.data(
                    file + ": expected labels [K], one for each row of a memory, but found the shape "
                            + Arrays.toString(shape) + ".");
        }
        double[] labels = Arrays.stream(wholes(file, array)).asDoubleStream().toArray();
        return Tensor.of(labels, labels.length, 1);
    }

    private static double[] doubles(Npy array) {
        return switch (array.type()) {
            case FLOAT64, UINT8 -> array.doubles();
            case FLOAT32 -> {
                float[] floats = array.floats();
                double[] values = new double[floats.length];
                Arrays.setAll(values, i -> floats[i]);
                yield values;
            }
            case INT64 -> Arrays.stream(array.longs()).asDoubleStream().toArray();
        };
    }

    private static void tables(Output output, Objective objective, Views batch, Map<String, Object> document) {
        List<Object> blocks = new ArrayList<>();
        for (Explained table : objective.explained(batch)) {
            output.say("");
            blocks.add(
                    table.shares().isPresent()
                            ? shares(output, table, table.shares().get())
                            : scores(output, table));
        }
        if (blocks.isEmpty()) {
            output.say("");
            output.say(
                    "The value is no mean over rows of scores, so that there is no table of p, q and denominators; chiaro recipes"
                            + " show prints its formula.");
        } else {
            document.put("blocks", blocks);
        }
    }

    /** How many candidates of a row are printed, and the words for it. */
    private static String candidates(int candidates) {
        return MOST_SHOWN < candidates
                ? "the first " + MOST_SHOWN + " of its " + candidates + " candidates (all with --json)"
                : "its candidates";
    }

    private static Map<String, Object> shares(Output output, Explained explained, Explained.Shares shares) {
        Relation[][] relations = explained.table().relations();
        boolean divided = shares.denominators().length > 0;
        int shown = Math.min(relations[0].length, MOST_SHOWN);
        output.say("row  relations, p and q of " + candidates(relations[0].length) + (divided ? ", denominator" : ""));
        for (int i = 0; i < relations.length; i++) {
            output.say(String.format(
                    Locale.ROOT,
                    "%3d  %s  p %s  q %s%s",
                    i,
                    letters(relations[i]).substring(0, shown),
                    shares(list(shares.targets()[i]).subList(0, shown)),
                    shares(list(shares.model()[i]).subList(0, shown)),
                    divided ? String.format(Locale.ROOT, "  Z %.4g", shares.denominators()[i]) : ""));
        }
        Map<String, Object> block = block(explained);
        block.put("p", lists(shares.targets()));
        block.put("q", lists(shares.model()));
        block.put("denominators", list(shares.denominators()));
        return block;
    }

    private static Map<String, Object> scores(Output output, Explained explained) {
        ScoreTable table = explained.table();
        boolean told = table.targets()[0].length > 0;
        int width = table.relations()[0].length;
        int shown = Math.min(width, MOST_SHOWN);
        output.say("row  relations, scores and d value / d score of " + candidates(width) + (told ? ", targets" : ""));
        for (int i = 0; i < table.rows(); i++) {
            List<Double> targets = list(table.targets()[i]);
            output.say(String.format(
                    Locale.ROOT,
                    "%3d  %s  s %s  d %s%s",
                    i,
                    letters(table.relations()[i]).substring(0, shown),
                    shares(list(table.scores()[i]).subList(0, shown)),
                    shares(list(explained.pull()[i]).subList(0, shown)),
                    told ? "  target " + shares(targets.subList(0, Math.min(targets.size(), shown))) : ""));
        }
        Map<String, Object> block = block(explained);
        block.put("targets", lists(table.targets()));
        return block;
    }

    /** What every table has. */
    private static Map<String, Object> block(Explained explained) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put(
                "relations",
                Arrays.stream(explained.table().relations())
                        .map(Explaining::letters)
                        .toList());
        block.put("scores", lists(explained.table().scores()));
        block.put("pull", lists(explained.pull()));
        return block;
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<List<Double>> lists(double[][] rows) {
        return Arrays.stream(rows).map(Explaining::list).toList();
    }

    private static String letters(Relation[] row) {
        StringBuilder letters = new StringBuilder();
        for (Relation relation : row) {
            letters.append(letter(relation));
        }
        return letters.toString();
    }

    private static String letter(Relation relation) {
        return switch (relation) {
            case SELF -> "S";
            case POSITIVE -> "P";
            case NEGATIVE -> "N";
            case IGNORE -> ".";
        };
    }

    private static String shares(List<Double> values) {
        StringBuilder line = new StringBuilder();
        values.forEach(
                value -> line.append(line.isEmpty() ? "" : " ").append(String.format(Locale.ROOT, "%.2f", value)));
        return line.toString();
    }

    private static void write(Path file, Evaluation found, List<Rows> views) {
        int size = views.get(0).values().length;
        double[] all = new double[views.size() * size];
        for (int v = 0; v < views.size(); v++) {
            System.arraycopy(found.gradients().get(v).toDoubles(), 0, all, v * size, size);
        }
        Npy.write(file, all, views.size(), views.get(0).rows(), views.get(0).width());
    }
}
