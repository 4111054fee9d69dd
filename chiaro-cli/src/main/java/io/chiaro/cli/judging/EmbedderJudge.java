package io.chiaro.cli.judging;

import io.chiaro.cli.opening.Models;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.PairJudgement;
import io.chiaro.eval.RandomEncoder;
import io.chiaro.eval.Report;
import io.chiaro.eval.Task;
import io.chiaro.model.Embedder;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Judges what makes one vector of a text, on any task. */
public final class EmbedderJudge implements Judge {

    private static final int RANDOM_DIMENSION = 384;

    private final Task task;
    private final Function<JudgingSettings, Embedder> opening;

    private EmbedderJudge(Task task, Function<JudgingSettings, Embedder> opening) {
        this.task = task;
        this.opening = opening;
    }

    /**
     * A model of a name or a folder.
     *
     * @param first how many of the first numbers are kept, or null for all
     * @param active how many numbers of a sparse code are not zero, or null for no code
     */
    public static EmbedderJudge ofModel(String task, String model, @Nullable Integer first, @Nullable Integer active) {
        return new EmbedderJudge(Task.of(task), on -> Models.open(model, on.threads(), first, active));
    }

    /** The baseline that gives every word a random vector. */
    static EmbedderJudge ofRandomVectors(Task task) {
        return new EmbedderJudge(task, on -> RandomEncoder.create(RANDOM_DIMENSION, on.seed()));
    }

    @Override
    public Judgement judge(JudgingSettings on) {
        try (Embedder embedder = on.keeping(opening.apply(on))) {
            return Judgement.of(report(embedder, on));
        }
    }

    private Report report(Embedder embedder, JudgingSettings on) {
        if (on.page().isEmpty()) {
            return Evaluation.run(task, on.located(), on.options(), embedder);
        }
        return task == Task.RETRIEVAL
                ? RetrievalReports.of(embedder, on.collection(), on)
                : pairs(embedder, on, on.page().get());
    }

    private static Report pairs(Embedder embedder, JudgingSettings on, Path page) {
        PairJudgement judged = Evaluation.pairs(on.located(), on.options(), embedder);
        PairPage.write(judged, page);
        return judged.report();
    }
}
