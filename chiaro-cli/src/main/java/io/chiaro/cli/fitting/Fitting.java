package io.chiaro.cli.fitting;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.KnownLeaks;
import io.chiaro.eval.Report;
import io.chiaro.eval.Task;
import io.chiaro.onnx.OnnxAgreement;
import io.chiaro.text.ScorerTraining;
import io.chiaro.text.TaskTraining;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextTraining;
import io.chiaro.train.ProgressBar;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /** A figure of a run on what it learns from is sometimes wanted, to see it fit; but it must not pass for another. */
    private static void noteLeaks(RunFile run, Output output) {
        for (RunFile.Evaluation told : run.eval()) {
            Judgement judged = Judgement.of(told.task(), told.path());
            run.data()
                    .forEach(source -> KnownLeaks.between(Path.of(source.path()), judged.path(), judged.split())
                            .ifPresent(
                                    why -> output.note("--eval " + judged.path() + ": figures will flatter: " + why)));
        }
    }

    /** Starts a new run and brings it to its end. */
    public static void start(RunFile run, boolean skipBad, Output output) {
        noteLeaks(run, output);
        if (PictureFitting.isFor(run)) {
            PictureFitting.start(run, output);
            return;
        }
        if (ScorerTraining.isFor(run)) {
            ScorerFitting.start(run, skipBad, output);
            return;
        }
        if (TaskTraining.isFor(run)) {
            TaskFitting.start(run, skipBad, output);
            return;
        }
        RunFile complete = Judgements.of(run).withBestMetric(run);
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
        if (ScorerTraining.isFor(run)) {
            ScorerFitting.resume(run, folder, anyMachine, output);
            return;
        }
        if (TaskTraining.isFor(run)) {
            TaskFitting.resume(run, folder, anyMachine, output);
            return;
        }
        try (TextTraining training =
                TextTraining.resume(folder, options(run, output).withAnyMachine(anyMachine))) {
            finish(training, run, output);
        }
    }

    static TextTraining.Options options(RunFile run, Output output) {
        return TextTraining.Options.defaults()
                .withListeners(List.of(progress(output)))
                .withNotes(output::note)
                .withValidation(model -> Judgements.of(run).validation(judged -> judged.judge(model, run.seed())));
    }

    /** Shows how far a run is. */
    static TrainingListener progress(Output output) {
        boolean terminal = Boolean.getBoolean("chiaro.terminal");
        ProgressBar.Display display = terminal ? ProgressBar.Display.onTerminal() : ProgressBar.Display.plain();
        return ProgressBar.create(output.notes(), display, System::nanoTime);
    }

    private static void finish(TextTraining training, RunFile run, Output output) {
        training.describe().forEach(output::note);
        TextTraining.Outcome outcome = Interruption.during(
                training::requestStop,
                () -> training.run(trained -> Judgements.of(run)
                        .results(
                                run,
                                judged -> judged.judge(trained, run.seed()),
                                (judged, metric) -> base(run, judged, metric))));
        refuseInterrupted(outcome.ending(), run);
        outcome.parity().ifPresent(parity -> sayAgreement(parity, output));
        sayPlaces(run, output);
    }

    static void refuseInterrupted(TrainingEvent.Ending ending, RunFile run) {
        if (ending == TrainingEvent.Ending.INTERRUPTED) {
            throw ChiaroException.of(
                    ChiaroException.Kind.INTERRUPTED,
                    "stopped; nothing is lost. Go on with: chiaro resume "
                            + run.out().orElse(""));
        }
    }

    static void sayAgreement(OnnxAgreement agreement, Output output) {
        output.note("ONNX export agrees with the model: " + agreement.words());
    }

    /** Says where a finished run left its model and its report. */
    static void sayPlaces(RunFile run, Output output) {
        String folder = run.out().orElse("");
        output.say("model " + Path.of(folder, "model"));
        output.say("report " + Path.of(folder, "report.html"));
    }

    static double base(RunFile run, Judgement judgement, String metric) {
        if (run.base().startsWith("fresh:")) {
            return Double.NaN;
        }
        try (TextModel base = TextModel.load(run.base(), run.seed())) {
            return judgement.judge(base, run.seed()).metric(metric);
        }
    }
}
