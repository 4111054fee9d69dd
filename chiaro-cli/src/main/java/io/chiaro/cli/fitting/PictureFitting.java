package io.chiaro.cli.fitting;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.PictureJudging;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.train.ProgressBar;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureModel;
import io.chiaro.vision.PictureTraining;
import io.chiaro.vision.Pictures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a training on pictures with what a person at a terminal expects. */
public final class PictureFitting {

    /** The model that a run starts from where nobody says so. */
    public static final String FRESH = "fresh:tiny";

    public static final double RATE = 1e-3;

    private static final String TASK = "classify";

    private PictureFitting() {}

    /** Whether a run learns from pictures. */
    static boolean isFor(RunFile run) {
        return run.data().stream().anyMatch(source -> PictureFiles.recognizes(Path.of(source.path())));
    }

    /** What a run on pictures is told where a person said nothing. */
    public static Map<String, Object> defaults() {
        return Map.of("base", FRESH, "learning-rate", RATE, "batch", 256, "schedule", "cosine(warmup=0.1)");
    }

    /** Starts a new run and brings it to its end. */
    static void start(RunFile run, Output output) {
        RunFile complete = run.eval().isEmpty() || run.bestMetric().isPresent()
                ? run
                : run.with("run", Map.of("best-metric", "accuracy"));
        try (PictureTraining training = PictureTraining.start(complete, options(complete, output))) {
            finish(training, complete, output);
        }
    }

    /** Goes on with a run. */
    static void resume(RunFile run, Path folder, boolean anyMachine, Output output) {
        try (PictureTraining training =
                PictureTraining.resume(folder, options(run, output).withAnyMachine(anyMachine))) {
            finish(training, run, output);
        }
    }

    private static PictureTraining.Options options(RunFile run, Output output) {
        boolean terminal = Boolean.getBoolean("chiaro.terminal");
        ProgressBar.Display display = terminal ? ProgressBar.Display.onTerminal() : ProgressBar.Display.plain();
        TrainingListener bar = ProgressBar.create(output.notes(), display, System::nanoTime);
        return PictureTraining.Options.defaults()
                .withListeners(List.of(bar))
                .withValidation(model -> judge(model, run));
    }

    /** Probes on other pictures, fitted on those that are learned from. */
    private static Validation judge(PictureModel model, RunFile run) {
        if (run.eval().isEmpty()) {
            return Validation.none();
        }
        RunFile.Evaluation told = run.eval().get(0);
        if (run.eval().size() > 1 || !told.task().equals(TASK)) {
            throw ChiaroException.usage(
                    "--eval: pictures are judged by one task, " + TASK + ":PATH, but found " + run.eval() + ".");
        }
        PictureFiles.Options usual = PictureFiles.Options.defaults();
        Pictures fitted = PictureFiles.read(Path.of(run.data().get(0).path()), usual);
        Pictures judged = PictureFiles.read(Judging.located(Path.of(told.path())), usual.withSplit("test"));
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return Set.of("accuracy", "knn-accuracy");
            }

            @Override
            public Map<String, Double> judge() {
                return PictureJudging.metrics(PictureJudging.probe(model, fitted, judged));
            }
        };
    }

    private static void finish(PictureTraining training, RunFile run, Output output) {
        training.describe().forEach(output::note);
        TrainingEvent.Ending ending = Interruption.during(training::requestStop, training::run);
        String folder = run.out().orElse("");
        if (ending == TrainingEvent.Ending.INTERRUPTED) {
            throw ChiaroException.of(
                    ChiaroException.Kind.INTERRUPTED, "stopped; nothing is lost. Go on with: chiaro resume " + folder);
        }
        output.say("model " + Path.of(folder, "model"));
        output.say("report " + Path.of(folder, "report.html"));
    }
}
