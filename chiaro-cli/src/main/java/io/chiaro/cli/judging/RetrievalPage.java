package io.chiaro.cli.judging;

import io.chiaro.eval.JudgedQuery;
import io.chiaro.eval.JudgedQuery.Placed;
import io.chiaro.eval.Protocol;
import io.chiaro.eval.RetrievalData;
import io.chiaro.eval.RetrievalJudgement;
import io.chiaro.model.Document;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The page of a judgement of retrieval: figures, nDCG@10 of the queries, and those that lost most of it. */
final class RetrievalPage {

    private static final int SHOWN = 25;
    private static final int LONGEST_TEXT = 300;
    private static final String NONE = "none";

    private RetrievalPage() {}

    static void write(RetrievalJudgement judged, RetrievalData data, Path file) {
        Protocol protocol = judged.report().protocol();
        List<JudgedQuery> worst = judged.worst(SHOWN);
        Map<String, String> texts = texts(data, worst);
        HtmlReport.Builder page = HtmlReport.builder(
                "Retrieval judged by " + protocol.system().split("[(,]", 2)[0].strip(),
                protocol.data() + " (" + protocol.split() + "), "
                        + judged.queries().size() + " queries");
        page.figures(judged.report().metrics().entrySet().stream()
                .filter(metric -> metric.getKey().contains("@"))
                .map(metric -> new HtmlReport.Figure(metric.getKey(), HtmlReport.number(metric.getValue()), ""))
                .toList());
        page.plots(List.of(Plot.histogram("Queries", "nDCG@10")
                .histogram(
                        "this system",
                        judged.queries().stream().mapToDouble(JudgedQuery::ndcg).toArray())));
        page.section(
                "Where it loses most",
                "The queries with the lowest nDCG@10; of each the first hit that is not relevant, and the relevant document"
                        + " whose place cost most. A hit that nobody judged counts as wrong, and may be right.");
        if (worst.isEmpty()) {
            page.text("No query lost anything.");
        } else {
            page.table(
                    "Queries",
                    List.of("nDCG@10", "query", "first wrong hit", "missing right one"),
                    worst.stream()
                            .map(query -> List.of(
                                    String.format(Locale.ROOT, "%.3f", query.ndcg()),
                                    beginning(query.text()),
                                    cell(query.firstWrong(), texts, query),
                                    cell(query.costliest(), texts, query)))
                            .toList());
        }
        page.keyValues("Protocol", protocol.settings());
        page.write(file);
    }

    private static String cell(Optional<Placed> document, Map<String, String> texts, JudgedQuery query) {
        return document.map(placed -> (placed.rank().isPresent()
                                ? "rank " + placed.rank().getAsInt()
                                : "not among " + query.hits().size() + " hits")
                        + (placed.grade().isPresent()
                                ? ", grade " + placed.grade().getAsInt()
                                : ", not judged") + ", "
                        + placed.id() + ": "
                        + texts.getOrDefault(placed.id(), "not in the collection"))
                .orElse(NONE);
    }

    /** The beginnings of the documents that are shown; the collection may be larger than memory. */
    private static Map<String, String> texts(RetrievalData data, List<JudgedQuery> queries) {
        Set<String> wanted = new HashSet<>();
        for (JudgedQuery query : queries) {
            Stream.concat(query.firstWrong().stream(), query.costliest().stream())
                    .map(Placed::id)
                    .forEach(wanted::add);
        }
        Map<String, String> texts = new HashMap<>();
        try (Stream<Document> documents = data.documents()) {
            documents
                    .filter(document -> wanted.contains(document.id()))
                    .forEach(document -> texts.put(document.id(), beginning(document.content())));
        }
        return texts;
    }

    private static String beginning(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line;
    }
}
