package io.chiaro.cli.suite;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.console.Version;
import io.chiaro.cli.judging.Judge;
import io.chiaro.cli.judging.Judgement;
import io.chiaro.cli.judging.Judging;
import io.chiaro.cli.judging.JudgingSettings;
import io.chiaro.cli.judging.Leaks;
import io.chiaro.cli.opening.Fingerprint;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.eval.Evaluation;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.Task;
import io.chiaro.eval.TrecRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Judges every system on every task and keeps what came of it in a folder ({@link SuiteFiles}). A result whose task, data, system, seed
 * and version of the program are those asked for is not made again. Where a task was stopped, it goes on with the vectors that it had.
 */
public final class SuiteRun {

    private static final int SAMPLES = 100_000;

    private final Output output;
    private final Suite suite;
    private final List<SuiteSystem> systems;
    private final Request told;
    private final Map<Path, String> fingerprints = new HashMap<>();
    private final Map<SuiteSystem, String> hashes = new HashMap<>();

    /**
     * What is asked for.
     *
     * @param suite a file or a folder ({@link Suite})
     * @param models names and folders
     * @param hybrids names and folders of models that search together with BM25
     * @param baselines of texts
     * @param out folder of the results
     * @param allowsLeaks whether a model is judged on what it learned from, too
     */
    public record Request(
            Path suite,
            List<String> models,
            List<String> hybrids,
            List<String> baselines,
            Path out,
            boolean allowsLeaks,
            long seed,
            int threads) {}

    /**
     * What came of it.
     *
     * @param document with all figures
     * @param failures what could not be judged, and why
     */
    public record Outcome(Map<String, Object> document, List<String> failures) {}

    private SuiteRun(Output output, Request told) {
        this.output = output;
        this.told = told;
        this.suite = Suite.read(told.suite());
        this.systems = new ArrayList<>();
        told.baselines().forEach(name -> systems.add(new SuiteSystem(name, SuiteSystem.Kind.BASELINE)));
        told.models().forEach(name -> systems.add(new SuiteSystem(name, SuiteSystem.Kind.MODEL)));
        told.hybrids().forEach(name -> systems.add(new SuiteSystem(name, SuiteSystem.Kind.HYBRID)));
        Map<String, String> folders = new HashMap<>();
        for (SuiteSystem system : systems) {
            String other = folders.putIfAbsent(system.folder(), system.name());
            if (other != null) {
                throw ChiaroException.usage("suite: expected systems of different names, but found " + other + " and "
                        + system.name() + ", whose results would lie in one folder, " + system.folder()
                        + ". Leave one out, or write its path in another way.");
            }
        }
    }

    /** Judges what is not there yet, writes the page and says the table. */
    public static Outcome run(Output output, Request told) {
        SuiteRun run = new SuiteRun(output, told);
        OutputFiles.begin(told.out(), SuiteFiles.MARK, "chiaro suite");
        List<SuiteResult> results = run.results();
        SuiteFigures figures = new SuiteFigures(run.systems, run.suite.tasks(), results, run.differences(results));
        figures.page().write(told.out().resolve("index.html"));
        Json.write(told.out().resolve("summary.json"), figures.document());
        output.say(figures.table().stripTrailing());
        output.note("wrote " + told.out().resolve("index.html"));
        return new Outcome(figures.document(), figures.failures());
    }

    private List<SuiteResult> results() {
        List<SuiteResult> results = new ArrayList<>();
        int count = systems.size() * suite.tasks().size();
        for (SuiteSystem system : systems) {
            for (SuiteTask task : suite.tasks()) {
                SuiteResult result = result(system, task);
                results.add(result);
                output.note("[" + results.size() + "/" + count + "] " + system.name() + ", " + task.name() + ": "
                        + shown(result));
            }
        }
        return results;
    }

    /** Each system beside the first that was judged, query by query, where rankings were judged. */
    private List<SuiteDifference> differences(List<SuiteResult> results) {
        List<SuiteDifference> differences = new ArrayList<>();
        for (SuiteTask task : suite.tasks()) {
            List<SuiteSystem> judged = results.stream()
                    .filter(result ->
                            result.task().equals(task) && result.figure().isPresent())
                    .map(SuiteResult::system)
                    .toList();
            if (task.task() == Task.RETRIEVAL && judged.size() > 1) {
                RetrievalData data = RetrievalData.open(Judging.located(told.suite(), task.data()), task.split());
                List<double[]> values = judged.stream()
                        .map(system -> values(system, task, data))
                        .toList();
                for (int i = 1; i < judged.size(); i++) {
                    differences.add(new SuiteDifference(
                            task,
                            judged.get(i),
                            judged.get(0),
                            RandomisationTest.of(values.get(i), values.get(0), SAMPLES, told.seed())));
                }
            }
        }
        return differences;
    }

    /** The main metric of each judged query, by the rankings that are kept. */
    private double[] values(SuiteSystem system, SuiteTask task, RetrievalData data) {
        SuiteFiles files = new SuiteFiles(told.out(), system, hash(system), task);
        TrecRun run = files.kept();
        RankingMetric metric = RankingMetric.of(task.task().mainMetric());
        return data.queries().keySet().stream()
                .mapToDouble(query -> run.value(metric, data, query))
                .toArray();
    }

    private String hash(SuiteSystem system) {
        return hashes.computeIfAbsent(system, SuiteSystem::hash);
    }

    private static String shown(SuiteResult result) {
        return switch (result.state()) {
            case JUDGED, KEPT ->
                String.format(
                        Locale.ROOT,
                        "%s %.4f%s",
                        result.task().task().mainMetric(),
                        result.figure().orElseThrow(),
                        result.state() == SuiteResult.State.KEPT ? ", as it was judged before" : "");
            case NOT_FOR_ITS_KIND -> "not for systems of its kind";
            case FAILED -> "not judged: " + result.why();
        };
    }

    private SuiteResult result(SuiteSystem system, SuiteTask task) {
        try {
            String hash = hash(system);
            Optional<Judge> judge = system.judge(task.task());
            if (judge.isEmpty()) {
                return new SuiteResult(system, task, OptionalDouble.empty(), SuiteResult.State.NOT_FOR_ITS_KIND, "");
            }
            Path data = Judging.located(told.suite(), task.data());
            // Before anything that is kept: what was allowed once is not allowed for ever.
            if (!told.allowsLeaks() && system.kind() != SuiteSystem.Kind.BASELINE) {
                Leaks.refuse(Optional.of(system.told()), data, task.split());
            }
            Map<String, String> key = key(system, hash, task, data);
            SuiteFiles files = new SuiteFiles(told.out(), system, hash, task);
            OptionalDouble kept = files.kept(key);
            if (kept.isPresent()) {
                return new SuiteResult(system, task, kept, SuiteResult.State.KEPT, "");
            }
            double figure = judged(judge.get(), files, task, data, key);
            return new SuiteResult(system, task, OptionalDouble.of(figure), SuiteResult.State.JUDGED, "");
        } catch (ChiaroException e) {
            return failed(system, task, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // One model whose numbers are none must not cost the others an evening.
            return failed(system, task, "unexpected " + e);
        }
    }

    private static SuiteResult failed(SuiteSystem system, SuiteTask task, String why) {
        return new SuiteResult(system, task, OptionalDouble.empty(), SuiteResult.State.FAILED, why);
    }

    /** All that must be equal for a result to be that of the present question. */
    private Map<String, String> key(SuiteSystem system, String hash, SuiteTask task, Path data) {
        Map<String, String> key = new LinkedHashMap<>();
        key.put("task", task.task().key());
        key.put(
                "data-hash",
                fingerprints.computeIfAbsent(data, path -> Fingerprint.of(Evaluation.dependsOn(task.task(), path))));
        key.put("split", task.split());
        key.put("columns", task.columns().toString());
        key.put("system", system.name());
        key.put("system-hash", hash);
        key.put("seed", String.valueOf(told.seed()));
        key.put("languages", suite.languages().toString());
        key.put("program", Version.number());
        return key;
    }

    private double judged(Judge judge, SuiteFiles files, SuiteTask task, Path data, Map<String, String> key) {
        files.clear();
        long start = System.nanoTime();
        Judgement judgement;
        String what = files.system().name() + ", " + task.name();
        try (Progress progress = output.progress(what, "texts embedded", 0)) {
            judgement = judge.judge(new JudgingSettings(
                    data,
                    task.columns(),
                    task.split(),
                    Optional.empty(),
                    files.run(),
                    Optional.empty(),
                    Optional.of(new JudgingSettings.KeptAnswers(files.answers(), key.toString(), progress::more)),
                    told.seed(),
                    told.threads()));
        }
        double seconds = Math.round((System.nanoTime() - start) / 1e8) / 10.0;
        files.write(judgement, key, suite.languages(), seconds);
        return judgement.report().metric(task.task().mainMetric());
    }
}
