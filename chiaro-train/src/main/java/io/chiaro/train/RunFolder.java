package io.chiaro.train;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.tensor.Optimizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run: {@code run.json} (what it was told), {@code provenance.json} (what it can be repeated from), {@code
 * events.jsonl}, {@code report.html}, {@code report.json} and {@code checkpoints/}.
 *
 * <p>Mutable; belongs to the thread that trains.
 */
public final class RunFolder implements AutoCloseable {

    private static final String RUN = "run.json";
    private static final String EVENTS = "events.jsonl";
    private static final int CHECKPOINTS_KEPT = 2;

    private final Path path;
    private final boolean resumed;
    private final RunReport report = RunReport.create();
    private final List<String> passedOver = new ArrayList<>();
    private @Nullable JsonLines events;

    private RunFolder(Path path, boolean resumed) {
        this.path = path;
        this.resumed = resumed;
    }

    /** The folder of a new run; it may exist, but not with a run in it. */
    public static RunFolder create(Path path) {
        if (Files.exists(path.resolve(RUN))) {
            throw ChiaroException.usage(path + ": expected a folder without a run, but found run.json. Go on with "
                    + "\"chiaro resume " + path + "\", or give another --out.");
        }
        return new RunFolder(path, false);
    }

    /** The folder of a run that shall go on. */
    public static RunFolder resume(Path path) {
        if (!Files.isRegularFile(path.resolve(RUN))) {
            throw ChiaroException.usage(
                    path + ": expected the folder of a run with run.json in it, but found none. " + "Check the path.");
        }
        return new RunFolder(path, true);
    }

    /** What the run of this folder was told. */
    public RunFile told() {
        return RunFile.load(path.resolve(RUN));
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Whether the run begins with its first step: it is new, or no checkpoint of it is whole. */
    public boolean isAtFirstStep() {
        return !resumed || checkpoints().latest().isEmpty();
    }

    private CheckpointStore checkpoints() {
        return CheckpointStore.open(path.resolve("checkpoints"), CHECKPOINTS_KEPT);
    }

    /** Makes the folder itself. */
    public void make() {
        AtomicFiles.createFolder(path);
    }

    /**
     * The trainer of the run: new, with its files begun, or where its newest whole checkpoint left it.
     *
     * @param listeners told besides the run's own files
     * @param anyMachine whether a resumed run may go on with another BLAS or thread count
     */
    public <C> Trainer<C> trainer(
            BatchSource<C> batches,
            Learning<C> learning,
            Optimizer optimizer,
            TrainerSettings settings,
            Validation validation,
            List<TrainingListener> listeners,
            boolean anyMachine) {
        CheckpointStore checkpoints = checkpoints();
        JsonLines written = events(checkpoints);
        events = written;
        List<TrainingListener> told = new ArrayList<>(listeners);
        told.add(written);
        told.add(report);
        Trainer<C> trainer =
                new Trainer<>(batches, learning, optimizer, settings, validation, checkpoints, told, System::nanoTime);
        if (resumed) {
            trainer.restore(anyMachine);
        }
        return trainer;
    }

    private JsonLines events(CheckpointStore checkpoints) {
        Path file = path.resolve(EVENTS);
        if (!resumed || !Files.exists(file)) {
            return JsonLines.create(file);
        }
        Optional<CheckpointStore.Checkpoint> latest = checkpoints.latest();
        latest.ifPresent(checkpoint -> passedOver.addAll(checkpoint.skipped()));
        JsonLines opened = JsonLines.resume(
                file, latest.map(CheckpointStore.Checkpoint::step).orElse(0L));
        JsonLines.replay(file, report);
        return opened;
    }

    /** Writes what a new run was told and can be repeated from. A resumed one has it already. */
    public void begin(RunFile run, Provenance provenance) {
        if (!resumed) {
            run.write(path.resolve(RUN));
            provenance.write(path.resolve("provenance.json"));
        }
    }

    /** Damaged checkpoints that were passed over, a sentence each. */
    public List<String> passedOver() {
        return List.copyOf(passedOver);
    }

    /** The report so far, to be enlarged by the program around the run. */
    public RunReport report() {
        return report;
    }

    /** Writes the report, for people and for programs. */
    public void writeReport(Provenance provenance) {
        report.write(path.resolve("report.html"), provenance);
        Json.write(path.resolve("report.json"), report.document(provenance));
    }

    @Override
    public void close() {
        if (events != null) {
            events.close();
        }
    }
}
