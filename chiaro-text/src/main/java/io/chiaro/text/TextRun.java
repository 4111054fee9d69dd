package io.chiaro.text;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.LearnedFrom;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.train.MemoryPlan;
import io.chiaro.train.RunFolder;
import io.chiaro.train.RunOptimizer;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A run on texts that is ready for its first step, whatever it trains.
 *
 * @param opened the run's folder, and what was opened for it
 * @param trainer goes through the steps
 * @param settings of the trainer
 * @param memory what it will need
 * @param provenance what it can be repeated from
 * @param learned what its model will have learned from, with what its base, its guide and its teacher have
 */
record TextRun(
        Opened opened,
        Trainer<PackedSequences> trainer,
        TrainerSettings settings,
        MemoryPlan memory,
        Provenance provenance,
        LearnedFrom learned)
        implements AutoCloseable {

    TextRun {
        opened.folder().begin(opened.run(), provenance);
    }

    TextRun(
            Opened opened,
            Trainer<PackedSequences> trainer,
            TrainerSettings settings,
            MemoryPlan memory,
            Provenance provenance) {
        this(
                opened,
                trainer,
                settings,
                memory,
                provenance,
                LearnedFrom.of(opened.run().base(), opened.run().set())
                        .and(provenance.data())
                        .andContents(provenance.data().keySet()));
    }

    /**
     * A run that is being prepared.
     *
     * @param run what it was told
     * @param folder where it is
     * @param closing what was opened, the last first
     */
    record Opened(RunFile run, RunFolder folder, Deque<Runnable> closing) implements AutoCloseable {

        private Opened(RunFile run, RunFolder folder) {
            this(run, folder, new ArrayDeque<>());
            closing.push(folder::close);
        }

        /** Steps of the run, where a pass over the data has so many batches: the last one takes from one pass more what it lacks. */
        long steps(long batchesPerEpoch) {
            long batches = batchesPerEpoch * run.epochs().orElse(1);
            return run.steps().orElse((batches + run.accumulate() - 1) / run.accumulate());
        }

        @Override
        public void close() {
            while (!closing.isEmpty()) {
                closing.pop().run();
            }
        }
    }

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    static <T> T start(RunFile told, Function<Opened, T> preparing) {
        RunFile run = RunRecord.absolute(told.complete("run"));
        return prepare(new Opened(run, RunFolder.create(Path.of(run.out().orElseThrow()))), preparing);
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    static <T> T resume(Path folder, Function<Opened, T> preparing) {
        RunFolder found = RunFolder.resume(folder);
        return prepare(new Opened(found.told(), found), preparing);
    }

    /** What was opened before an error is closed again. */
    private static <T> T prepare(Opened opened, Function<Opened, T> preparing) {
        try {
            opened.run().threads().ifPresent(NativeRuntime::threads);
            RunOptimizer.check(opened.run());
            return preparing.apply(opened);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** What a plan says first. */
    static Map<String, Double> figures(long parameters, String what, double count) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("parameters", (double) parameters);
        figures.put(what, count);
        return figures;
    }

    /** Steps of the whole run. */
    long steps() {
        return settings.steps();
    }

    /**
     * Trains to the end.
     *
     * @param figures of the plan by name, for the first event
     */
    TrainingEvent.Ending train(Map<String, Double> figures) {
        memory.check(RunRecord.memoryOfMachine());
        Map<String, Double> plan = new LinkedHashMap<>(figures);
        plan.put("chunk-tokens", (double) opened.run().chunkTokens());
        plan.put("peak-bytes", (double) memory.total());
        try {
            return trainer.run(opened.folder().path().toString(), plan);
        } finally {
            opened.folder().writeReport(provenance);
        }
    }

    /** The folder of the finished model, with room for its graph, and with word of what it has learned from. */
    Path modelFolder() {
        Path directory = opened.folder().path().resolve("model");
        AtomicFiles.createFolder(directory.resolve("onnx"));
        learned.write(directory);
        return directory;
    }

    /** What the finished model says of itself. */
    ModelCard card(Map<String, ?> slots, List<ModelCard.Result> results) {
        return new ModelCard(
                Optional.of(opened.run().base()),
                opened.run().data().stream().map(RunFile.Source::path).toList(),
                Optional.of(slots.toString()),
                results,
                Optional.empty(),
                Optional.empty(),
                RunRecord.library());
    }

    /** The last lines of what is said before the first step. */
    List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add("memory " + memory);
        opened.folder().passedOver().forEach(damage -> lines.add(damage + " An older one takes its place."));
        return lines;
    }

    @Override
    public void close() {
        opened.close();
    }
}
