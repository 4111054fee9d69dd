package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.Task;
import io.chiaro.eval.TrecRun;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One run, of whatever tool, with the judgments of its queries: what versus reads, and its figures where it is alone. */
final class JudgedRun {

    private JudgedRun() {}

    static Object run(Output output, VersusCommand told) {
        if (told.out != null) {
            throw ChiaroException.usage("--out: the page shows where two runs differ, but there is no second run."
                    + " Give one, or leave --out out.");
        }
        Set<String> keys = new LinkedHashSet<>();
        // The other figures of the task are of vectors, which a run does not hold.
        Task.RETRIEVAL.metrics().stream().filter(key -> key.contains("@")).forEach(keys::add);
        keys.add(RankingMetric.of(told.metric).key());
        RetrievalData data = judgments(told);
        TrecRun run = read(told.first, data);
        Map<String, Object> document = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%s over %d queries%n", run.tag(), data.queries().size()));
        for (String key : keys) {
            double mean = mean(RankingMetric.of(key), run, data);
            document.put(key, mean);
            table.append(String.format(Locale.ROOT, "  %-12s %.4f%n", key, mean));
        }
        table.append(missing(run, data));
        output.say(table.toString().stripTrailing());
        document.put("lacks", lacks(run, data));
        document.put(
                "protocol",
                Map.of(
                        "run",
                        told.first.toString(),
                        "system",
                        run.tag(),
                        "queries",
                        data.queries().size(),
                        "data",
                        data.name(),
                        "split",
                        data.split()));
        return document;
    }

    private static double mean(RankingMetric metric, TrecRun run, RetrievalData data) {
        return data.queries().keySet().stream()
                .mapToDouble(query -> run.value(metric, data, query))
                .average()
                .orElse(0);
    }

    /** The judgments, with the collection or alone. */
    static RetrievalData judgments(VersusCommand told) {
        Path folder = told.data;
        Path file = told.qrels;
        String split = told.split;
        if (folder != null && file == null) {
            return RetrievalData.open(Judging.located(folder), split == null ? "test" : split);
        }
        if (file != null && split != null) {
            throw ChiaroException.usage("--split: has no effect with --qrels, which is one file. Leave it out.");
        }
        if (file != null && folder == null) {
            return RetrievalData.judged(Judging.located(file));
        }
        throw ChiaroException.usage("versus: expected the judgments by --data DIR or by --qrels FILE, but found "
                + (folder == null && file == null ? "neither" : "both") + ". Give one.");
    }

    /** A run of which at least one query is judged. */
    static TrecRun read(Path file, RetrievalData data) {
        TrecRun run = TrecRun.read(file);
        if (run.rankings().keySet().stream().noneMatch(data.queries()::containsKey)) {
            throw ChiaroException.data(file + ": expected rankings of the queries that " + data.name()
                    + (data.split().isEmpty() ? "" : " (" + data.split() + ")")
                    + " judges, but found none of them. Take the run of these data.");
        }
        return run;
    }

    /** How many judged queries a run ranks nothing for. */
    static long lacks(TrecRun run, RetrievalData data) {
        return data.queries().keySet().stream()
                .filter(query -> !run.rankings().containsKey(query))
                .count();
    }

    /** What a run lacks, since its queries without a ranking count as found nothing; empty if it lacks none. */
    static String missing(TrecRun run, RetrievalData data) {
        long lacks = lacks(run, data);
        return lacks == 0
                ? ""
                : String.format(
                        Locale.ROOT, "  %s ranks nothing for %d of the queries, which count as 0%n", run.tag(), lacks);
    }
}
