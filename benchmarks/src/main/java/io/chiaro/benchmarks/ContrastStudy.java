package io.chiaro.benchmarks;

import io.chiaro.core.ChiaroException;
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
import java.util.stream.LongStream;

/**
 * How fast tiles are beside the whole square of scores, and what a batch costs whose square does not fit. The whole square is
 * the plain form: one product, one softmax, recorded and carried back by autograd. Times are taken in turns; medians of five.
 */
final class ContrastStudy {

    private static final int WIDTH = 384;
    private static final int TURNS = 5;
    private static final double SCALE = 20;
    private static final Path STATUS = Path.of("/proc/self/status");

    private ContrastStudy() {}

    /** Arguments: embeddings of a view where both forms fit, and embeddings of both views together where only tiles do. */
    static void main(List<String> arguments, PrintStream print) throws IOException {
        if (arguments.size() != 2) {
            throw ChiaroException.usage("contrast: expected SMALL LARGE, but found " + arguments + ".");
        }
        NativeRuntime.load();
        int small = Integer.parseInt(arguments.get(0));
        int large = Integer.parseInt(arguments.get(1));
        print.println("| recipe | embeddings | whole square, s | tiles, s | tiles / whole speed |");
        print.println("| --- | --- | --- | --- | --- |");
        for (String recipe : List.of("info-nce", "nt-xent")) {
            compare(recipe, recipe.equals("nt-xent") ? small / 2 : small, print);
        }
        print.println();
        print.println("| recipe | embeddings | s | most resident before, MB | after, MB |");
        print.println("| --- | --- | --- | --- | --- |");
        for (String recipe : List.of("info-nce", "nt-xent")) {
            alone(recipe, large / 2, print);
        }
    }

    private static void compare(String recipe, int items, PrintStream print) {
        List<Double> whole = new ArrayList<>();
        List<Double> tiled = new ArrayList<>();
        Objective objective = objective(recipe);
        try (Owner owner = Owner.of("study");
                Scope scope = Scope.open("study")) {
            Tensor first = owner.keep(Numbers.normal("first", items, WIDTH));
            Tensor second = owner.keep(Numbers.normal("second", items, WIDTH));
            for (int turn = 0; turn <= TURNS; turn++) {
                long start = System.nanoTime();
                double plain = plain(recipe, first, second);
                long middle = System.nanoTime();
                double value = tiles(objective, first, second);
                long end = System.nanoTime();
                if (Math.abs(plain - value) > 1e-3 * Math.abs(plain)) {
                    throw new IllegalStateException(recipe + ": " + plain + " beside " + value);
                }
                if (turn > 0) {
                    whole.add((middle - start) / 1e9);
                    tiled.add((end - middle) / 1e9);
                }
            }
        }
        print.printf(
                Locale.ROOT,
                "| %s | %,d | %.2f | %.2f | %.2f |%n",
                recipe,
                2 * items,
                median(whole),
                median(tiled),
                median(whole) / median(tiled));
    }

    private static void alone(String recipe, int items, PrintStream print) throws IOException {
        try (Owner owner = Owner.of("study");
                Scope scope = Scope.open("study")) {
            Tensor first = owner.keep(Numbers.normal("first", items, WIDTH));
            Tensor second = owner.keep(Numbers.normal("second", items, WIDTH));
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

    private static Objective objective(String recipe) {
        return Recipes.named(recipe).with("scale", String.valueOf(SCALE)).create();
    }

    private static double tiles(Objective objective, Tensor first, Tensor second) {
        int items = Math.toIntExact(first.size(0));
        long[] own = LongStream.range(0, items).toArray();
        long[] others = LongStream.range(items, 2L * items).toArray();
        try (Scope scope = Scope.open("tiles");
                Grad off = Grad.disabled()) {
            return objective
                    .evaluate(Views.of(
                            new View(ViewRole.ANCHOR, first, own, own),
                            new View(ViewRole.POSITIVE, second, own, others)))
                    .loss();
        }
    }

    /** The same value and gradients from the whole square. */
    private static double plain(String recipe, Tensor first, Tensor second) {
        try (Scope scope = Scope.open("plain");
                Grad on = Grad.enabled()) {
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
            return loss.item();
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
