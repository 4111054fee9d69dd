package io.chiaro.cli.suite;

import io.chiaro.cli.judging.BaselineJudge;
import io.chiaro.cli.judging.EmbedderJudge;
import io.chiaro.cli.judging.FirstStage;
import io.chiaro.cli.judging.Judge;
import io.chiaro.cli.judging.LateInteractionJudge;
import io.chiaro.cli.judging.RerankerJudge;
import io.chiaro.cli.judging.SparseJudge;
import io.chiaro.cli.judging.StagesJudge;
import io.chiaro.cli.judging.VectorWeight;
import io.chiaro.cli.opening.Fingerprint;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.searching.RerankOptions;
import io.chiaro.eval.Task;
import io.chiaro.model.Embedder;
import io.chiaro.search.Fusion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What is judged.
 *
 * @param told the name or folder of the model, or the name of the baseline
 */
record SuiteSystem(String told, Kind kind) {

    /** What it is. */
    enum Kind {
        BASELINE,
        /** A model of any kind, alone. */
        MODEL,
        /** A model together with BM25. */
        HYBRID
    }

    private static final Set<Task> RANKS = Set.of(Task.RETRIEVAL, Task.RERANK);

    /** As tables call it. */
    String name() {
        return kind == Kind.HYBRID ? told + " with BM25" : told;
    }

    /** Its folder among the results: the name with no character that a path could mean something by. */
    String folder() {
        String plain = name().replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
        return plain.isEmpty() ? "model" : plain;
    }

    /** What tells it from a system of the same name with other weights. */
    String hash() {
        if (kind == Kind.BASELINE) {
            return told;
        }
        if (Files.isDirectory(Path.of(told))) {
            return Fingerprint.of(Path.of(told));
        }
        try (Embedder opened = Models.open(told, 1)) {
            return opened.description().hash();
        }
    }

    /** What judges it on a task; nothing if the task is not for systems of its kind. */
    Optional<Judge> judge(Task task) {
        return switch (kind) {
            case BASELINE ->
                told.equals("bm25") && !RANKS.contains(task)
                        ? Optional.empty()
                        : Optional.of(BaselineJudge.named(task.key(), told));
            case MODEL -> judgeOfModel(task);
            case HYBRID -> task == Task.RETRIEVAL ? Optional.of(judgeOfBoth()) : Optional.empty();
        };
    }

    private Optional<Judge> judgeOfModel(Task task) {
        if (Models.isSparse(told)) {
            return task == Task.RETRIEVAL ? Optional.of(new SparseJudge(told)) : Optional.empty();
        }
        if (Models.isLateInteraction(told) && task == Task.RETRIEVAL) {
            return Optional.of(new LateInteractionJudge(told));
        }
        if (Models.isLateInteraction(told) || Models.isCrossEncoder(told)) {
            return task == Task.RERANK ? Optional.of(new RerankerJudge(told)) : Optional.empty();
        }
        return Optional.of(EmbedderJudge.ofModel(task.key(), told, null, null));
    }

    private Judge judgeOfBoth() {
        VectorWeight even = new VectorWeight(Optional.empty(), Optional.empty());
        FirstStage both = new FirstStage(Optional.of(told), Optional.of(Fusion.SCORES.key()), even);
        return new StagesJudge(both, new RerankOptions());
    }
}
