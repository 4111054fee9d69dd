package io.chiaro.cli.inspection;

import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was found: figures for the document and the table, pictures for the page, and what was left out and why. */
public final class Findings {

    /** A row of the table. */
    private record Line(String name, String value, String words) {}

    private record Bars(String heading, List<HtmlReport.Bar> bars) {}

    private record Section(String heading, String text, List<Plot> plots, List<Bars> bars) {}

    private final Map<String, Object> document = new LinkedHashMap<>();
    private final List<HtmlReport.Figure> headline = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final Map<Diagnostic, String> leftOut = new LinkedHashMap<>();

    /** A figure of its own name. */
    public void figure(Diagnostic diagnostic, double value) {
        document.put(diagnostic.key(), value);
        headline.add(new HtmlReport.Figure(diagnostic.key(), HtmlReport.number(value), diagnostic.words()));
        line(diagnostic.key(), value, diagnostic.words());
    }

    /** Figures or a record under the name of a diagnostic. */
    public void put(Diagnostic diagnostic, Object values) {
        put(diagnostic.key(), values);
    }

    /** The same under another name. */
    void put(String name, Object values) {
        document.put(name, values);
    }

    /** A row of the table. */
    public void line(String name, double value, String words) {
        lines.add(new Line(name, HtmlReport.number(value), words));
    }

    /** A section of the page. */
    public void section(String heading, String text, Plot... plots) {
        sections.add(new Section(heading, text, List.of(plots), new ArrayList<>()));
    }

    /** Bars below the pictures of the last section; a value that is missing has none. */
    void bars(String heading, List<String> names, double[] values) {
        List<HtmlReport.Bar> bars = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                bars.add(new HtmlReport.Bar(names.get(i), values[i], true));
            }
        }
        sections.get(sections.size() - 1).bars().add(new Bars(heading, bars));
    }

    /** Says that a diagnostic could not be made. */
    public void leaveOut(Diagnostic diagnostic, String reason) {
        leftOut.put(diagnostic, reason);
    }

    /** Whether a diagnostic has been made or left out. */
    boolean settled(Diagnostic diagnostic) {
        return document.containsKey(diagnostic.key()) || leftOut.containsKey(diagnostic);
    }

    /** All figures, each under its name in kebab case, and what was left out. */
    public Map<String, Object> document() {
        Map<String, Object> all = new LinkedHashMap<>(document);
        Map<String, Object> reasons = new LinkedHashMap<>();
        leftOut.forEach((diagnostic, reason) -> reasons.put(diagnostic.key(), reason));
        all.put("left-out", reasons);
        return all;
    }

    /** The table for people. */
    public String table() {
        int widestName =
                lines.stream().mapToInt(line -> line.name().length()).max().orElse(1);
        int widestValue =
                lines.stream().mapToInt(line -> line.value().length()).max().orElse(1);
        StringBuilder table = new StringBuilder();
        for (Line line : lines) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-" + widestName + "s  %" + widestValue + "s  %s%n",
                    line.name(),
                    line.value(),
                    line.words()));
        }
        leftOut.forEach((diagnostic, reason) ->
                table.append(String.format(Locale.ROOT, "left out: %s (%s)%n", diagnostic.key(), reason)));
        return table.toString();
    }

    /** Writes the page. */
    public void write(Path file, String title, String subtitle, Map<String, String> protocol) {
        HtmlReport.Builder page = HtmlReport.builder(title, subtitle);
        page.figures(headline);
        for (Section section : sections) {
            page.section(section.heading(), section.text());
            if (!section.plots().isEmpty()) {
                page.plots(section.plots());
            }
            section.bars().forEach(bars -> page.bars(bars.heading(), bars.bars(), ""));
        }
        page.section("All figures", "");
        page.table(
                "",
                List.of("figure", "value", "what it says"),
                lines.stream()
                        .map(line -> List.of(line.name(), line.value(), line.words()))
                        .toList());
        if (!leftOut.isEmpty()) {
            page.table(
                    "Left out",
                    List.of("diagnostic", "why"),
                    leftOut.entrySet().stream()
                            .map(entry -> List.of(entry.getKey().key(), entry.getValue()))
                            .toList());
        }
        page.section("How it was made", "");
        page.keyValues("", protocol);
        page.write(file);
    }
}
