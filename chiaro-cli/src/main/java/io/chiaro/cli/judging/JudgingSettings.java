package io.chiaro.cli.judging;

import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.NeighbourVote;
import io.chiaro.eval.RetrievalData;
import io.chiaro.model.Embedder;
import io.chiaro.model.ReplayedEmbedder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * On what something is judged, and where what was found goes.
 *
 * @param data as told; looked for when it is needed
 * @param columns names of columns by what they hold
 * @param split which part of the data
 * @param vote how neighbours vote on a class; as usual if empty
 * @param run where the rankings of a retrieval go
 * @param page where a page of it goes
 * @param answers where a model's vectors are kept until the task is judged, so that a stopped one goes on; nowhere if empty
 * @param seed of all that is random
 * @param threads of the computing
 */
public record JudgingSettings(
        Path data,
        Map<String, String> columns,
        String split,
        Optional<NeighbourVote> vote,
        Optional<Path> run,
        Optional<Path> page,
        Optional<KeptAnswers> answers,
        long seed,
        int threads) {

    /**
     * Where a model's vectors are kept.
     *
     * @param made all that they depend on besides their texts
     * @param embedded hears how many texts more have vectors
     */
    public record KeptAnswers(Path file, String made, LongConsumer embedded) {}

    Path located() {
        return Judging.located(data);
    }

    RetrievalData collection() {
        return RetrievalData.open(located(), split);
    }

    EvaluationOptions options() {
        EvaluationOptions usual = EvaluationOptions.defaults();
        return usual.withVote(vote.orElse(usual.vote()))
                .withSplit(split)
                .withSeed(seed)
                .withThreads(threads)
                .withColumns(columns)
                .withRun(run);
    }

    /** The model with its vectors kept, where they are to be. */
    Embedder keeping(Embedder embedder) {
        try {
            return answers.<Embedder>map(kept -> new CountedEmbedder(
                            ReplayedEmbedder.open(embedder, kept.file(), kept.made()), kept.embedded()))
                    .orElse(embedder);
        } catch (RuntimeException e) {
            embedder.close();
            throw e;
        }
    }
}
