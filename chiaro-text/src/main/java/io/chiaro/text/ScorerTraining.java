package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Objective;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.train.ContrastiveLearning;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/**
 * A run that trains a {@link TextScorer} by the contrast of a batch: from a {@link RunFile} whose recipe is {@value #LATE_INTERACTION} or
 * {@value #SPLADE} to a model directory. The folder of the run is a {@link RunFolder} with {@code store-N/} in it and in the end {@code model/}.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class ScorerTraining implements AutoCloseable {

    /** The recipe of a run file that asks for a {@link LateInteraction}. */
    public static final String LATE_INTERACTION = "late-interaction";

    /** The recipe of a run file that asks for a {@link SparseEncoder}. */
    public static final String SPLADE = "splade";

    private static final Map<String, ScorerSettings.Kind> KINDS =
            Map.of(LATE_INTERACTION, new LateInteractionKind(), SPLADE, new SpladeKind());

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

    private final RunFile run;
    private final RunFolder folder;
    private final ScorerSettings told;
    private final TextScorer model;
    private final TrainingData data;
    private final TextBatches batches;
    private final TrainerSettings settings;
    private final Trainer<PackedSequences> trainer;
    private final MemoryPlan memory;
    private final Provenance provenance;
    private final Deque<Runnable> closing;

    /** The recipes of run files that ask for such a model. */
    public static List<String> recipes() {
        return KINDS.keySet().stream().sorted().toList();
    }

    /** Whether a run file asks for such a model. */
    public static boolean isFor(RunFile run) {
        return run.recipe().filter(KINDS::containsKey).isPresent();
    }

    /** What such a run does where nothing is said: 32 records a step. */
    public static Map<String, Object> usual(String recipe) {
        return Map.of("batch", 32, "chunk-tokens", kind(recipe).chunkTokens());
    }

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static ScorerTraining start(RunFile run, Options options) {
        RunFile complete = RunRecord.absolute(run.complete("run"));
        return create(complete, RunFolder.create(Path.of(complete.out().orElseThrow())), options);
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static ScorerTraining resume(Path folder, Options options) {
        RunFolder found = RunFolder.resume(folder);
        return create(found.told(), found, options);
    }

    /** What was opened before an error is closed again. */
    private static ScorerTraining create(RunFile run, RunFolder folder, Options options) {
        Deque<Runnable> opened = new ArrayDeque<>();
        opened.push(folder::close);
        try {
            return new ScorerTraining(run, folder, options, opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private ScorerTraining(RunFile run, RunFolder folder, Options options, Deque<Runnable> closing) {
        this.closing = closing;
        this.run = run;
        this.folder = folder;
        run.threads().ifPresent(NativeRuntime::threads);
        RunOptimizer.check(run);
        ExampleShape shape = TrainingData.shape(run);
        this.told = ScorerSettings.of(kind(run.recipe().orElseThrow()), run, shape);
        Objective objective = told.objective();
        this.model = told.kind().load(run.base(), run.seed(), told);
        closing.push(model::close);
        folder.make();
        this.data = TrainingData.open(
                run, folder.path(), model.texts(), options.skipBad() ? BadRows.SKIP : BadRows.STOP, options.notes());
        closing.push(data::close);
        model.room(data.longest());
        this.batches = new TextBatches(
                data.weighted(),
                EpochOptions.defaults(run.batch())
                        .withDistinctTexts(objective.needs().inBatchNegatives()),
                run.chunkTokens(),
                null,
                false,
                DoubleUnaryOperator.identity(),
                List.of(),
                run.seed());
        long perEpoch =
                (batches.batchesPerEpoch() * (long) run.epochs().orElse(1) + run.accumulate() - 1) / run.accumulate();
        long steps = run.steps().orElse(perEpoch);
        Optimizer optimizer = told.step().averaged(RunOptimizer.of(run, model.parameters()), model.parameters());
        closing.push(optimizer::close);
        this.settings = TrainerSettings.of(run, steps, told.step());
        this.memory = plan(optimizer);
        this.provenance = RunRecord.provenance(
                run,
                told.kind().recipe(),
                run.base().startsWith(TextModel.FRESH) ? RunRecord.FRESH : model.hash(),
                data,
                options.started());
        ContrastiveLearning<PackedSequences> learning = new ContrastiveLearning<>(
                        model, objective, told.dropout(model.config().hiddenDropout()), null)
                .withAuxiliary(told.kind().terms(told, steps, batches.batchesPerEpoch(), run.accumulate()));
        this.trainer = folder.trainer(
                batches,
                learning,
                optimizer,
                settings,
                options.validation().apply(model),
                options.listeners(),
                options.anyMachine());
        folder.begin(run, provenance);
    }

    private static ScorerSettings.Kind kind(String recipe) {
        return Objects.requireNonNull(KINDS.get(recipe));
    }

    private MemoryPlan plan(Optimizer optimizer) {
        long chunk = Math.min(
                Math.max(run.chunkTokens(), data.longest()), batches.largest().tokens());
        return TextMemory.plan(
                model.config(),
                TextMemory.Weights.of(model.parameters(), optimizer, told.step().sharpnessRadius() > 0),
                0,
                chunk,
                (long) run.batch() * batches.columns(),
                model.numbers(data.longest()),
                data,
                model.predicted(chunk));
    }

    /** What the run will need in memory. */
    public MemoryPlan memory() {
        return memory;
    }

    /** Steps of the whole run. */
    public long steps() {
        return settings.steps();
    }

    /** What is made small, and its numbers. */
    public Map<String, String> slots() {
        return told.written();
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
        lines.addAll(data.describe());
        lines.add(batches.batchesPerEpoch() + " batches of " + run.batch() + " an epoch, " + steps() + " steps, "
                + batches.firstEpoch().dropped().total() + " rows left out an epoch");
        model.remark().ifPresent(lines::add);
        lines.add("recipe " + slots());
        lines.add("memory " + memory);
        folder.passedOver().forEach(damage -> lines.add(damage + " An older one takes its place."));
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public TextScorer model() {
        return model;
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        trainer.requestStop();
    }

    /**
     * Trains to the end, then saves the model and its export, and checks the export.
     *
     * @param results figures for the model card, asked for at the end
     */
    public Outcome run(Function<TextScorer, List<ModelCard.Result>> results) {
        memory.check(RunRecord.memoryOfMachine());
        Map<String, Double> plan = new LinkedHashMap<>();
        plan.put("parameters", (double) model.parameters().count());
        plan.put("batch", (double) run.batch());
        plan.put("chunk-tokens", (double) run.chunkTokens());
        plan.put("peak-bytes", (double) memory.total());
        TrainingEvent.Ending ending;
        try {
            ending = trainer.run(folder.path().toString(), plan);
        } finally {
            folder.writeReport(provenance);
        }
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
     * @param parity how well the exported model agrees with the trained one; absent if the run was interrupted
     */
    public record Outcome(TrainingEvent.Ending ending, Optional<OnnxParity> parity) {}

    private OnnxParity save(List<ModelCard.Result> results) {
        Path directory = folder.path().resolve("model");
        AtomicFiles.createFolder(directory);
        ModelCard card = new ModelCard(
                Optional.of(run.base()),
                run.data().stream().map(RunFile.Source::path).toList(),
                Optional.of(slots().toString()),
                results,
                Optional.empty(),
                Optional.empty(),
                RunRecord.library());
        model.save(directory, card);
        return model.export(directory);
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return folder.report();
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
