package io.chiaro.benchmarks;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Task;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Does training teach? Each row trains with several seeds, and Spearman's correlation on the test part of the STS benchmark
 * is laid beside that of the model it started from. What is finished is kept in the folder of the study, so that it goes on
 * where it was stopped. Prints each row of a table in Markdown as it is finished, and the table in the end.
 */
final class LearningStudy {

    private static final String PRETRAINING = "masked language model, from nothing";
    private static final String MINI = "all-MiniLM-L6-v2";
    /** A rate for an encoder that has learned; a fresh one stands more. */
    private static final double FINE = 2e-5;

    private final Path judged;
    private final Path out;
    private final LearningData data;
    private final List<Long> seeds;
    private final PrintStream print;

    private LearningStudy(Path judged, Path out, LearningData data, List<Long> seeds, PrintStream print) {
        this.judged = judged;
        this.out = out;
        this.data = data;
        this.seeds = seeds;
        this.print = print;
    }

    /** Arguments: the folder of the data sets, the folder of the study, and how many seeds. */
    static void main(List<String> arguments, PrintStream print) throws IOException {
        if (arguments.size() != 3) {
            throw ChiaroException.usage("study: expected DATA OUT SEEDS, but found " + arguments + ".");
        }
        Path folder = Path.of(arguments.get(0));
        Path out = Path.of(arguments.get(1));
        List<Long> seeds = LongStream.range(42, 42 + Long.parseLong(arguments.get(2)))
                .boxed()
                .toList();
        LearningData data = LearningData.prepare(folder, out.resolve("data"));
        new LearningStudy(folder.resolve("stsb"), out, data, seeds, print).run();
    }

    private void run() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("cosine-regression on STS-B train, adamw", seed -> MINI, cosine("adamw")));
        rows.add(row("cosine-regression on STS-B train, lazy-adamw", seed -> MINI, cosine("lazy-adamw")));
        Map<String, Object> masked = Map.of(
                "recipe", "mlm", "data", source(data.sentences()), "batch", 128, "epochs", 3, "learning-rate", 1e-3);
        rows.add(row(PRETRAINING, seed -> "fresh:tiny", masked));
        rows.add(row(
                "simcse after it",
                this::pretrained,
                Map.of("recipe", "simcse", "data", source(data.sentences()), "batch", 128, "learning-rate", 1e-4)));
        rows.add(row(
                "tsdae after it",
                this::pretrained,
                Map.of(
                        "recipe",
                        "tsdae",
                        "data",
                        source(data.sentences()),
                        "batch",
                        32,
                        "steps",
                        1000,
                        "learning-rate",
                        1e-3)));
        rows.add(row(
                "info-nce on SNLI triplets after it",
                this::pretrained,
                Map.of(
                        "recipe",
                        "info-nce",
                        "data",
                        source(data.triplets()),
                        "batch",
                        128,
                        "epochs",
                        3,
                        "learning-rate",
                        3e-4)));
        print.print(table(rows));
    }

    private Map<String, Object> cosine(String optimizer) {
        return Map.of(
                "recipe",
                "cosine-regression",
                "data",
                source(data.scored()),
                "batch",
                32,
                "learning-rate",
                FINE,
                "optimizer",
                optimizer);
    }

    private static List<Map<String, String>> source(Path file) {
        return List.of(Map.of("path", file.toString()));
    }

    private String pretrained(long seed) {
        return folder(PRETRAINING, seed).resolve("model").toString();
    }

    private Path folder(String name, long seed) {
        return out.resolve(name.replace(' ', '-') + "-" + seed);
    }

    /** From which model a seed starts. */
    private interface Start {
        String of(long seed);
    }

    private record Row(String name, List<Double> before, List<Double> after) {

        String line() {
            List<Double> gains = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                gains.add(after.get(i) - before.get(i));
            }
            return "| " + name + " | " + spread(before) + " | " + spread(after) + " | " + spread(gains) + " |";
        }
    }

    private Row row(String name, Start start, Map<String, Object> told) {
        List<Double> before = new ArrayList<>();
        List<Double> after = new ArrayList<>();
        for (long seed : seeds) {
            String base = start.of(seed);
            before.add(
                    judgedOnce("start-" + base.replaceAll("[^A-Za-z0-9]+", "-") + "-" + seed, () -> judge(base, seed)));
            Path run = folder(name, seed);
            after.add(judgedOnce(run.getFileName().toString(), () -> {
                train(base, run, seed, told);
                return judge(run.resolve("model").toString(), seed);
            }));
            print.printf(
                    Locale.ROOT,
                    "%s, seed %d: %.4f -> %.4f%n",
                    name,
                    seed,
                    before.get(before.size() - 1),
                    after.get(after.size() - 1));
        }
        Row row = new Row(name, before, after);
        print.println(row.line());
        return row;
    }

    private void train(String base, Path run, long seed, Map<String, Object> told) {
        Map<String, Object> written = new LinkedHashMap<>(told);
        written.put("base", base);
        written.put("out", run.toString());
        written.put("seed", seed);
        TextTraining.Options options = TextTraining.Options.defaults();
        try (TextTraining training = Files.exists(run.resolve("run.json"))
                ? TextTraining.resume(run, options)
                : TextTraining.start(RunFile.defaults().with("study", written), options)) {
            training.describe().forEach(print::println);
            training.run();
        }
    }

    private double judge(String model, long seed) {
        try (TextModel loaded = TextModel.load(model, seed)) {
            return Evaluation.run(Task.STS, judged, EvaluationOptions.defaults(), loaded.embedder())
                    .metric("spearman");
        }
    }

    private interface Figure {
        double measure();
    }

    private double judgedOnce(String name, Figure figure) {
        Path file = out.resolve("figures").resolve(name + ".json");
        if (Files.exists(file)) {
            JsonObject kept = Json.object(file);
            return kept.number("spearman");
        }
        double value = figure.measure();
        try {
            Files.createDirectories(out.resolve("figures"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Json.write(file, Map.of("spearman", value));
        return value;
    }

    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder("| training | before | after | gain |\n| --- | --- | --- | --- |\n");
        rows.forEach(row -> table.append(row.line()).append('\n'));
        return table.toString();
    }

    /** Mean and sample deviation. */
    private static String spread(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        double deviation = values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1));
        return String.format(Locale.ROOT, "%.4f ± %.4f", mean, deviation);
    }
}
