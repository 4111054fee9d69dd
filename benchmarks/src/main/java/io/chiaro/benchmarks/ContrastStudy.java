package io.chiaro.benchmarks;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.Npy;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Owner;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/**
 * How fast tiles are beside the whole square of scores, and what a batch costs whose square does not fit. The whole square is
 * the plain form: one product, one softmax, recorded and carried back by autograd. Times are taken in turns; medians of five. Both
 * forms must agree in their value and in every gradient.
 */
final class ContrastStudy {

    private static final int WIDTH = 384;
    private static final int TURNS = 5;
    private static final double SCALE = 20;
    private static final Path STATUS = Path.of("/proc/self/status");

    private ContrastStudy() {}

    /**
     * Arguments: embeddings of a view where both forms fit, embeddings of both views together where only tiles do, and two files of
     * NumPy with the views; without them numbers are drawn.
     */
    static void main(List<String> arguments, PrintStream print) throws IOException {
        if (arguments.size() != 2 && arguments.size() != 4) {
            throw ChiaroException.usage(
                    "contrast: expected SMALL LARGE [FIRST.npy SECOND.npy], but found " + arguments + ".");
        }
        NativeRuntime.load();
        int small = Integer.parseInt(arguments.get(0));
        int large = Integer.parseInt(arguments.get(1));
        Embeddings embeddings = arguments.size() == 2
                ? Embeddings.drawn()
                : Embeddings.read(Path.of(arguments.get(2)), Path.of(arguments.get(3)));
        print.println("Embeddings: " + embeddings.words() + ".");
        print.println();
        print.println(
                "| recipe | embeddings | whole square, s | tiles, s | tiles / whole speed | difference of values | of gradients |");
        print.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (String recipe : List.of("info-nce", "nt-xent")) {
            compare(recipe, recipe.equals("nt-xent") ? small / 2 : small, embeddings, print);
        }
        print.println();
        print.println("| recipe | embeddings | s | most resident before, MB | after, MB |");
        print.println("| --- | --- | --- | --- | --- |");
        for (String recipe : List.of("info-nce", "nt-xent")) {
            for (int size = large / 4; size <= large; size *= 2) {
                alone(recipe, size / 2, embeddings, print);
            }
        }
    }

    /** Where the rows of both views come from. */
    private record Embeddings(String words, IntFunction<Tensor> first, IntFunction<Tensor> second) {

        static Embeddings drawn() {
            return new Embeddings(
                    "normal numbers",
                    items -> Numbers.normal("first", items, WIDTH),
                    items -> Numbers.normal("second", items, WIDTH));
        }

        static Embeddings read(Path first, Path second) {
            return new Embeddings(
                    first.getFileName() + " and " + second.getFileName(),
                    items -> top(first, items),
                    items -> top(second, items));
        }

        private static Tensor top(Path file, int items) {
            Npy all = Npy.read(file);
            int[] shape = all.shape();
            if (shape.length != 2 || shape[0] < items) {
                throw ChiaroException.data(file + ": expected at least " + items + " rows, but found the shape "
                        + Arrays.toString(shape) + ". Ask for fewer.");
            }
            return Tensor.of(Arrays.copyOf(all.floats(), items * shape[1]), items, shape[1]);
        }
    }

    private static void compare(String recipe, int items, Embeddings embeddings, PrintStream print) {
        List<Double> whole = new ArrayList<>();
        List<Double> tiled = new ArrayList<>();
        double values = 0;
        double gradients = 0;
        Objective objective = objective(recipe);
        try (Owner owner = Owner.of("study");
                Scope scope = Scope.open("study")) {
            Tensor first = owner.keep(embeddings.first().apply(items));
            Tensor second = owner.keep(embeddings.second().apply(items));
            for (int turn = 0; turn <= TURNS; turn++) {
                try (Scope each = Scope.open("turn")) {
                    long start = System.nanoTime();
                    Evaluated plain = plain(recipe, first, second);
                    long middle = System.nanoTime();
                    Evaluated tiles = tiles(objective, first, second);
                    long end = System.nanoTime();
                    values = Math.max(values, Math.abs(plain.loss() / tiles.loss() - 1));
                    gradients = Math.max(gradients, plain.farthest(tiles));
                    if (turn > 0) {
                        whole.add((middle - start) / 1e9);
                        tiled.add((end - middle) / 1e9);
                    }
                }
            }
        }
        print.printf(
                Locale.ROOT,
                "| %s | %,d | %.2f | %.2f | %.2f | %.1e | %.1e |%n",
                recipe,
                2 * items,
                median(whole),
                median(tiled),
                median(whole) / median(tiled),
                values,
                gradients);
    }

    private static void alone(String recipe, int items, Embeddings embeddings, PrintStream print) throws IOException {
        try (Owner owner = Owner.of("study");
                Scope scope = Scope.open("study")) {
            Tensor first = owner.keep(embeddings.first().apply(items));
            Tensor second = owner.keep(embeddings.second().apply(items));
            NativeRuntime.releasePages();
            long before = resident("VmRSS");
            long start = System.nanoTime();
            tiles(objective(recipe), first, second);
            double seconds = (System.nanoTime() - start) / 1e9;
            print.printf(
                    Locale.ROOT,
                    "| %s | %,d | %.0f | %,d | %,d |%n",
                    recipe,
                    2 * items,
                    seconds,
                    before,
                    resident("VmHWM"));
        }
    }

    /** A value and its gradients to both views. */
    private record Evaluated(double loss, Tensor first, Tensor second) {

        /** The largest difference of a gradient's numbers, over the largest number. */
        double farthest(Evaluated other) {
            double apart = Math.max(
                    first.subtract(other.first).abs().max().item(),
                    second.subtract(other.second).abs().max().item());
            return apart / Math.max(first.abs().max().item(), second.abs().max().item());
        }
    }

    private static Objective objective(String recipe) {
        return Recipes.named(recipe).with("scale", String.valueOf(SCALE)).create();
    }

    private static Evaluated tiles(Objective objective, Tensor first, Tensor second) {
        int items = Math.toIntExact(first.size(0));
        long[] own = LongStream.range(0, items).toArray();
        long[] others = LongStream.range(items, 2L * items).toArray();
        try (Grad off = Grad.disabled()) {
            Evaluation found = objective.evaluate(Views.of(
                    new View(ViewRole.ANCHOR, first, own, own), new View(ViewRole.POSITIVE, second, own, others)));
            return new Evaluated(
                    found.loss(), found.gradients().get(0), found.gradients().get(1));
        }
    }

    /** The same value and gradients from the whole square. */
    private static Evaluated plain(String recipe, Tensor first, Tensor second) {
        try (Grad on = Grad.enabled()) {
            Tensor a = first.detach().leaf();
            Tensor b = second.detach().leaf();
            Tensor x = a.normalize(1);
            Tensor y = b.normalize(1);
            int items = Math.toIntExact(first.size(0));
            Tensor own = x.multiply(y).sum(1, false).multiply(SCALE);
            Tensor loss;
            if (recipe.equals("info-nce")) {
                loss = x.matmul(y.transpose(0, 1))
                        .multiply(SCALE)
                        .logSumExp(1, false)
                        .subtract(own)
                        .mean();
            } else {
                Tensor rows = Tensor.concatenate(List.of(x, y), 0);
                Tensor places = Tensor.range(2L * items);
                Tensor self = places.unsqueeze(0).isEqual(places.unsqueeze(1));
                loss = rows.matmul(rows.transpose(0, 1))
                        .multiply(SCALE)
                        .maskedFill(self, Double.NEGATIVE_INFINITY)
                        .logSumExp(1, false)
                        .subtract(Tensor.concatenate(List.of(own, own), 0))
                        .mean();
            }
            loss.backward();
            return new Evaluated(
                    loss.item(), Objects.requireNonNull(a.gradient()), Objects.requireNonNull(b.gradient()));
        }
    }

    private static long resident(String key) throws IOException {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(-1);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElseThrow();
    }
}
