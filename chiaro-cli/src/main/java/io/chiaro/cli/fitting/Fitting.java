package io.chiaro.cli.fitting;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Report;
import io.chiaro.eval.Task;
import io.chiaro.model.ModelCard;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import io.chiaro.train.ProgressBar;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Runs a training with what a person at a terminal expects: a plan, a bar, judgements, and a stop that loses nothing. */
public final class Fitting {

    private Fitting() {}

    /** What is judged during training, from {@code TASK:PATH} or {@code TASK:PATH@SPLIT}. */
    public record Judgement(Task task, Path path, String split) {

        /** The judgement of a task by its name, and of a path with or without a split. */
        public static Judgement of(String key, String written) {
            Task task = Task.of(key);
            int at = written.lastIndexOf('@');
            boolean split = at > 0 && !Files.exists(Path.of(written));
            Path path = Path.of(split ? written.substring(0, at) : written);
            return new Judgement(task, Judging.located(path), split ? written.substring(at + 1) : "test");
        }

        /** Judges a model as it stands. */
        public Report judge(TextModel model, long seed) {
            EvaluationOptions options =
                    EvaluationOptions.defaults().withSplit(split).withSeed(seed);
            return Evaluation.run(task, path, options, model.embedder());
        }
    }

    /** Starts a new run and brings it to its end. */
    public static void start(RunFile run, boolean skipBad, Output output) {
        if (PictureFitting.isFor(run)) {
            PictureFitting.start(run, output);
            return;
        }
        RunFile complete = withBestMetric(run);
        try (TextTraining training =
                TextTraining.start(complete, options(complete, output).withSkipBad(skipBad))) {
            finish(training, complete, output);
        }
    }

    /** Goes on with a run. */
    public static void resume(Path folder, boolean anyMachine, Output output) {
        Path file = folder.resolve("run.json");
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.usage(folder.toAbsolutePath()
                    + ": expected the folder of a run with run.json in it, but found none. Check the path, or start the"
                    + " run with chiaro fit, if it never came to its first step.");
        }
        RunFile run = RunFile.load(file);
        if (PictureFitting.isFor(run)) {
            PictureFitting.resume(run, folder, anyMachine, output);
            return;
        }
        try (TextTraining training =
                TextTraining.resume(folder, options(run, output).withAnyMachine(anyMachine))) {
            finish(training, run, output);
        }
    }

    private static TextTraining.Options options(RunFile run, Output output) {
        boolean terminal = Boolean.getBoolean("chiaro.terminal");
        ProgressBar.Display display = terminal ? ProgressBar.Display.onTerminal() : ProgressBar.Display.plain();
        TrainingListener bar = ProgressBar.create(output.notes(), display, System::nanoTime);
        return TextTraining.Options.defaults()
                .withListeners(List.of(bar))
                .withNotes(output::note)
                .withValidation(model -> validation(model, judgements(run), run.seed()));
    }

    private static List<Judgement> judgements(RunFile run) {
        return run.eval().stream()
                .map(told -> Judgement.of(told.task(), told.path()))
                .toList();
    }

    /** Where something is judged and no metric was named, the best model is kept by the first task's main metric. */
    private static RunFile withBestMetric(RunFile run) {
        List<Judgement> judgements = judgements(run);
        if (run.bestMetric().isPresent() || judgements.isEmpty()) {
            return run;
        }
        Judgement first = judgements.get(0);
        return run.with(
                "run", Map.of("best-metric", key(judgements, first, first.task().mainMetric())));
    }

    /** A metric's key, with its task in front where several tasks are judged. */
    private static String key(List<Judgement> all, Judgement judgement, String metric) {
        return all.size() == 1 ? metric : judgement.task().key() + "/" + metric;
    }

    private static Validation validation(TextModel model, List<Judgement> judgements, long seed) {
        if (judgements.isEmpty()) {
            return Validation.none();
        }
        Set<String> keys = new LinkedHashSet<>();
        judgements.forEach(judgement ->
                judgement.task().metrics().forEach(metric -> keys.add(key(judgements, judgement, metric))));
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return keys;
            }

            @Override
            public Map<String, Double> judge() {
                Map<String, Double> metrics = new LinkedHashMap<>();
                for (Judgement judgement : judgements) {
                    judgement
                            .judge(model, seed)
                            .metrics()
                            .forEach((metric, value) -> metrics.put(key(judgements, judgement, metric), value));
                }
                return metrics;
            }
        };
    }

    private static void finish(TextTraining training, RunFile run, Output output) {
        training.describe().forEach(output::note);
        TextTraining.Outcome outcome = Interruption.during(training::requestStop, () -> training.run(results(run)));
        String folder = run.out().orElse("");
        if (outcome.ending() == TrainingEvent.Ending.INTERRUPTED) {
            throw ChiaroException.of(
                    ChiaroException.Kind.INTERRUPTED, "stopped; nothing is lost. Go on with: chiaro resume " + folder);
        }
        outcome.parity()
                .ifPresent(parity -> output.note("ONNX export agrees with the model: lowest cosine of " + parity.items()
                        + " texts " + parity.minimumCosine()));
        output.say("model " + Path.of(folder, "model"));
        output.say("report " + Path.of(folder, "report.html"));
    }

    /** The figures of the finished model for its card, each beside the base model's. */
    private static Function<TextModel, List<ModelCard.Result>> results(RunFile run) {
        return trained -> {
            List<ModelCard.Result> results = new ArrayList<>();
            for (Judgement judgement : judgements(run)) {
                Report report = judgement.judge(trained, run.seed());
                String metric = judgement.task().mainMetric();
                String task = judgement.task().key() + " " + judgement.path() + " " + judgement.split();
                results.add(new ModelCard.Result(
                        task, metric, base(run, judgement, metric), report.metric(metric), "seed " + run.seed()));
            }
            return results;
        };
    }

    private static double base(RunFile run, Judgement judgement, String metric) {
        if (run.base().startsWith("fresh:")) {
            return Double.NaN;
        }
        try (TextModel base = TextModel.load(run.base(), run.seed())) {
            return judgement.judge(base, run.seed()).metric(metric);
        }
    }
}
