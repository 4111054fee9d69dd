package io.chiaro.eval;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a user may choose about a judgment; everything stands in the protocol of the report.
 *
 * @param split which part of the data: test, dev or train
 * @param seed of all that is random: held-out parts, k-means, samples
 * @param depth how many documents are ranked a query; at least 100, since the cut-offs go so far
 * @param removeIdenticalIds whether a document with the id of the query is left out of its ranking, as some data sets want
 * @param vote of the nearest-neighbour probe
 * @param clusterRuns how many seeds of k-means are averaged
 * @param threads threads of the scoring, 1 or more; the result does not depend on it
 * @param columns names of columns by what they hold (for example text, label), where the file uses names of its own
 * @param run where the rankings of a retrieval are written in TREC's form
 */
public record EvaluationOptions(
        String split,
        long seed,
        int depth,
        boolean removeIdenticalIds,
        NeighbourVote vote,
        int clusterRuns,
        int threads,
        Map<String, String> columns,
        Optional<Path> run) {

    public EvaluationOptions {
        if (depth < 100 || clusterRuns < 1 || threads < 1) {
            throw new IllegalArgumentException("EvaluationOptions: expected a depth of at least 100 and at least 1 "
                    + "cluster run and thread, but found depth " + depth + ", cluster runs " + clusterRuns
                    + ", threads " + threads);
        }
        columns = Map.copyOf(columns);
    }

    /** The test split, seed 42, depth 100, an even vote of 5 neighbours, 5 runs of k-means, 2 threads, usual column names. */
    public static EvaluationOptions defaults() {
        return new EvaluationOptions("test", 42, 100, false, NeighbourVote.even(5), 5, 2, Map.of(), Optional.empty());
    }

    /** The same with another split. */
    public EvaluationOptions withSplit(String other) {
        return new EvaluationOptions(other, seed, depth, removeIdenticalIds, vote, clusterRuns, threads, columns, run);
    }

    /** The same with another seed. */
    public EvaluationOptions withSeed(long other) {
        return new EvaluationOptions(split, other, depth, removeIdenticalIds, vote, clusterRuns, threads, columns, run);
    }

    /** The same with identical ids removed or kept. */
    public EvaluationOptions withRemoveIdenticalIds(boolean remove) {
        return new EvaluationOptions(split, seed, depth, remove, vote, clusterRuns, threads, columns, run);
    }

    /** The same with another vote of neighbours. */
    public EvaluationOptions withVote(NeighbourVote other) {
        return new EvaluationOptions(split, seed, depth, removeIdenticalIds, other, clusterRuns, threads, columns, run);
    }

    /** The same with another number of threads. */
    public EvaluationOptions withThreads(int other) {
        return new EvaluationOptions(split, seed, depth, removeIdenticalIds, vote, clusterRuns, other, columns, run);
    }

    /** The same with names of columns. */
    public EvaluationOptions withColumns(Map<String, String> names) {
        return new EvaluationOptions(split, seed, depth, removeIdenticalIds, vote, clusterRuns, threads, names, run);
    }

    /** The same, with the rankings of a retrieval written to a file. */
    public EvaluationOptions withRun(Optional<Path> file) {
        return new EvaluationOptions(split, seed, depth, removeIdenticalIds, vote, clusterRuns, threads, columns, file);
    }
}
