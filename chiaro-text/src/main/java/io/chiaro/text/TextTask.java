package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.ExampleShape;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.ContrastiveLearning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One of several things that a run learns: records of one source, compared by a recipe of their own. Told in two strokes: what can be
 * known from the run file, and then, {@linkplain Opened once there is a model}, its data.
 *
 * @param name in the run
 * @param share of the run's batches, in proportion to other tasks
 * @param run with this source alone, and the batch of this task
 * @param shape of its records
 * @param recipe its canonical name
 * @param settings of its data and slots of its recipe
 * @param objective of its batches
 */
record TextTask(
        String name,
        double share,
        RunFile run,
        ExampleShape shape,
        String recipe,
        TextSettings settings,
        Objective objective) {

    /** Settings of a task beside the slots of its recipe. */
    static final List<String> NAMES = List.of("prompts", "score-range", "text-views", "view-rate");

    /**
     * The task of a source.
     *
     * @param shared settings of the run that hold for the data of every task
     */
    static TextTask of(RunFile run, RunFile.Source source, Map<String, String> shared) {
        RunFile.Task told = source.task()
                .orElseThrow(
                        () -> ChiaroException.usage("data: expected a task for every source, since others have one,"
                                + " but " + source.path() + " has none. Give it a name and a recipe."));
        RunFile alone = run.with(
                "task " + told.name(),
                Map.of(
                        "data",
                        List.of(Map.of("path", source.path(), "roles", source.roles())),
                        "batch",
                        told.batch().orElse(run.batch())));
        ExampleShape shape = TrainingData.shape(alone);
        String recipe = TextRecipes.canonical(told.recipe().orElseGet(() -> TextRecipes.defaultFor(shape)));
        if (TextRecipes.isAuxiliary(recipe)) {
            throw ChiaroException.usage("task " + told.name() + ": recipe " + recipe + " is no objective on embeddings."
                    + " Train with it first, and take its model as --base.");
        }
        TextSettings settings = settings(told, Recipes.named(recipe), shared);
        Objective objective = Recipes.named(recipe).with(settings.slots()).create();
        refuseMore(told.name(), recipe, objective.needs());
        boolean twice = settings.twice(Optional.of(objective.needs()));
        settings.refuseWithoutEffect(recipe, Optional.of(objective), shape.kind());
        TextRecipes.check(recipe, objective.needs(), shape, Optional.empty(), twice);
        return new TextTask(told.name(), source.weight(), alone, shape, recipe, settings, objective);
    }

    private static TextSettings settings(RunFile.Task told, Recipe recipe, Map<String, String> shared) {
        if (!recipe.usual().isEmpty()) {
            throw ChiaroException.usage("task " + told.name() + ": recipe " + recipe.name()
                    + " brings settings of a whole " + "run, " + recipe.usual() + ". Take one that brings none.");
        }
        Map<String, String> text = new TreeMap<>(shared);
        Map<String, String> slots = new LinkedHashMap<>();
        List<String> valid = new ArrayList<>(NAMES);
        Map<String, String> fillings = new LinkedHashMap<>(told.set());
        fillings.keySet().removeAll(NAMES);
        valid.addAll(recipe.settable(fillings));
        told.set().forEach((key, value) -> {
            if (!valid.contains(key)) {
                throw ChiaroException.usage("task " + told.name() + ": recipe " + recipe.name() + " has no setting \""
                        + key + "\". " + Names.hint(key, valid));
            }
            (NAMES.contains(key) ? text : slots).put(key, value);
        });
        return new TextSettings(text, slots, Optional.empty());
    }

    /** What belongs to a whole run: a twin, memories and a guide would serve one task and be paid for by all. */
    private static void refuseMore(String task, String recipe, Needs needs) {
        String more = needs.towers() != Towers.ONLINE
                ? "towers beside the encoder"
                : !needs.memories().isEmpty()
                        ? "memories"
                        : needs.guide() ? "a guide" : needs.layers() > 0 ? "embeddings of earlier layers" : "";
        if (!more.isEmpty()) {
            throw ChiaroException.usage(
                    "task " + task + ": expected a recipe that compares what the encoder makes of a " + "batch, but "
                            + recipe + " needs " + more + ". Take another recipe, or give it a run of its own.");
        }
    }

    /** A task with its data. */
    record Opened(TextTask task, PromptedTokenizer.Before before, TrainingData data, TextBatches batches)
            implements AutoCloseable {

        /** What it learns with the encoder of the run. */
        ContrastiveLearning<PackedSequences> learning(TextModel model, double dropout) {
            return new ContrastiveLearning<>(model.tower(), task.objective, dropout, null);
        }

        /** A line for people to read before the first step. */
        List<String> describe() {
            List<String> lines = new ArrayList<>();
            data.describe().forEach(line -> lines.add("task " + task.name + ": " + line));
            lines.add("task " + task.name + ": " + batches.batchesPerEpoch() + " batches of " + task.run.batch()
                    + " an epoch, share " + task.share + ", recipe " + task.slots());
            if (!before.anchor().isEmpty() || !before.other().isEmpty()) {
                lines.add("task " + task.name + ": prompts \"" + before.anchor() + "\" before anchors, \""
                        + before.other() + "\" before the others");
            }
            return lines;
        }

        @Override
        public void close() {
            data.close();
        }
    }

    /**
     * Opens its data, tokenised for a model.
     *
     * @param folder of the run
     */
    Opened open(TextModel model, Path folder, TextTraining.Options options) {
        Optional<Needs> needs = Optional.of(objective.needs());
        int maxTokens = settings.maxTokens(
                model.specification().maxTokens(),
                1 + model.tokenizer().specialTokens(),
                model.specification().config().maxPositions());
        PromptedTokenizer.Before before = settings.before(model.specification().prompts(), needs);
        Path place = folder.resolve("task-" + name);
        AtomicFiles.createFolder(place);
        TrainingData data = TrainingData.open(
                run,
                place,
                new PromptedTokenizer(model.tokenizer(), before, maxTokens),
                options.skipBad() ? BadRows.SKIP : BadRows.STOP,
                options.notes());
        try {
            if (objective.needs().cosineScores()) {
                data.requireCosines(recipe, settings.score());
            }
            if (objective.needs().teacherScale() > 0) {
                data.teacherCosines(recipe, objective.needs().teacherScale(), settings.score());
            }
            TextBatches batches = new TextBatches(
                    data.weighted(),
                    TextBatches.Form.of(
                                    EpochOptions.defaults(run.batch())
                                            .withDistinctTexts(objective.needs().inBatchNegatives()),
                                    run.chunkTokens())
                            .withViews(settings.twice(needs) ? settings.views(model.tokenizer(), maxTokens) : null)
                            .withScore(settings.score()),
                    run.seed());
            return new Opened(this, before, data, batches);
        } catch (RuntimeException | Error e) {
            data.close();
            throw e;
        }
    }

    /** The recipe and how it fills its slots. */
    Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", recipe);
        slots.putAll(objective.slots());
        NAMES.stream()
                .filter(settings.text()::containsKey)
                .forEach(key -> slots.put(key, settings.text().getOrDefault(key, "")));
        return slots;
    }
}
