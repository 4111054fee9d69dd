package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.onnx.OnnxScoreParity;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.train.Batch;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A run that trains a cross-encoder: from a {@link RunFile} whose recipe is {@value #RECIPE} to a model directory. The folder of the run
 * is a {@link RunFolder} with {@code store-N/} in it and in the end {@code model/}.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class CrossEncoderTraining implements AutoCloseable {

    /** The recipe of a run file that asks for a cross-encoder. */
    public static final String RECIPE = "cross-encoder";

    /** Three special tokens and one of each text. */
    static final int FEWEST_TOKENS = 5;

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
            Function<CrossEncoder, Validation> validation,
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
                Function<CrossEncoder, Validation> judge, List<TrainingListener> told, Consumer<String> notified) {
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
    private final CrossEncoderSettings told;
    private final CrossEncoder model;
    private final int maxTokens;
    private final TrainingData data;
    private final ListBatches batches;
    private final TrainerSettings settings;
    private final Trainer<PackedSequences> trainer;
    private final MemoryPlan memory;
    private final Provenance provenance;
    private final Deque<Runnable> closing;

    /** Whether a run file asks for a cross-encoder. */
    public static boolean isFor(RunFile run) {
        return run.recipe().filter(RECIPE::equals).isPresent();
    }

    /** What such a run does where nothing is said: 16 lists a step, at a rate of 5e-5. */
    public static Map<String, Object> usual() {
        return Map.of("batch", 16, "learning-rate", 5e-5);
    }

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static CrossEncoderTraining start(RunFile run, Options options) {
        RunFile complete = RunRecord.absolute(run.complete("run"));
        return create(complete, RunFolder.create(Path.of(complete.out().orElseThrow())), options);
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static CrossEncoderTraining resume(Path folder, Options options) {
        RunFolder found = RunFolder.resume(folder);
        return create(found.told(), found, options);
    }

    /** What was opened before an error is closed again. */
    private static CrossEncoderTraining create(RunFile run, RunFolder folder, Options options) {
        Deque<Runnable> opened = new ArrayDeque<>();
        opened.push(folder::close);
        try {
            return new CrossEncoderTraining(run, folder, options, opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private CrossEncoderTraining(RunFile run, RunFolder folder, Options options, Deque<Runnable> closing) {
        this.closing = closing;
        this.run = run;
        this.folder = folder;
        run.threads().ifPresent(NativeRuntime::threads);
        RunOptimizer.check(run);
        refuseWeights(run);
        ExampleShape shape = TrainingData.shape(run);
        this.told = CrossEncoderSettings.of(run, shape);
        this.model = CrossEncoder.load(run.base(), run.seed());
        closing.push(model::close);
        BertConfig config = model.specification().config();
        this.maxTokens = told.maxTokens(model.specification().maxTokens(), config.maxPositions());
        model.limit(maxTokens);
        folder.make();
        // Each text alone, and no shorter than a pair can hold of it: they are joined anew in every batch.
        this.data = TrainingData.open(
                run,
                folder.path(),
                new PromptedTokenizer(model.tokenizer(), new PromptedTokenizer.Before("", ""), maxTokens),
                options.skipBad() ? BadRows.SKIP : BadRows.STOP,
                options.notes());
        closing.push(data::close);
        this.batches = ListBatches.of(
                data.weighted(),
                model.tokenizer(),
                new ListBatches.Options(run.batch(), told.list(), run.chunkTokens(), maxTokens, run.seed()),
                told.loss());
        long perEpoch =
                (batches.batchesPerEpoch() * (long) run.epochs().orElse(1) + run.accumulate() - 1) / run.accumulate();
        long steps = run.steps().orElse(perEpoch);
        Optimizer optimizer = told.step().averaged(RunOptimizer.of(run, model.parameters()), model.parameters());
        closing.push(optimizer::close);
        this.settings = TrainerSettings.of(run, steps, told.step());
        Batch<PackedSequences> largest = batches.largest();
        this.memory = TextMemory.plan(
                config,
                TextMemory.Weights.of(model.parameters(), optimizer, told.step().sharpnessRadius() > 0),
                0,
                largest.chunks().stream()
                        .mapToLong(chunk -> chunk.input().tokens())
                        .max()
                        .orElse(0),
                largest.rows(),
                1,
                data,
                0);
        this.provenance = RunRecord.provenance(
                run,
                RECIPE + " " + told.loss().name(),
                run.base().startsWith(TextModel.FRESH) ? RunRecord.FRESH : model.hash(),
                data,
                options.started());
        this.trainer = folder.trainer(
                batches,
                new ListLearning(model, told.loss(), told.dropout(config.hiddenDropout())),
                optimizer,
                settings,
                options.validation().apply(model),
                options.listeners(),
                options.anyMachine());
        folder.begin(run, provenance);
    }

    private static void refuseWeights(RunFile run) {
        if (run.data().stream().anyMatch(source -> source.weight() != 1)) {
            throw ChiaroException.usage(
                    "data: a cross-encoder takes every list once an epoch, so a weight of a source would have"
                            + " no effect, and nothing is ignored silently. Leave it out.");
        }
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
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", RECIPE);
        slots.putAll(told.slots());
        return slots;
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "base %s, %,d parameters, %s, pairs of up to %d tokens",
                run.base(),
                model.parameters().count(),
                run.optimizer(),
                maxTokens));
        lines.addAll(data.describe());
        lines.add(String.format(
                Locale.ROOT,
                "%,d lists of up to %d candidates, %d batches of %d an epoch, %d steps",
                batches.lists().size(),
                batches.lists().stream().mapToInt(GradedList::size).max().orElse(0),
                batches.batchesPerEpoch(),
                run.batch(),
                steps()));
        if (batches.leftOut() > 0) {
            lines.add(String.format(
                    Locale.ROOT, "%,d lists left out, whose candidates have no order to learn", batches.leftOut()));
        }
        lines.add("recipe " + slots());
        lines.add("memory " + memory);
        folder.passedOver().forEach(damage -> lines.add(damage + " An older one takes its place."));
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public CrossEncoder model() {
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
    public Outcome run(Function<CrossEncoder, List<ModelCard.Result>> results) {
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
    public record Outcome(TrainingEvent.Ending ending, Optional<OnnxScoreParity> parity) {}

    private OnnxScoreParity save(List<ModelCard.Result> results) {
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
