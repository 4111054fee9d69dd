package io.chiaro.text;

import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.onnx.OnnxAgreement;
import io.chiaro.tensor.Optimizer;
import io.chiaro.train.MemoryPlan;
import io.chiaro.train.RunFolder;
import io.chiaro.train.RunOptimizer;
import io.chiaro.train.RunReport;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A run that trains a {@link TextScorer}: from a {@link RunFile} whose recipe is {@value #CROSS_ENCODER}, {@value #LATE_INTERACTION} or
 * {@value #SPLADE} to a model directory. The folder of the run is a {@link RunFolder} with {@code store-N/} in it and in the end {@code model/}.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class ScorerTraining implements AutoCloseable {

    /** The recipe of a run file that asks for a {@link CrossEncoder}. */
    public static final String CROSS_ENCODER = "cross-encoder";

    /** The recipe of a run file that asks for a {@link LateInteraction}. */
    public static final String LATE_INTERACTION = "late-interaction";

    /** The recipe of a run file that asks for a {@link SparseEncoder}. */
    public static final String SPLADE = "splade";

    /** From which a model is fitted before its first step. */
    private static final int MOST_TEXTS = 1 << 17;

    private static final Map<String, Kind> KINDS = Map.of(
            CROSS_ENCODER,
            new Kind(
                    Map.of("batch", 16, "learning-rate", 5e-5),
                    Stream.concat(ListLoss.names().stream(), Stream.of(ClassifierRecipe.LOSS))
                            .toList(),
                    (run, shape) -> ClassifierRecipe.isFor(run)
                            ? ClassifierRecipe.of(run, shape)
                            : CrossEncoderRecipe.of(run, shape)),
            LATE_INTERACTION,
            contrasted(new LateInteractionKind()),
            SPLADE,
            contrasted(new SpladeKind()));

    /**
     * A kind of scorer.
     *
     * @param usual what a run does where nothing is said, by the keys of a run file
     * @param losses that it can learn by
     * @param recipe of a run on data of some shape
     */
    private record Kind(
            Map<String, Object> usual, List<String> losses, BiFunction<RunFile, ExampleShape, ScorerRecipe> recipe) {}

    private static Kind contrasted(ScorerSettings.Kind kind) {
        return new Kind(
                Map.of("batch", 32, "chunk-tokens", kind.chunkTokens()),
                kind.losses(),
                (run, shape) -> new ScorerContrast(run, ScorerSettings.of(kind, run, shape)));
    }

    /**
     * What a run takes from the program around it.
     *
     * @param validation judges the model; made once the model is loaded
     * @param listeners told what happens, besides the run's own files
     * @param started the time of the start, ISO-8601, for the provenance
     * @param skipBad whether bad records are counted and left out, instead of ending the run
     * @param anyMachine whether a resumed run may go on with another BLAS or thread count
     * @param notes told, line by line, of work that takes long before the first step
     */
    public record Options(
            Function<TextScorer, Validation> validation,
            List<TrainingListener> listeners,
            String started,
            boolean skipBad,
            boolean anyMachine,
            Consumer<String> notes) {

        public Options {
            listeners = List.copyOf(listeners);
        }

        /** No judging, nobody told, the present time. */
        public static Options defaults() {
            return new Options(
                    model -> Validation.none(), List.of(), Instant.now().toString(), false, false, line -> {});
        }

        /** The same with a judge, listeners, and somebody told of long work before the first step. */
        public Options with(
                Function<TextScorer, Validation> judge, List<TrainingListener> told, Consumer<String> notified) {
            return new Options(judge, told, started, skipBad, anyMachine, notified);
        }

        /** The same, with bad records left out and counted, or not. */
        public Options withSkipBad(boolean skip) {
            return new Options(validation, listeners, started, skip, anyMachine, notes);
        }

        /** The same, with another machine accepted at resume, or not. */
        public Options withAnyMachine(boolean any) {
            return new Options(validation, listeners, started, skipBad, any, notes);
        }
    }

    private final ScorerRecipe recipe;
    private final TextScorer model;
    private final TrainingData data;
    private final ScorerRecipe.Lesson lesson;
    private final Optional<String> begun;
    private final TextRun run;

    /** The recipes of run files that ask for such a model. */
    public static List<String> recipes() {
        return KINDS.keySet().stream().sorted().toList();
    }

    /** Whether a run file asks for such a model. */
    public static boolean isFor(RunFile run) {
        return run.recipe().filter(KINDS::containsKey).isPresent();
    }

    /** The losses of a run, as {@code --set loss=NAME} names them. */
    public static List<String> losses(String recipe) {
        return kind(recipe).losses();
    }

    /** Whether a run file asks for a {@link CrossEncoder} that sorts pairs into classes. */
    public static boolean isForClasses(RunFile run) {
        return run.recipe().filter(CROSS_ENCODER::equals).isPresent() && ClassifierRecipe.isFor(run);
    }

    /** What such a run does where nothing is said, by the keys of a run file: 16 lists or 32 records a step. */
    public static Map<String, Object> usual(String recipe) {
        return kind(recipe).usual();
    }

    private static Kind kind(String recipe) {
        return Objects.requireNonNull(KINDS.get(recipe));
    }

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static ScorerTraining start(RunFile run, Options options) {
        return TextRun.start(run, opened -> new ScorerTraining(opened, options));
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static ScorerTraining resume(Path folder, Options options) {
        return TextRun.resume(folder, opened -> new ScorerTraining(opened, options));
    }

    private ScorerTraining(TextRun.Opened opened, Options options) {
        RunFile told = opened.run();
        this.recipe = kind(told.recipe().orElseThrow()).recipe().apply(told, TrainingData.shape(told));
        ScorerRecipe.Loaded loaded = recipe.load(told.base(), told.seed());
        this.model = loaded.model();
        opened.closing().push(model::close);
        recipe.tuning().start(model.encoder(), told.seed());
        opened.folder().make();
        this.data = TrainingData.open(
                told,
                opened.folder().path(),
                model.texts(),
                options.skipBad() ? BadRows.SKIP : BadRows.STOP,
                options.notes());
        opened.closing().push(data::close);
        model.room(data.longest());
        this.lesson = loaded.lessons().apply(data);
        long steps = opened.steps(lesson.batchesPerEpoch());
        String hash = told.base().startsWith(TextModel.FRESH) ? RunRecord.FRESH : model.hash();
        this.begun = opened.folder().isAtFirstStep() ? model.begin(() -> data.texts(MOST_TEXTS)) : Optional.empty();
        Optimizer optimizer = recipe.step().averaged(RunOptimizer.of(told, model.parameters()), model.parameters());
        opened.closing().push(optimizer::close);
        TrainerSettings settings = TrainerSettings.of(told, steps, recipe.step());
        MemoryPlan memory = plan(optimizer);
        Provenance provenance = RunRecord.provenance(told, recipe.learns(), hash, data, options.started());
        Trainer<PackedSequences> trainer = opened.folder()
                .trainer(
                        lesson.batches(),
                        lesson.learning(steps),
                        optimizer,
                        settings,
                        options.validation().apply(model),
                        options.listeners(),
                        options.anyMachine());
        this.run = new TextRun(opened, trainer, settings, memory, provenance);
    }

    private MemoryPlan plan(Optimizer optimizer) {
        long chunk = lesson.chunkTokens();
        return TextMemory.plan(
                model.config(),
                TextMemory.Weights.of(
                        model.parameters(), optimizer, recipe.step().sharpnessRadius() > 0),
                0,
                chunk,
                lesson.inputs(),
                model.numbers(data.longest()),
                data,
                model.predicted(chunk));
    }

    /** What the run will need in memory. */
    public MemoryPlan memory() {
        return run.memory();
    }

    /** Steps of the whole run. */
    public long steps() {
        return run.steps();
    }

    /** What is made small, and its numbers. */
    public Map<String, String> slots() {
        return recipe.slots();
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        RunFile told = run.opened().run();
        List<String> lines = new ArrayList<>();
        lines.add("base " + told.base() + ", " + recipe.tuning().describe(model.encoder()) + ", " + told.optimizer());
        lines.addAll(data.describe());
        lines.addAll(lesson.describe(steps()));
        model.remark().ifPresent(lines::add);
        begun.ifPresent(lines::add);
        lines.add("recipe " + slots());
        lines.addAll(run.describe());
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public TextScorer model() {
        return model;
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        run.trainer().requestStop();
    }

    /**
     * Trains to the end, then saves the model and its export, and checks the export.
     *
     * @param results figures for the model card, asked for at the end
     */
    public Outcome run(Function<TextScorer, List<ModelCard.Result>> results) {
        TrainingEvent.Ending ending = run.train(TextRun.figures(
                model.parameters().count(), "batch", run.opened().run().batch()));
        return new Outcome(
                ending,
                ending == TrainingEvent.Ending.INTERRUPTED
                        ? Optional.empty()
                        : Optional.of(save(results.apply(model))));
    }

    /** Trains to the end without figures for the model card. */
    public Outcome run() {
        return run(trained -> List.of());
    }

    /**
     * How a run ended.
     *
     * @param ending why
     * @param agreement how well the exported model agrees with the trained one; absent if the run was interrupted
     */
    public record Outcome(TrainingEvent.Ending ending, Optional<OnnxAgreement> agreement) {}

    private OnnxAgreement save(List<ModelCard.Result> results) {
        recipe.tuning().merge(model.encoder());
        Path directory = run.modelFolder();
        model.save(directory, run.card(slots(), results));
        return model.export(directory);
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return run.opened().folder().report();
    }

    @Override
    public void close() {
        run.close();
    }
}
