package io.chiaro.cli.fitting;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.core.RunFile;
import io.chiaro.text.TaskTraining;
import io.chiaro.text.TextTraining;
import java.nio.file.Path;

/** Runs the training of one model for several tasks with what a person at a terminal expects. */
final class TaskFitting {

    private TaskFitting() {}

    /** Starts a new run and brings it to its end. */
    static void start(RunFile run, boolean skipBad, Output output) {
        RunFile complete = Judgements.of(run).withBestMetric(run);
        try (TaskTraining training =
                TaskTraining.start(complete, Fitting.options(complete, output).withSkipBad(skipBad))) {
            finish(training, complete, output);
        }
    }

    /** Goes on with a run. */
    static void resume(RunFile run, Path folder, boolean anyMachine, Output output) {
        try (TaskTraining training =
                TaskTraining.resume(folder, Fitting.options(run, output).withAnyMachine(anyMachine))) {
            finish(training, run, output);
        }
    }

    private static void finish(TaskTraining training, RunFile run, Output output) {
        training.describe().forEach(output::note);
        TextTraining.Outcome outcome = Interruption.during(
                training::requestStop,
                () -> training.run(trained -> Judgements.of(run)
                        .results(
                                run,
                                judged -> judged.judge(trained, run.seed()),
                                (judged, metric) -> Fitting.base(run, judged, metric))));
        Fitting.refuseInterrupted(outcome.ending(), run);
        outcome.parity()
                .ifPresent(parity -> output.note("ONNX export agrees with the model: lowest cosine of " + parity.items()
                        + " texts " + parity.minimumCosine()));
        Fitting.sayPlaces(run, output);
    }
}
