package io.chiaro.cli.quickstart;

import io.chiaro.core.AtomicFiles;
import io.chiaro.eval.Report;
import io.chiaro.model.Hit;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The quickstart's report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
final class QuickstartPage {

    private static final Map<String, String> NAMES = Map.of(
            "random", "Random encoder",
            "bm25", "BM25",
            "base", "Base model",
            "tuned", "Tuned model");

    private QuickstartPage() {}

    static void write(
            Path file,
            ReverseDictionary.Counts counts,
            Map<String, Report> reports,
            Map<String, List<List<Hit>>> answers) {
        AtomicFiles.write(file, page(counts, reports, answers));
    }

    static String page(
            ReverseDictionary.Counts counts, Map<String, Report> reports, Map<String, List<List<Hit>>> answers) {
        StringBuilder page = new StringBuilder();
        page.append("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Chiaro quickstart</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
                table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
                th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
                td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
                .bar { background: #d9c48f; height: .8rem; } .tuned .bar { background: #8a6d1d; }
                @media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #ddd; } th, td { border-color: #444; } }
                </style></head><body>
                <h1>A reverse dictionary</h1>
                <p>From a definition, find the word among all lemmas of WordNet 3.1.</p>
                """);
        figures(page, reports);
        answers(page, answers);
        page.append("<h2>How it was measured</h2>\n<ul>\n");
        counts.lines().forEach(line -> page.append("<li>").append(escaped(line)).append("</li>\n"));
        page.append("</ul>\n");
        reports.forEach((name, report) -> {
            page.append("<h3>").append(NAMES.getOrDefault(name, name)).append("</h3>\n<p>");
            page.append(escaped(report.protocol().system()))
                    .append("; ")
                    .append(escaped(report.protocol().data()));
            page.append("</p>\n<ul>\n");
            report.protocol()
                    .settings()
                    .forEach((key, value) -> page.append("<li>")
                            .append(escaped(key + ": " + value))
                            .append("</li>\n"));
            page.append("</ul>\n");
        });
        return page.append("</body></html>\n").toString();
    }

    private static void figures(StringBuilder page, Map<String, Report> reports) {
        List<String> keys = List.of("ndcg@10", "mrr@10", "recall@10", "recall@100");
        page.append("<table>\n<tr><th></th>");
        keys.forEach(key -> page.append("<th class=\"number\">").append(key).append("</th>"));
        page.append("<th style=\"width: 35%\">ndcg@10</th></tr>\n");
        double best = reports.values().stream()
                .mapToDouble(report -> report.metric("ndcg@10"))
                .max()
                .orElse(1);
        reports.forEach((name, report) -> {
            page.append("<tr class=\"").append(name).append("\"><td>").append(NAMES.getOrDefault(name, name));
            page.append("</td>");
            keys.forEach(key ->
                    page.append(String.format(Locale.ROOT, "<td class=\"number\">%.4f</td>", report.metric(key))));
            double width = best > 0 ? 100 * report.metric("ndcg@10") / best : 0;
            page.append(String.format(
                    Locale.ROOT, "<td><div class=\"bar\" style=\"width: %.1f%%\"></div></td></tr>%n", width));
        });
        page.append("</table>\n");
    }

    private static void answers(StringBuilder page, Map<String, List<List<Hit>>> answers) {
        page.append("<h2>Six descriptions</h2>\n<table>\n<tr><th>description</th>");
        answers.keySet()
                .forEach(name -> page.append("<th>")
                        .append(NAMES.getOrDefault(name, name))
                        .append("</th>"));
        page.append("</tr>\n");
        for (int i = 0; i < Quickstart.DESCRIPTIONS.size(); i++) {
            page.append("<tr><td>")
                    .append(escaped(Quickstart.DESCRIPTIONS.get(i)))
                    .append("</td>");
            for (List<List<Hit>> hits : answers.values()) {
                page.append("<td>").append(escaped(Quickstart.ids(hits.get(i)))).append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
