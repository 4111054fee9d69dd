package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.Optimizer;
import io.chiaro.train.MemoryPlan;
import io.chiaro.train.RunOptimizer;
import io.chiaro.train.RunReport;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TaskBatches;
import io.chiaro.train.TaskLearning;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A run that trains one text model for several tasks: from a {@link RunFile} whose sources have tasks to a model directory. Each batch is of
 * one task and is judged by that task's recipe ({@link TaskBatches}). The folder of the run is a {@link RunFolder} with {@code task-NAME/}
 * in it and in the end {@code model/}.
 *
 * <p>Of its settings the run has {@code dropout} and {@code max-tokens} for all tasks, and those of {@link StepSettings}; a task has the slots
 * of its recipe, {@code prompts}, {@code score-range}, {@code text-views} and {@code view-rate}.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class TaskTraining implements AutoCloseable {

    private static final List<String> SHARED = List.of("dropout", "max-tokens");
    private static final List<String> NAMES =
            Stream.of(SHARED, StepSettings.NAMES).flatMap(List::stream).toList();

    private final RunFile run;
    private final StepSettings step;
    private final TextModel model;
    private final List<TextTask.Opened> tasks = new ArrayList<>();
    private final TextRun ready;

    /** Whether a run file has tasks. */
    public static boolean isFor(RunFile run) {
        return run.data().stream().anyMatch(source -> source.task().isPresent());
    }

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static TaskTraining start(RunFile run, TextTraining.Options options) {
        return TextRun.start(run, opened -> new TaskTraining(opened, options));
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static TaskTraining resume(Path folder, TextTraining.Options options) {
        return TextRun.resume(folder, opened -> new TaskTraining(opened, options));
    }

    private TaskTraining(TextRun.Opened opened, TextTraining.Options options) {
        this.run = opened.run();
        List<TextTask> told = told(run);
        this.step = StepSettings.parse(run.set());
        this.model = TextModel.load(run.base(), run.seed());
        opened.closing().push(model::close);
        Experts.refuseIn(model, run.base());
        opened.folder().make();
        for (TextTask task : told) {
            TextTask.Opened ofTask = task.open(model, opened.folder().path(), options);
            opened.closing().push(ofTask::close);
            tasks.add(ofTask);
        }
        TaskBatches<PackedSequences> batches = new TaskBatches<>(tasks.stream()
                .map(each -> new TaskBatches.Task<>(each.batches(), each.task().share()))
                .toList());
        BertConfig config = model.specification().config();
        double dropout = told.get(0).settings().dropout(config.hiddenDropout());
        TaskLearning<PackedSequences> learning = new TaskLearning<>(tasks.stream()
                .map(each -> new TaskLearning.Task<PackedSequences>(each.task().name(), each.learning(model, dropout)))
                .toList());
        long perEpoch = tasks.stream()
                .mapToLong(each -> each.batches().batchesPerEpoch())
                .sum();
        Optimizer optimizer = step.averaged(RunOptimizer.of(run, model.parameters()), model.parameters());
        opened.closing().push(optimizer::close);
        TrainerSettings settings = TrainerSettings.of(run, opened.steps(perEpoch), step);
        MemoryPlan memory = plan(config, optimizer, batches.largest().tokens());
        Provenance provenance = RunRecord.provenance(
                run,
                recipes(),
                run.base().startsWith(TextModel.FRESH) ? RunRecord.FRESH : model.hash(),
                fingerprints(),
                options.started());
        Trainer<PackedSequences> trainer = opened.folder()
                .trainer(
                        batches,
                        learning,
                        optimizer,
                        settings,
                        options.validation().apply(model),
                        options.listeners(),
                        options.anyMachine());
        this.ready = new TextRun(opened, trainer, settings, memory, provenance);
    }

    /** What the run file says, refused where it does not go together. */
    private static List<TextTask> told(RunFile run) {
        run.recipe().ifPresent(recipe -> {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": each task of this run has a recipe of its own, and nothing is "
                            + "ignored silently. Leave it out, or give it to a task.");
        });
        run.set().keySet().forEach(key -> {
            if (!NAMES.contains(key)) {
                throw ChiaroException.usage("set: a run of several tasks has no setting \"" + key
                        + "\" for all of them. " + Names.hint(key, NAMES) + " Slots of a recipe belong to its task.");
            }
        });
        Map<String, String> shared = new TreeMap<>(run.set());
        shared.keySet().retainAll(SHARED);
        Set<String> names = new HashSet<>();
        List<TextTask> tasks = new ArrayList<>();
        for (RunFile.Source source : run.data()) {
            TextTask task = TextTask.of(run, source, shared);
            if (!names.add(task.name())) {
                throw ChiaroException.usage("task " + task.name()
                        + ": expected each name once, but found it twice. Give the" + " other another.");
            }
            tasks.add(task);
        }
        return tasks;
    }

    private MemoryPlan plan(BertConfig config, Optimizer optimizer, long batchTokens) {
        long longest =
                tasks.stream().mapToLong(each -> each.data().longest()).max().orElse(1);
        long inputs = tasks.stream()
                .mapToLong(each ->
                        (long) each.task().run().batch() * each.batches().columns())
                .max()
                .orElse(0);
        return TextMemory.plan(
                config,
                TextMemory.Weights.of(model.parameters(), optimizer, step.sharpnessRadius() > 0),
                0,
                Math.min(Math.max(run.chunkTokens(), longest), batchTokens),
                inputs,
                model.tower().dimension(),
                tasks.stream().mapToLong(each -> each.data().mappedBytes()).sum(),
                0);
    }

    private Map<String, String> fingerprints() {
        Map<String, String> all = new LinkedHashMap<>();
        tasks.forEach(each -> all.putAll(each.data().fingerprints()));
        return all;
    }

    private String recipes() {
        return String.join(
                " and ",
                tasks.stream().map(each -> each.task().recipe()).distinct().toList());
    }

    /** What the run will need in memory. */
    public MemoryPlan memory() {
        return ready.memory();
    }

    /** Steps of the whole run. */
    public long steps() {
        return ready.steps();
    }

    /** Of each task the recipe and how it fills its slots. */
    public Map<String, Map<String, String>> slots() {
        Map<String, Map<String, String>> slots = new LinkedHashMap<>();
        tasks.forEach(each -> slots.put(each.task().name(), each.task().slots()));
        return slots;
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "base %s, %,d parameters, %s",
                run.base(),
                model.parameters().count(),
                run.optimizer()));
        tasks.forEach(each -> lines.addAll(each.describe()));
        lines.add(steps() + " steps, each of one task"
                + (run.accumulate() > 1 ? "'s batches in turn, " + run.accumulate() + " of them" : ""));
        lines.addAll(ready.describe());
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public TextModel model() {
        return model;
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        ready.trainer().requestStop();
    }

    /**
     * Trains to the end, then saves the model and its export, and checks the export.
     *
     * @param results figures for the model card
     */
    public TextTraining.Outcome run(Function<TextModel, List<ModelCard.Result>> results) {
        TrainingEvent.Ending ending =
                ready.train(TextRun.figures(model.parameters().count(), "tasks", tasks.size()));
        return new TextTraining.Outcome(
                ending,
                ending == TrainingEvent.Ending.INTERRUPTED
                        ? Optional.empty()
                        : Optional.of(save(results.apply(model))));
    }

    /** Trains to the end without figures for the model card. */
    public TextTraining.Outcome run() {
        return run(trained -> List.of());
    }

    private OnnxParity save(List<ModelCard.Result> results) {
        Path directory = ready.modelFolder();
        ModelCard card = ready.card(slots(), results);
        model.save(directory, card);
        return model.export(directory);
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return ready.opened().folder().report();
    }

    @Override
    public void close() {
        ready.close();
    }
}
