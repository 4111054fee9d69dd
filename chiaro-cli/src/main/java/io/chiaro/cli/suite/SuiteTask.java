package io.chiaro.cli.suite;

import io.chiaro.core.JsonObject;
import io.chiaro.eval.Task;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A task of a suite.
 *
 * @param name of its files and in tables
 * @param data as told
 * @param columns names of columns by what they hold
 */
record SuiteTask(String name, Task task, Path data, String split, Map<String, String> columns) {

    private static final String TEST = "test";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /** A retrieval whose data are a BEIR folder. */
    static SuiteTask retrieval(Path folder) {
        return new SuiteTask(folder.getFileName().toString(), Task.RETRIEVAL, folder, TEST, Map.of());
    }

    static SuiteTask of(JsonObject written) {
        written.refuseUnknownKeys(List.of("name", "task", "data", "split", "columns"));
        Map<String, String> columns = new LinkedHashMap<>();
        if (written.has("columns")) {
            JsonObject named = written.object("columns");
            named.keys().forEach(key -> columns.put(key, named.string(key)));
        }
        String data = written.string("data");
        String name = written.string("name", data);
        if (!name.matches(NAME)) {
            throw written.error(
                    "expected a \"name\" of letters, digits, dots, dashes and underscores, since files are called"
                            + " by it, but found \"" + name + "\". Name the task.");
        }
        Task task = Task.of(written.string("task"));
        if (task == Task.RETRIEVAL && !columns.isEmpty()) {
            throw written.error(
                    "\"columns\" have no effect on a retrieval, whose files have names of their own. Leave them out.");
        }
        return new SuiteTask(name, task, Path.of(data), written.string("split", TEST), columns);
    }
}
