package io.chiaro.cli.suite;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tasks that systems are judged on.
 *
 * @param tasks in the order of tables, no two of one name
 * @param languages of the texts with their script, as MTEB's files name them
 */
record Suite(List<SuiteTask> tasks, List<String> languages) {

    private static final List<String> ENGLISH = List.of("eng-Latn");

    Suite {
        tasks = List.copyOf(tasks);
        languages = List.copyOf(languages);
    }

    /**
     * Reads a suite.
     *
     * @param written a file {@code {"languages"?, "tasks": [{"name"?, "task", "data", "split"?, "columns"?}]}}, or a folder, of which every
     *     BEIR folder directly below is a retrieval
     * @throws ChiaroException of kind data if it is neither, or says what is not known
     */
    static Suite read(Path written) {
        List<SuiteTask> tasks;
        List<String> languages = ENGLISH;
        if (Files.isDirectory(written)) {
            tasks = folders(written);
        } else {
            JsonObject file = Json.object(written);
            file.refuseUnknownKeys(List.of("languages", "tasks"));
            tasks = file.objects("tasks").stream().map(SuiteTask::of).toList();
            languages = file.strings("languages", ENGLISH);
        }
        if (tasks.isEmpty()) {
            throw ChiaroException.data(
                    written + ": expected tasks, but found none. Name some under \"tasks\", or give a"
                            + " folder of BEIR folders, each with a corpus.jsonl.");
        }
        Set<String> names = new HashSet<>();
        for (SuiteTask task : tasks) {
            if (!names.add(task.name())) {
                throw ChiaroException.data(written + ": expected tasks of different names, but found two called \""
                        + task.name() + "\". Give one a \"name\".");
            }
        }
        return new Suite(tasks, languages);
    }

    private static List<SuiteTask> folders(Path above) {
        try (Stream<Path> folders = Files.list(above)) {
            return folders.filter(folder -> Files.isRegularFile(folder.resolve("corpus.jsonl"))
                            || Files.isRegularFile(folder.resolve("corpus.jsonl.gz")))
                    .sorted()
                    .map(SuiteTask::retrieval)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
