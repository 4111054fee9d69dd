package io.chiaro.cli.suite;

import io.chiaro.cli.judging.Judgement;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.eval.Task;
import io.chiaro.eval.TrecRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The files of a system at a task, in the folder of a suite's results: {@code SYSTEM/TASK.json} with figures, protocol and all that they
 * depend on, {@code SYSTEM/TASK.trec} with the rankings of a retrieval, {@code mteb/SYSTEM/REVISION/TASK.json} in MTEB's shape, and
 * while it is judged {@code SYSTEM/TASK.answers} with a model's vectors.
 *
 * @param hash of the system
 */
record SuiteFiles(Path out, SuiteSystem system, String hash, SuiteTask task) {

    private static final String KEY = "suite";
    /** Says that a folder is one of results. */
    static final String MARK = "chiaro-suite.json";

    private static final int REVISION = 12;

    private Path folder() {
        return out.resolve(system.folder());
    }

    private Path result() {
        return folder().resolve(task.name() + ".json");
    }

    private Path benchmark() {
        return out.resolve("mteb")
                .resolve(system.folder())
                .resolve(hash.substring(0, Math.min(REVISION, hash.length())))
                .resolve(task.name() + ".json");
    }

    /** Where rankings go, if the task is a retrieval. */
    Optional<Path> run() {
        return task.task() == Task.RETRIEVAL ? Optional.of(folder().resolve(task.name() + ".trec")) : Optional.empty();
    }

    /** Tells rankings that were damaged since; empty where there are none. */
    private String runHash() {
        return run().map(Hashes::sha256).orElse("");
    }

    Path answers() {
        return folder().resolve(task.name() + ".answers");
    }

    /** The main metric, if all files are there and come from the same question. */
    OptionalDouble kept(Map<String, String> key) {
        if (!Files.isRegularFile(result())
                || !Files.isRegularFile(benchmark())
                || run().filter(file -> !Files.isRegularFile(file)).isPresent()) {
            return OptionalDouble.empty();
        }
        try {
            JsonObject document = Json.object(result());
            return document.has(KEY)
                            && document.object(KEY).object("key").toMap().equals(key)
                            && document.object(KEY).string("run-hash").equals(runHash())
                    ? OptionalDouble.of(document.number(task.task().mainMetric()))
                    : OptionalDouble.empty();
        } catch (ChiaroException damaged) {
            // Judged again, as if it were not there.
            return OptionalDouble.empty();
        }
    }

    /** The rankings that are there; a system that found nothing for any query has none. */
    TrecRun kept() {
        Path file = run().orElseThrow();
        try {
            return Files.size(file) == 0 ? new TrecRun(Map.of(), "") : TrecRun.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes older files away: should it fail now, they would look like its result. */
    void clear() {
        AtomicFiles.createFolder(folder());
        try {
            Files.deleteIfExists(result());
            Files.deleteIfExists(benchmark());
            if (run().isPresent()) {
                Files.deleteIfExists(run().get());
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Writes what came of it; the vectors are not needed any more. */
    void write(Judgement judgement, Map<String, String> key, List<String> languages, double seconds) {
        Json.write(benchmark(), judgement.report().benchmarkDocument(task.name(), languages, seconds));
        Map<String, Object> document = judgement.document();
        document.put(KEY, Map.of("key", key, "run-hash", runHash(), "seconds", seconds));
        Json.write(result(), document);
        try {
            Files.deleteIfExists(answers());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private ChiaroException unwritable(IOException e) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                folder() + ": expected a folder that can be written, but found: " + AtomicFiles.reason(e)
                        + ". Check its rights.",
                e);
    }
}
