package io.chiaro.cli.comparison;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.RunFile;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.Task;
import io.chiaro.model.Embedder;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.text.TextModel;
import io.chiaro.text.TextRecipes;
import io.chiaro.text.TextTraining;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two recipes for texts: the same records, batches, steps and rate, and one task that judges.
 *
 * @param output where notes go
 * @param budget what both have in common
 * @param train the records to learn from
 * @param roles their columns by role; empty if they are named so
 * @param task that judges
 * @param judged its data
 * @param split which part of it
 * @param threads compute threads
 */
public record TextContest(
        Output output,
        Budget budget,
        Path train,
        Map<String, String> roles,
        Task task,
        Path judged,
        String split,
        int threads)
        implements Comparing.Contest {

    /** What both have in common; hashes say what a path led to, empty where the name alone says it. */
    public record Budget(
            String base,
            String baseHash,
            int steps,
            int batch,
            double learningRate,
            String data,
            String dataHash,
            String roles,
            String task,
            String judged,
            String judgedHash) {}

    @Override
    public String metric() {
        return task.mainMetric();
    }

    @Override
    public String words() {
        return String.format(
                Locale.ROOT,
                "%s of %s; %d steps of %d records from %s at a rate of %s",
                task.mainMetric(),
                task.key(),
                budget.steps(),
                budget.batch(),
                budget.base(),
                budget.learningRate());
    }

    @Override
    public void check(Comparing.Side side) {
        if (!TextRecipes.names().contains(side.recipe())) {
            Recipes.named(side.recipe()); // an alias, or an error
        }
    }

    @Override
    public double base(long seed) {
        if (budget.base().startsWith("fresh:")) {
            return Double.NaN;
        }
        output.note("judging " + budget.base());
        try (Embedder embedder = Models.open(budget.base(), threads)) {
            return judge(embedder, seed);
        }
    }

    private double judge(Embedder embedder, long seed) {
        EvaluationOptions options =
                EvaluationOptions.defaults().withSplit(split).withSeed(seed).withThreads(threads);
        return Evaluation.run(task, judged, options, embedder).metric(task.mainMetric());
    }

    @Override
    public double value(Comparing.Side side, long seed, Path folder) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", train.toString(), "roles", roles)));
        told.put("base", budget.base());
        told.put("recipe", side.recipe());
        if (!side.set().isEmpty()) {
            told.put("set", side.set());
        }
        told.put("out", folder.toString());
        told.put("steps", budget.steps());
        told.put("batch", budget.batch());
        told.put("learning-rate", budget.learningRate());
        told.put("seed", seed);
        told.put("threads", threads);
        try (TextTraining training =
                TextTraining.start(RunFile.defaults().with("compare", told), TextTraining.Options.defaults())) {
            TextTraining.Outcome outcome = Interruption.during(training::requestStop, () -> training.run());
            if (outcome.ending() == TrainingEvent.Ending.INTERRUPTED) {
                throw Comparing.stopped();
            }
        }
        try (TextModel model = TextModel.load(folder.resolve("model").toString(), seed)) {
            return judge(model.embedder(), seed);
        }
    }
}
