package io.chiaro.cli.suite;

import io.chiaro.cli.judging.BaselineJudge;
import io.chiaro.cli.judging.EmbedderJudge;
import io.chiaro.cli.judging.Judge;
import io.chiaro.cli.judging.LateInteractionJudge;
import io.chiaro.cli.judging.RerankerJudge;
import io.chiaro.cli.judging.SparseJudge;
import io.chiaro.cli.opening.Models;
import io.chiaro.eval.Task;
import io.chiaro.model.Embedder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What is judged: a model of any kind, or a baseline.
 *
 * @param name as told
 */
record SuiteSystem(String name, boolean baseline) {

    private static final Set<Task> RANKS = Set.of(Task.RETRIEVAL, Task.RERANK);

    /** Its folder among the results: the name with no character that a path could mean something by. */
    String folder() {
        String plain = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
        return plain.isEmpty() ? "model" : plain;
    }

    /** What tells it from a system of the same name with other weights. */
    String hash() {
        if (baseline) {
            return name;
        }
        if (Files.isDirectory(Path.of(name))) {
            return Fingerprint.of(Path.of(name));
        }
        try (Embedder opened = Models.open(name, 1)) {
            return opened.description().hash();
        }
    }

    /** What judges it on a task; nothing if the task is not for systems of its kind. */
    Optional<Judge> judge(Task task) {
        if (baseline) {
            return name.equals("bm25") && !RANKS.contains(task)
                    ? Optional.empty()
                    : Optional.of(BaselineJudge.named(task.key(), name));
        }
        if (Models.isSparse(name)) {
            return task == Task.RETRIEVAL ? Optional.of(new SparseJudge(name)) : Optional.empty();
        }
        if (Models.isLateInteraction(name) && task == Task.RETRIEVAL) {
            return Optional.of(new LateInteractionJudge(name));
        }
        if (Models.isLateInteraction(name) || Models.isCrossEncoder(name)) {
            return task == Task.RERANK ? Optional.of(new RerankerJudge(name)) : Optional.empty();
        }
        return Optional.of(EmbedderJudge.ofModel(task.key(), name, null, null));
    }
}
