package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.core.metric.RandomisationTest;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.TrecRun;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.train.HtmlReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Two runs over the same judged queries, and whether they differ. */
final class Versus {

    private static final int SHOWN = 15;
    private static final int HITS_SHOWN = 5;
    private static final int LONGEST_TEXT = 160;
    private static final double SURE = 0.05;

    private final RetrievalData data;
    private final RankingMetric metric;
    private final TrecRun first;
    private final TrecRun second;
    private final List<Outcome> outcomes;
    private final RandomisationTest test;

    /** A query with the value of each system. */
    private record Outcome(String query, double first, double second) {
        double difference() {
            return first - second;
        }
    }

    private Versus(RetrievalData data, RankingMetric metric, TrecRun first, TrecRun second, int samples, long seed) {
        this.data = data;
        this.metric = metric;
        this.first = first;
        this.second = second;
        this.outcomes = data.queries().keySet().stream()
                .map(query -> new Outcome(query, first.value(metric, data, query), second.value(metric, data, query)))
                .toList();
        this.test = RandomisationTest.of(
                outcomes.stream().mapToDouble(Outcome::first).toArray(),
                outcomes.stream().mapToDouble(Outcome::second).toArray(),
                samples,
                seed);
    }

    static Object run(Output output, VersusCommand told, Path second) {
        RankingMetric metric = RankingMetric.of(told.metric);
        RetrievalData data = JudgedRun.judgments(told);
        TrecRun one = JudgedRun.read(told.first, data);
        TrecRun other = JudgedRun.read(second, data);
        // Runs of one system are told apart by their files.
        boolean alike = one.tag().equals(other.tag());
        Versus versus = new Versus(
                data,
                metric,
                alike ? one.named(told.first.toString()) : one,
                alike ? other.named(second.toString()) : other,
                told.samples,
                told.seed);
        output.say(versus.table().stripTrailing());
        Path out = told.out;
        if (out != null) {
            versus.page().write(out);
            output.note("wrote " + out);
        }
        return versus.document(told, second);
    }

    private double mean(ToDoubleFunction<Outcome> side) {
        return outcomes.stream().mapToDouble(side).average().orElse(0);
    }

    private long count(Predicate<Outcome> which) {
        return outcomes.stream().filter(which).count();
    }

    private String verdict() {
        return test.p() < SURE
                ? (test.difference() > 0 ? "the first is better" : "the second is better")
                : "no difference that chance would not make";
    }

    private String table() {
        return String.format(
                Locale.ROOT,
                "%s over %d queries%n  first   %-24s %.4f%n  second  %-24s %.4f%n  difference %+.4f, p = %s (%s): %s%n"
                        + "  the first wins %d, the second %d, %d are even%n%s",
                metric.key(),
                outcomes.size(),
                first.tag(),
                mean(Outcome::first),
                second.tag(),
                mean(Outcome::second),
                test.difference(),
                HtmlReport.number(test.p()),
                test.exact()
                        ? "randomisation test, all assignments of signs"
                        : String.format(
                                Locale.ROOT, "randomisation test, %,d assignments of signs", test.assignments()),
                verdict(),
                count(outcome -> outcome.difference() > 0),
                count(outcome -> outcome.difference() < 0),
                count(outcome -> outcome.difference() == 0),
                JudgedRun.missing(first, data) + JudgedRun.missing(second, data));
    }

    private Map<String, Object> document(VersusCommand told, Path other) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("metric", metric.key());
        document.put("first", mean(Outcome::first));
        document.put("second", mean(Outcome::second));
        document.put("first-lacks", JudgedRun.lacks(first, data));
        document.put("second-lacks", JudgedRun.lacks(second, data));
        document.put("difference", test.difference());
        document.put("p", test.p());
        document.put("wins", count(outcome -> outcome.difference() > 0));
        document.put("losses", count(outcome -> outcome.difference() < 0));
        document.put("ties", count(outcome -> outcome.difference() == 0));
        document.put(
                "protocol",
                Map.of(
                        "test",
                        "paired randomisation test, two-sided",
                        "exact",
                        test.exact(),
                        "assignments",
                        test.assignments(),
                        "queries",
                        outcomes.size(),
                        "data",
                        data.name(),
                        "split",
                        data.split(),
                        "runs",
                        List.of(told.first.toString(), other.toString()),
                        "seed",
                        told.seed));
        return document;
    }

    private HtmlReport.Builder page() {
        List<Outcome> told = outcomes.stream()
                .filter(outcome -> outcome.difference() != 0)
                .sorted(Comparator.comparingDouble(outcome -> -Math.abs(outcome.difference())))
                .limit(2L * SHOWN)
                .toList();
        Map<String, String> texts = texts(told);
        HtmlReport.Builder page = HtmlReport.builder(
                first.tag() + " versus " + second.tag(),
                metric.key() + " on " + data.name()
                        + (data.split().isEmpty() ? "" : " (" + data.split() + ")") + ", " + outcomes.size()
                        + " queries");
        page.figures(List.of(
                new HtmlReport.Figure("first", HtmlReport.number(mean(Outcome::first)), first.tag()),
                new HtmlReport.Figure("second", HtmlReport.number(mean(Outcome::second)), second.tag()),
                new HtmlReport.Figure(
                        "difference",
                        String.format(Locale.ROOT, "%+.4f", test.difference()),
                        "p = " + HtmlReport.number(test.p())),
                new HtmlReport.Figure(
                        "wins",
                        count(outcome -> outcome.difference() > 0) + " : " + count(outcome -> outcome.difference() < 0),
                        count(outcome -> outcome.difference() == 0) + " even")));
        page.section(
                "Where they differ most",
                "The first " + HITS_SHOWN + " documents of each system; what the judgments call relevant is marked.");
        for (Outcome outcome : told) {
            page.sideBySide(
                    String.format(
                            Locale.ROOT,
                            "%s  (%.3f against %.3f)",
                            data.queries().get(outcome.query()),
                            outcome.first(),
                            outcome.second()),
                    List.of(answers(first, outcome.query(), texts), answers(second, outcome.query(), texts)));
        }
        return page;
    }

    private HtmlReport.Answers answers(TrecRun run, String query, Map<String, String> texts) {
        Map<String, Integer> grades = Objects.requireNonNull(data.judgments().get(query));
        List<String> items = new ArrayList<>();
        List<String> correct = new ArrayList<>();
        for (Hit hit : top(run, query)) {
            String text = texts.getOrDefault(hit.id(), hit.id());
            items.add(text);
            if (grades.getOrDefault(hit.id(), 0) > 0) {
                correct.add(text);
            }
        }
        return new HtmlReport.Answers(run.tag(), items, correct);
    }

    private static List<Hit> top(TrecRun run, String query) {
        List<Hit> hits = run.rankings().getOrDefault(query, List.of());
        return hits.subList(0, Math.min(HITS_SHOWN, hits.size()));
    }

    /** The beginnings of the documents that are shown. */
    private Map<String, String> texts(List<Outcome> told) {
        Set<String> wanted = new HashSet<>();
        for (Outcome outcome : told) {
            top(first, outcome.query()).forEach(hit -> wanted.add(hit.id()));
            top(second, outcome.query()).forEach(hit -> wanted.add(hit.id()));
        }
        Map<String, String> texts = new HashMap<>();
        try (Stream<Document> documents = data.documents()) {
            documents
                    .filter(document -> wanted.contains(document.id()))
                    .forEach(document -> texts.put(document.id(), beginning(document)));
        }
        return texts;
    }

    private static String beginning(Document document) {
        String text = document.id() + "  " + document.content().replaceAll("\\s+", " ");
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
    }
}
