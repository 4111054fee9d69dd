package io.chiaro.benchmarks;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.BadRows;
import io.chiaro.data.Roles;
import io.chiaro.data.TextIdentity;
import io.chiaro.data.filter.Inconsistent;
import io.chiaro.data.filter.LowSimilarity;
import io.chiaro.data.filter.MeasuredPair;
import io.chiaro.data.filter.OutsideBestShare;
import io.chiaro.data.filter.PairReader;
import io.chiaro.data.filter.PairRow;
import io.chiaro.data.filter.PairRule;
import io.chiaro.data.filter.RandomSample;
import io.chiaro.model.Embedder;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.mining.HardNegatives.Pair;
import io.chiaro.search.mining.PairMeasuring;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** How well the rules that ask a model find the pairs whose positives were exchanged among each other on purpose. */
final class FilterStudy {

    private static final String MODEL = "all-MiniLM-L6-v2";
    private static final double SHARE = 0.2;
    private static final long FIRST_SEED = 42;

    private final PrintStream print;
    private final Embedder model;

    private FilterStudy(Embedder model, PrintStream print) {
        this.model = model;
        this.print = print;
    }

    /** Arguments: how many seeds, and three for each set: a file, its roles, and {@code COLUMN=VALUE} of its good pairs or {@code all}. */
    static void main(List<String> arguments, PrintStream print) {
        if (arguments.size() < 4
                || arguments.size() % 3 != 1
                || !arguments.get(0).matches("[1-9]")) {
            throw ChiaroException.usage(
                    "filter: expected SEEDS FILE ROLES COLUMN=VALUE|all ..., but found " + arguments + ".");
        }
        print.println("| set | pairs | rule | dropped, % | precision | recall | right pairs lost, % |");
        print.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (int at = 1; at < arguments.size(); at += 3) {
            Path file = Path.of(arguments.get(at));
            List<Pair> pairs = pairs(file, Roles.parse(arguments.get(at + 1)), arguments.get(at + 2));
            try (Known known = new Known(OnnxEmbedder.open(MODEL, OnnxSettings.defaults()))) {
                new FilterStudy(known, print)
                        .run(String.valueOf(file.getFileName()), pairs, Integer.parseInt(arguments.get(0)));
            }
        }
    }

    private static List<Pair> pairs(Path file, Roles roles, String condition) {
        int equals = condition.indexOf('=');
        List<Pair> pairs = new ArrayList<>();
        try (PairReader reader = PairReader.open(file, roles, BadRows.STOP)) {
            for (PairRow row = reader.next(); row != null; row = reader.next()) {
                boolean good = equals < 0
                        || condition
                                .substring(equals + 1)
                                .equals(String.valueOf(row.row().value(condition.substring(0, equals))));
                if (good) {
                    pairs.add(new Pair(
                            row.pair().anchor().text(), row.pair().positive().text()));
                }
            }
        }
        return pairs;
    }

    /**
     * A rule to try.
     *
     * @param pool texts that it compares with, at most; 0 for none
     */
    private record Trial(String name, int pool, Supplier<PairRule<MeasuredPair>> rule) {}

    private static List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        for (int k : new int[] {1, 2, 5, 10}) {
            trials.add(new Trial("--consistency " + k, 10_000, () -> new Inconsistent(k)));
        }
        for (int pool : new int[] {100, 1_000}) {
            trials.add(new Trial("--consistency 2 --pool " + pool, pool, () -> new Inconsistent(2)));
        }
        for (double least : new double[] {0.2, 0.3, 0.4, 0.5}) {
            trials.add(new Trial("--min-similarity " + least, 0, () -> new LowSimilarity(least)));
        }
        trials.add(new Trial("--keep-share 0.8", 0, () -> new OutsideBestShare(1 - SHARE)));
        return trials;
    }

    private void run(String set, List<Pair> pairs, int seeds) {
        for (Trial trial : trials()) {
            double[][] figures = new double[4][seeds];
            for (int s = 0; s < seeds; s++) {
                List<Pair> mixed = mixed(pairs, FIRST_SEED + s);
                boolean[] drops = drops(trial, mixed, FIRST_SEED + s);
                int dropped = 0;
                int wrong = 0;
                int found = 0;
                for (int i = 0; i < drops.length; i++) {
                    boolean exchanged = !TextIdentity.normalised(mixed.get(i).positive())
                            .equals(TextIdentity.normalised(pairs.get(i).positive()));
                    dropped += drops[i] ? 1 : 0;
                    wrong += exchanged ? 1 : 0;
                    found += drops[i] && exchanged ? 1 : 0;
                }
                figures[0][s] = 100.0 * dropped / drops.length;
                figures[1][s] = dropped == 0 ? 1 : found / (double) dropped;
                figures[2][s] = found / (double) wrong;
                figures[3][s] = 100.0 * (dropped - found) / (drops.length - wrong);
            }
            print.printf(
                    Locale.ROOT,
                    "| %s | %,d | `%s` | %s | %s | %s | %s |%n",
                    set,
                    pairs.size(),
                    trial.name(),
                    spread(figures[0], 1),
                    spread(figures[1], 3),
                    spread(figures[2], 3),
                    spread(figures[3], 1));
        }
    }

    /** Mean and sample deviation. */
    private static String spread(double[] values, int digits) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        String format = "%." + digits + "f";
        return values.length < 2
                ? String.format(Locale.ROOT, format, mean)
                : String.format(Locale.ROOT, format + " ± " + format, mean, Math.sqrt(squares / (values.length - 1)));
    }

    /** The pairs, of which a share exchanged their positives in a ring. */
    private static List<Pair> mixed(List<Pair> pairs, long seed) {
        int[] order = RandomStream.of(seed, "exchanged pairs").permutation(pairs.size());
        int count = (int) Math.round(SHARE * pairs.size());
        List<Pair> mixed = new ArrayList<>(pairs);
        for (int i = 0; i < count; i++) {
            Pair next = pairs.get(order[(i + 1) % count]);
            mixed.set(order[i], new Pair(pairs.get(order[i]).anchor(), next.positive()));
        }
        return mixed;
    }

    private boolean[] drops(Trial trial, List<Pair> pairs, long seed) {
        List<Pair> pool = List.of();
        if (trial.pool() > 0) {
            RandomSample<Pair> sample = new RandomSample<>(trial.pool(), seed, "consistency pool");
            pairs.forEach(sample::offer);
            pool = sample.items();
        }
        List<MeasuredPair> measured = new PairMeasuring(model, pool)
                .of(pairs).stream()
                        .map(one -> new MeasuredPair(one.cosine(), one.rank()))
                        .toList();
        PairRule<MeasuredPair> rule = trial.rule().get();
        measured.forEach(rule::see);
        boolean[] drops = new boolean[pairs.size()];
        for (int i = 0; i < drops.length; i++) {
            drops[i] = rule.drops(measured.get(i));
        }
        return drops;
    }

    /** A model that is asked about each text once. */
    private record Known(Embedder model, Map<String, float[]> vectors) implements Embedder {

        Known(Embedder model) {
            this(model, new HashMap<>());
        }

        @Override
        public float[][] embed(List<String> texts, TextRole role) {
            List<String> unknown =
                    texts.stream().filter(text -> !vectors.containsKey(text)).toList();
            float[][] embedded = unknown.isEmpty() ? new float[0][] : model.embed(unknown, role);
            for (int i = 0; i < embedded.length; i++) {
                vectors.put(unknown.get(i), embedded[i]);
            }
            return texts.stream()
                    .map(text -> Objects.requireNonNull(vectors.get(text)).clone())
                    .toArray(float[][]::new);
        }

        @Override
        public ModelDescription description() {
            return model.description();
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
