package io.chiaro.cli.suite;

import io.chiaro.core.TextTable;
import io.chiaro.train.HtmlReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What came of a suite: a row a task, a column a system.
 *
 * @param results of every system at every task
 * @param differences of systems from the first one, where queries were judged
 */
record SuiteFigures(
        List<SuiteSystem> systems,
        List<SuiteTask> tasks,
        List<SuiteResult> results,
        List<SuiteDifference> differences) {

    /** What a page sets in a column of numbers. */
    private static final String MISSING = "\u2013";

    private static final List<String> DIFFERENCE_HEAD = List.of("task", "system", "beside", "difference", "p");

    SuiteFigures {
        systems = List.copyOf(systems);
        tasks = List.copyOf(tasks);
        results = List.copyOf(results);
        differences = List.copyOf(differences);
    }

    private SuiteResult result(SuiteSystem system, SuiteTask task) {
        return results.stream()
                .filter(result ->
                        result.system().equals(system) && result.task().equals(task))
                .findFirst()
                .orElseThrow();
    }

    /** The mean over the tasks that every system was judged on; none if there is no such task. */
    private OptionalDouble mean(SuiteSystem system) {
        return shared().stream()
                .mapToDouble(task -> result(system, task).figure().orElseThrow())
                .average();
    }

    private List<SuiteTask> shared() {
        return tasks.stream()
                .filter(task -> systems.stream()
                        .allMatch(system -> result(system, task).figure().isPresent()))
                .toList();
    }

    /** What could not be judged, with the reason. */
    List<String> failures() {
        return results.stream()
                .filter(result -> result.state() == SuiteResult.State.FAILED)
                .map(result -> result.system().name() + ", " + result.task().name() + ": " + result.why())
                .toList();
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of("task", "metric"));
        systems.forEach(system -> head.add(system.name()));
        return head;
    }

    private List<List<String>> rows(String missing) {
        List<List<String>> rows = new ArrayList<>();
        for (SuiteTask task : tasks) {
            List<String> row = new ArrayList<>(List.of(task.name(), task.task().mainMetric()));
            systems.forEach(system -> row.add(cell(result(system, task).figure(), missing)));
            rows.add(row);
        }
        List<String> means = new ArrayList<>(List.of("mean of " + shared().size(), ""));
        systems.forEach(system -> means.add(cell(mean(system), missing)));
        rows.add(means);
        return rows;
    }

    private static String cell(OptionalDouble figure, String missing) {
        return figure.isPresent() ? String.format(Locale.ROOT, "%.4f", figure.getAsDouble()) : missing;
    }

    private List<List<String>> differenceRows() {
        return differences.stream()
                .map(one -> List.of(
                        one.task().name(),
                        one.system().name(),
                        one.from().name(),
                        String.format(Locale.ROOT, "%+.4f", one.test().difference()),
                        HtmlReport.number(one.test().p())))
                .toList();
    }

    /** For people at a terminal. */
    String table() {
        List<List<String>> lines = new ArrayList<>(List.of(head()));
        lines.addAll(rows("-"));
        StringBuilder text = new StringBuilder(TextTable.of(lines));
        if (!differences.isEmpty()) {
            List<List<String>> beside = new ArrayList<>(List.of(DIFFERENCE_HEAD));
            beside.addAll(differenceRows());
            text.append('\n').append(TextTable.of(beside));
        }
        failures()
                .forEach(failure -> text.append("not judged: ").append(failure).append('\n'));
        return text.toString();
    }

    HtmlReport.Builder page() {
        HtmlReport.Builder page =
                HtmlReport.builder("Systems on a suite", systems.size() + " systems, " + tasks.size() + " tasks");
        page.section(
                "Figures",
                "The main metric of each task; the mean is over the tasks that every system was judged on. A dash where a task is not for"
                        + " a system's kind, or could not be judged.");
        page.table("Main metrics", head(), rows(MISSING));
        if (!shared().isEmpty()) {
            page.bars(
                    "Mean over what all were judged on",
                    systems.stream()
                            .map(system -> new HtmlReport.Bar(
                                    system.name(), mean(system).orElseThrow(), false))
                            .toList(),
                    "");
        }
        if (!differences.isEmpty()) {
            page.section(
                    "Differences",
                    "Of the main metric, over the same queries; p of the paired randomisation test. The more systems are looked at, the"
                            + " more of them differ by chance.");
            page.table("Beside the first system", DIFFERENCE_HEAD, differenceRows());
        }
        if (!failures().isEmpty()) {
            page.section("Not judged", "");
            failures().forEach(page::text);
        }
        return page;
    }

    /**
     * {@code {"figures": {TASK: {SYSTEM: number}}, "mean": {SYSTEM: number}, "mean-of": [TASK], "differences": [{"task", "system", "beside",
     * "difference", "p"}], "not-judged": [...]}}.
     */
    Map<String, Object> document() {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (SuiteTask task : tasks) {
            Map<String, Object> of = new LinkedHashMap<>();
            systems.forEach(system -> result(system, task).figure().ifPresent(figure -> of.put(system.name(), figure)));
            figures.put(task.name(), of);
        }
        Map<String, Object> means = new LinkedHashMap<>();
        systems.forEach(system -> mean(system).ifPresent(mean -> means.put(system.name(), mean)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("figures", figures);
        document.put("mean", means);
        document.put("mean-of", shared().stream().map(SuiteTask::name).toList());
        document.put(
                "differences",
                differences.stream()
                        .map(one -> Map.of(
                                "task",
                                one.task().name(),
                                "system",
                                one.system().name(),
                                "beside",
                                one.from().name(),
                                "difference",
                                one.test().difference(),
                                "p",
                                one.test().p()))
                        .toList());
        document.put("not-judged", failures());
        return document;
    }
}
