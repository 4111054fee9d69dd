package io.chiaro.cli.judging;

import io.chiaro.eval.EvaluationOptions;
import io.chiaro.eval.RetrievalData;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * On what something is judged, and where what was found goes.
 *
 * @param data as told; looked for when it is needed
 * @param columns names of columns by what they hold
 * @param split which part of the data
 * @param run where the rankings of a retrieval go
 * @param page where a page of it goes
 * @param seed of all that is random
 * @param threads of the computing
 */
public record JudgingSettings(
        Path data,
        Map<String, String> columns,
        String split,
        Optional<Path> run,
        Optional<Path> page,
        long seed,
        int threads) {

    Path located() {
        return Judging.located(data);
    }

    RetrievalData collection() {
        return RetrievalData.open(located(), split);
    }

    EvaluationOptions options() {
        return EvaluationOptions.defaults()
                .withSplit(split)
                .withSeed(seed)
                .withThreads(threads)
                .withColumns(columns)
                .withRun(run);
    }
}
