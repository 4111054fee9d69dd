package io.chiaro.cli.fitting;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Report;
import io.chiaro.eval.RerankingData;
import io.chiaro.eval.Task;
import io.chiaro.text.CrossEncoder;
import io.chiaro.text.ScorerTraining;
import io.chiaro.text.TextScorer;
import java.nio.file.Path;
import java.util.List;

/** Runs the training of a model that scores texts by a query with what a person at a terminal expects. */
final class ScorerFitting {

    private ScorerFitting() {}

    /** Starts a new run and brings it to its end. */
    static void start(RunFile run, boolean skipBad, Output output) {
        Judgements judgements = judgements(run);
        RunFile complete = judgements.withBestMetric(run);
        try (ScorerTraining training =
                ScorerTraining.start(complete, options(complete, output).withSkipBad(skipBad))) {
            finish(training, complete, output);
        }
    }

    /** Goes on with a run. */
    static void resume(RunFile run, Path folder, boolean anyMachine, Output output) {
        try (ScorerTraining training =
                ScorerTraining.resume(folder, options(run, output).withAnyMachine(anyMachine))) {
            finish(training, run, output);
        }
    }

    private static ScorerTraining.Options options(RunFile run, Output output) {
        return ScorerTraining.Options.defaults()
                .with(
                        model -> judgements(run).validation(judged -> judge(judged, model, run.seed())),
                        List.of(Fitting.progress(output)),
                        output::note);
    }

    private static Judgements judgements(RunFile run) {
        Judgements judgements = Judgements.of(run);
        boolean classes = ScorerTraining.isForClasses(run);
        Task expected = classes ? Task.CLASSIFY : Task.RERANK;
        for (Fitting.Judgement judgement : judgements.list()) {
            if (judgement.task() != expected) {
                throw ChiaroException.usage("--eval: during a run of recipe "
                        + run.recipe().orElseThrow()
                        + (classes ? " pairs are sorted into classes" : " given candidates are put in order")
                        + ", so expected " + expected.key() + ":PATH, but found "
                        + judgement.task().key()
                        + (classes ? "." : ". Judge a retrieval afterwards, with chiaro eval."));
            }
        }
        return judgements;
    }

    private static Report judge(Fitting.Judgement judgement, TextScorer model, long seed) {
        EvaluationOptions options =
                EvaluationOptions.defaults().withSplit(judgement.split()).withSeed(seed);
        Path path = judgement.path();
        if (judgement.task() == Task.CLASSIFY && model instanceof CrossEncoder pairs) {
            return Evaluation.pairClasses(path, options, pairs.classifier());
        }
        return Evaluation.reranking(RerankingData.open(path, options), path.toString(), options, model.reranker());
    }

    private static void finish(ScorerTraining training, RunFile run, Output output) {
        training.describe().forEach(output::note);
        Judgements judgements = judgements(run);
        // A base that has not learned to score has no figure to stand beside.
        ScorerTraining.Outcome outcome = Interruption.during(
                training::requestStop,
                () -> training.run(trained -> judgements.results(
                        run, judged -> judge(judged, trained, run.seed()), (judged, metric) -> Double.NaN)));
        Fitting.refuseInterrupted(outcome.ending(), run);
        outcome.agreement().ifPresent(agreement -> Fitting.sayAgreement(agreement, output));
        Fitting.sayPlaces(run, output);
    }
}
