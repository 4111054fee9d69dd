package io.chiaro.train;

import io.chiaro.core.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere, so it can be mailed,
 * archived and opened without a network. It reads on a phone, prints, and follows the reader's light or dark setting.
 * Everything that is handed over is text and is escaped.
 *
 * <pre>{@code
 * HtmlReport.builder("Reverse dictionary", "2,000 test definitions")
 *     .figures(List.of(new HtmlReport.Figure("ndcg@10", "0.412", "base 0.305")))
 *     .section("Results", "Higher is better.")
 *     .table("Systems", List.of("system", "ndcg@10"), rows)
 *     .plots(List.of(plot))
 *     .write(Path.of("report.html"));
 * }</pre>
 *
 * <p>A builder is mutable and belongs to one thread.
 */
public final class HtmlReport {

    private static final Pattern NUMBER = Pattern.compile(
            "[-+\u2212]?[0-9][0-9.,]*([eE][-+]?[0-9]+)?( ?[%kMG]i?B?)?" + "( \u00b1 [0-9.]+)?|NaN|\u2013|");

    private HtmlReport() {}

    /** An empty report. */
    public static Builder builder(String title, String subtitle) {
        return new Builder(title, subtitle);
    }

    /**
     * A headline number.
     *
     * @param note what to compare it with; may be empty
     */
    public record Figure(String label, String value, String note) {}

    /**
     * A bar of a bar chart.
     *
     * @param highlighted whether it is the one that the reader looks for
     */
    public record Bar(String label, double value, boolean highlighted) {}

    /**
     * A list beside others, for example the hits of one system.
     *
     * @param items from the first rank on
     * @param correct the items that are right; they are marked
     */
    public record Answers(String title, List<String> items, List<String> correct) {
        public Answers {
            items = List.copyOf(items);
            correct = List.copyOf(correct);
        }
    }

    /** Takes the parts of a report in the order of the page. */
    public static final class Builder {
        private final String title;
        private final String subtitle;
        private final StringBuilder body = new StringBuilder();
        private boolean inSection;

        private Builder(String title, String subtitle) {
            this.title = title;
            this.subtitle = subtitle;
        }

        /** Headline numbers, side by side. */
        public Builder figures(List<Figure> figures) {
            body.append("<dl class=\"figures\">");
            for (Figure figure : figures) {
                body.append("<div><dt>").append(escape(figure.label())).append("</dt><dd>");
                body.append(escape(figure.value())).append("</dd>");
                if (!figure.note().isEmpty()) {
                    body.append("<dd class=\"note\">")
                            .append(escape(figure.note()))
                            .append("</dd>");
                }
                body.append("</div>");
            }
            body.append("</dl>\n");
            return this;
        }

        /** Begins a section; what follows belongs to it. The text may be empty. */
        public Builder section(String heading, String text) {
            endSection();
            inSection = true;
            body.append("<section><h2>").append(escape(heading)).append("</h2>\n");
            return text.isEmpty() ? this : text(text);
        }

        /** A paragraph. */
        public Builder text(String text) {
            body.append("<p>").append(escape(text)).append("</p>\n");
            return this;
        }

        /** A table; a column whose cells are all numbers is set flush right. Each row has a cell for each column. */
        public Builder table(String caption, List<String> columns, List<List<String>> rows) {
            return table(caption, columns, rows, -1);
        }

        /** A table of which one row, counted from 0, is highlighted; -1 for none. */
        public Builder table(String caption, List<String> columns, List<List<String>> rows, int highlighted) {
            for (int i = 0; i < rows.size(); i++) {
                if (rows.get(i).size() != columns.size()) {
                    throw new IllegalArgumentException("HtmlReport.table: expected " + columns.size() + " cells in row "
                            + i + ", but got " + rows.get(i).size());
                }
            }
            boolean[] numeric = new boolean[columns.size()];
            for (int column = 0; column < numeric.length; column++) {
                int at = column;
                numeric[column] = !rows.isEmpty()
                        && rows.stream()
                                .allMatch(row -> NUMBER.matcher(row.get(at)).matches());
            }
            body.append("<div class=\"table\"><table>");
            if (!caption.isEmpty()) {
                body.append("<caption>").append(escape(caption)).append("</caption>");
            }
            body.append("<thead>");
            row("th scope=\"col\"", "th", columns, numeric, false);
            body.append("</thead><tbody>");
            for (int i = 0; i < rows.size(); i++) {
                row("td", "td", rows.get(i), numeric, i == highlighted);
            }
            body.append("</tbody></table></div>\n");
            return this;
        }

        private void row(String open, String close, List<String> cells, boolean[] numeric, boolean highlighted) {
            body.append(highlighted ? "<tr class=\"best\">" : "<tr>");
            for (int column = 0; column < numeric.length; column++) {
                body.append('<').append(open).append(numeric[column] ? " class=\"number\">" : ">");
                body.append(escape(cells.get(column)))
                        .append("</")
                        .append(close)
                        .append('>');
            }
            body.append("</tr>");
        }

        /** Names and their values. */
        public Builder keyValues(String caption, Map<String, String> values) {
            body.append("<div class=\"table\"><table class=\"pairs\">");
            if (!caption.isEmpty()) {
                body.append("<caption>").append(escape(caption)).append("</caption>");
            }
            body.append("<tbody>");
            values.forEach((key, value) -> body.append("<tr><th scope=\"row\">")
                    .append(escape(key))
                    .append("</th><td>")
                    .append(escape(value))
                    .append("</td></tr>"));
            body.append("</tbody></table></div>\n");
            return this;
        }

        /** Plots, as many beside each other as there is room for. */
        public Builder plots(List<Plot> plots) {
            body.append("<div class=\"plots\">");
            plots.forEach(plot -> body.append(plot.html()));
            body.append("</div>\n");
            return this;
        }

        /** Horizontal bars that start at zero, with their values. */
        public Builder bars(String heading, List<Bar> bars, String unit) {
            double least = bars.stream().mapToDouble(Bar::value).reduce(0, Math::min);
            double most = bars.stream().mapToDouble(Bar::value).reduce(0, Math::max);
            double span = most == least ? 1 : most - least;
            body.append("<figure class=\"bars\"><figcaption>")
                    .append(escape(heading))
                    .append("</figcaption>");
            for (Bar bar : bars) {
                double left = (Math.min(0, bar.value()) - least) / span;
                body.append(String.format(
                        Locale.ROOT,
                        "<div class=\"bar%s\"><span>%s</span><span class=\"track\"><i style=\"margin-left:%.2f%%;width:%.2f%%\">"
                                + "</i></span><b>%s%s</b></div>",
                        bar.highlighted() ? " best" : "",
                        escape(bar.label()),
                        100 * left,
                        100 * Math.abs(bar.value()) / span,
                        number(bar.value()),
                        unit.isEmpty() ? "" : " " + escape(unit)));
            }
            body.append("</figure>\n");
            return this;
        }

        /** A question and the answers of several systems beside each other. */
        public Builder sideBySide(String question, List<Answers> answers) {
            body.append("<article class=\"asked\"><h3>")
                    .append(escape(question))
                    .append("</h3><div>");
            for (Answers one : answers) {
                body.append("<div><h4>").append(escape(one.title())).append("</h4><ol>");
                for (String item : one.items()) {
                    boolean correct = one.correct().contains(item);
                    body.append(correct ? "<li class=\"correct\">" : "<li>").append(escape(item));
                    body.append(correct ? " <span>\u2713</span></li>" : "</li>");
                }
                body.append("</ol></div>");
            }
            body.append("</div></article>\n");
            return this;
        }

        /** Text as it stands, folded until the reader opens it. */
        public Builder preformatted(String summary, String text) {
            body.append("<details><summary>").append(escape(summary)).append("</summary><pre>");
            body.append(escape(text)).append("</pre></details>\n");
            return this;
        }

        private void endSection() {
            if (inSection) {
                body.append("</section>\n");
            }
            inSection = false;
        }

        /** The whole page. */
        public String html() {
            endSection();
            return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    + "<meta name=\"color-scheme\" content=\"light dark\">\n"
                    + "<title>" + escape(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<main>\n"
                    + "<header><h1>" + escape(title) + "</h1>"
                    + (subtitle.isEmpty() ? "" : "<p>" + escape(subtitle) + "</p>") + "</header>\n"
                    + body + "</main>\n</body>\n</html>\n";
        }

        /** Writes the page, atomically. */
        public void write(Path file) {
            AtomicFiles.write(file, html());
        }
    }

    /** Text as it may stand in an element or a quoted attribute. Control characters, which HTML forbids, become U+FFFD. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' && c != '\n' && c != '\t' || c == 0x7f ? '\ufffd' : c);
            }
        }
        return out.toString();
    }

    /** A figure for people: four significant digits, at most four decimals, thousands apart. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "\u2013";
        }
        double size = Math.abs(value);
        if (size == 0 || size >= 1000 && size == Math.rint(size) && size < 1e15) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size < 1e-4) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        if (size == Math.rint(size)) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, size < 10 ? "%.4f" : size < 1000 ? "%.2f" : "%,.0f", value);
    }

    private static final String STYLE = """
            :root { --page: #f4f5f8; --card: #ffffff; --ink: #1b2230; --soft: #586274; --rule: #dfe3ea; --tint: #eef3fd;
              --good: #0a7a5c; --s0: #2360c5; --s1: #c2560b; --s2: #0b8468; --s3: #8b2fa6; --s4: #9a7408; --s5: #c92a55; }
            @media (prefers-color-scheme: dark) {
              :root { --page: #10141b; --card: #191f29; --ink: #e7ebf2; --soft: #a0abbc; --rule: #2e3746; --tint: #1d2a42;
                --good: #4fd1a5; --s0: #74aaff; --s1: #ff9e57; --s2: #45cfae; --s3: #d29cf2; --s4: #e3bf52; --s5: #ff87a6; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--page); color: var(--ink);
              font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
              -webkit-text-size-adjust: 100%; }
            main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 64px; }
            header { margin-bottom: 24px; }
            h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 6px; overflow-wrap: anywhere; }
            header p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
            section { margin-top: 40px; }
            h2 { font-size: 1.25rem; margin: 0 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--rule); }
            section > p { max-width: 72ch; margin: 0 0 14px; color: var(--soft); }
            .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
            .figures > div, figure, .table, .asked, details { background: var(--card); border: 1px solid var(--rule);
              border-radius: 10px; }
            .figures > div { padding: 12px 16px; }
            .figures dt { color: var(--soft); font-size: .82rem; }
            .figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums;
              overflow-wrap: anywhere; }
            .figures dd.note { font-size: .82rem; font-weight: 400; color: var(--soft); }
            .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 14px;
              margin-bottom: 14px; }
            figure { margin: 0; padding: 14px 16px 10px; min-width: 0; }
            figcaption, caption { font-weight: 650; text-align: left; }
            .plot > svg { display: block; width: 100%; height: auto; margin-top: 6px; }
            .note { margin: 2px 0 4px; font-size: .82rem; color: var(--soft); }
            .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0 0; padding: 0; list-style: none;
              font-size: .84rem; color: var(--soft); }
            .legend li { display: flex; align-items: center; gap: 6px; }
            .legend svg { width: 26px; height: 12px; flex: none; }
            .legend svg .faint { opacity: .7; }
            svg text { font-size: 13px; fill: var(--soft); font-variant-numeric: tabular-nums; }
            svg .label { fill: var(--ink); }
            svg .grid { stroke: var(--rule); fill: none; }
            svg .axis { stroke: var(--soft); fill: none; }
            svg .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
            svg .faint { stroke-width: 1; opacity: .42; }
            svg .dashed { stroke-dasharray: 6 5; stroke-width: 1.6; stroke-linecap: butt; }
            svg .d1 { stroke-dasharray: 9 4; stroke-linecap: butt; }
            svg .d2 { stroke-dasharray: 2.5 3.5; stroke-linecap: butt; }
            svg .d3 { stroke-dasharray: 10 4 2.5 4; stroke-linecap: butt; }
            svg .d4 { stroke-dasharray: 15 4; stroke-linecap: butt; }
            svg .d5 { stroke-dasharray: 5 3 2 3 2 3; stroke-linecap: butt; }
            svg .area { fill: var(--c); opacity: .24; }
            svg rect.area { opacity: .5; }
            svg .mark { fill: var(--card); stroke: var(--c); stroke-width: 2; }
            svg .dot { fill: var(--c); opacity: .72; }
            .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
            .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .reference { --c: var(--soft); }
            .table { overflow-x: auto; margin-bottom: 14px; padding: 10px 16px; }
            table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
            caption { padding: 2px 0 8px; }
            th, td { padding: 6px 20px 6px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); }
            th:last-child, td:last-child { padding-right: 0; }
            thead th { border-top: 0; color: var(--soft); font-weight: 500; white-space: nowrap; }
            .number { text-align: right; white-space: nowrap; }
            .best td { background: var(--tint); font-weight: 650; }
            .pairs th { font-weight: 400; color: var(--soft); white-space: nowrap; width: 1%; }
            .pairs td { overflow-wrap: anywhere; }
            .bars { margin-bottom: 14px; }
            .bars figcaption { margin-bottom: 8px; }
            .bar { display: grid; grid-template-columns: minmax(80px, 22%) 1fr minmax(64px, auto); gap: 12px; align-items: center;
              padding: 3px 0; font-size: .92rem; }
            .bar > span:first-child { overflow-wrap: anywhere; }
            .track i { display: block; height: 16px; border-radius: 2px; background: var(--soft); opacity: .55; }
            .bar b { font-weight: 500; text-align: right; font-variant-numeric: tabular-nums; }
            .bar.best i { background: var(--s0); opacity: 1; }
            .bar.best b, .bar.best > span:first-child { font-weight: 650; }
            .asked { padding: 12px 16px; margin-bottom: 14px; }
            .asked h3 { margin: 0 0 8px; font-size: 1rem; font-weight: 600; }
            .asked > div { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 4px 24px; }
            .asked h4 { margin: 0; font-size: .84rem; font-weight: 500; color: var(--soft); }
            .asked ol { margin: 2px 0 6px; padding-left: 1.5em; }
            .asked li { overflow-wrap: anywhere; }
            .asked .correct { color: var(--good); font-weight: 650; }
            details { padding: 10px 16px; margin-bottom: 14px; }
            summary { cursor: pointer; font-weight: 650; }
            pre { overflow-x: auto; margin: 10px 0 4px; font-size: .84rem; line-height: 1.45; }
            @media (max-width: 520px) { main { padding: 20px 12px 40px; } h1 { font-size: 1.5rem; }
              .figures { grid-template-columns: repeat(2, 1fr); } .figures dd { font-size: 1.25rem; }
              figure { padding: 12px 10px 8px; } svg text { font-size: 17px; } .pairs th { white-space: normal; width: 34%; } }
            @media print { body { background: none; } figure, .table, .asked { break-inside: avoid; } }
            """;
}
