package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.Json;
import io.chiaro.core.Provenance;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {

    private static final String EVIL = "<script>alert(\"x\")</script>&'\u0001</svg>";

    @TempDir
    private Path folder;

    /** The page's body is also XML, so that a forgotten end tag or an unescaped sign is found by a strict parser. */
    private static Document parsed(String html) throws Exception {
        String body = html.substring(html.indexOf("<body>"), html.indexOf("</html>"));
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(body)));
    }

    static Provenance provenance() {
        return new Provenance(
                1,
                "0.1.0",
                Provenance.Machine.here("mkl 2025.3", 2),
                42,
                "in-batch softmax",
                "9f2c7f1e",
                Map.of("pairs.jsonl", "1d0c44aa"),
                Json.parse("test", Json.text(RunFile.defaults())),
                "2026-01-02T03:04:05Z");
    }

    /** A run as it looks in practice: a falling noisy loss, judgements, a collapse check now and then. */
    static void simulate(TrainingListener listener, int steps) {
        RandomStream random = RandomStream.of(42, "simulated run");
        Map<String, Double> plan = new LinkedHashMap<>();
        plan.put("parameters", 22_713_216.0);
        plan.put("batch", 512.0);
        plan.put("peak-bytes", 1.9e9);
        listener.on(new TrainingEvent.RunStarted(0, steps, "Reverse dictionary on WordNet", "tokens", plan));
        double best = Double.NaN;
        for (int step = 1; step <= steps; step++) {
            double done = step / (double) steps;
            double loss = 1.4 + 3.2 * Math.exp(-6 * done) + 0.22 * random.nextGaussian();
            listener.on(new TrainingEvent.StepDone(
                    step,
                    steps,
                    2 * done,
                    loss,
                    Math.log(512),
                    2e-5 * (done < 0.1 ? done / 0.1 : (1 - done) / 0.9),
                    1.2 + 0.4 * Math.exp(-3 * done) + 0.1 * random.nextGaussian(),
                    9_000 + random.nextInt(2_000),
                    0.8 + 0.1 * random.nextDouble(),
                    0.03 + 0.01 * random.nextDouble(),
                    Map.of("forward", loss * 0.55, "backward", loss * 0.45),
                    random.nextInt(40)));
            if (step % Math.max(1, steps / 12) == 0) {
                double ndcg = 0.30 + 0.14 * (1 - Math.exp(-4 * done)) + 0.004 * random.nextGaussian();
                Map<String, Double> metrics = new LinkedHashMap<>();
                metrics.put("ndcg@10", ndcg);
                metrics.put("mrr@10", ndcg - 0.04);
                metrics.put("recall@10", ndcg + 0.13);
                listener.on(new TrainingEvent.Evaluated(step, "dev", metrics));
                if (!(ndcg <= best)) {
                    listener.on(new TrainingEvent.BestChanged(step, "dev/ndcg@10", ndcg, best));
                    best = ndcg;
                }
                listener.on(new TrainingEvent.CollapseChecked(
                        step,
                        new CollapseVerdict(
                                CollapseVerdict.Level.HEALTHY,
                                "items are told apart",
                                0.93 + 0.01 * random.nextGaussian(),
                                148 + 10 * done,
                                0.71 - 0.3 * done,
                                -3.1 - 0.5 * done,
                                0.11 - 0.06 * done,
                                61 + 8 * done)));
                float[][] anchors = new float[32][8];
                float[][] positives = new float[32][8];
                for (int i = 0; i < anchors.length; i++) {
                    for (int k = 0; k < anchors[i].length; k++) {
                        anchors[i][k] = (float) random.nextGaussian();
                        positives[i][k] = anchors[i][k] + (float) (0.5 * random.nextGaussian());
                    }
                }
                listener.on(new TrainingEvent.EmbeddingsPictured(step, EmbeddingPicture.of(anchors, positives)));
            }
        }
        listener.on(new TrainingEvent.RunFinished(
                steps, TrainingEvent.Ending.COMPLETED, "All steps are done.", steps * 10_000L, steps * 0.9));
    }

    private static HtmlReport.Builder everyPart(String text) {
        double[] x = {0, 1, 2, 3};
        double[] y = {0.31, 0.35, Double.NaN, 0.42};
        RandomStream random = RandomStream.of(7, "cosines");
        double[] near = new double[2000];
        double[] far = new double[2000];
        for (int i = 0; i < near.length; i++) {
            near[i] = 0.62 + 0.13 * random.nextGaussian();
            far[i] = 0.12 + 0.1 * random.nextGaussian();
        }
        double[] px = new double[160];
        double[] py = new double[160];
        for (int i = 0; i < px.length; i++) {
            px[i] = random.nextGaussian() + (i % 2) * 3;
            py[i] = random.nextGaussian() * 0.6;
        }
        return HtmlReport.builder("Title " + text, text)
                .figures(List.of(new HtmlReport.Figure("ndcg@10", "0.412", text), new HtmlReport.Figure(text, "1", "")))
                .section("Systems " + text, text)
                .table(
                        text,
                        List.of("system", "ndcg@10", "recall@100"),
                        List.of(
                                List.of("random", "0.0004", "0.0512"),
                                List.of("bm25", "0.1821", "0.4410"),
                                List.of("base", "0.3050", "0.6833"),
                                List.of("tuned " + text, "0.4120 \u00b1 0.0031", "0.7902")),
                        3)
                .bars(
                        "ndcg@10 over 2,000 test definitions",
                        List.of(
                                new HtmlReport.Bar("random", 0.0004, false),
                                new HtmlReport.Bar("bm25", 0.1821, false),
                                new HtmlReport.Bar("base", 0.305, false),
                                new HtmlReport.Bar("tuned", 0.412, true)),
                        "")
                .plots(List.of(
                        Plot.of("Lines " + text, "step " + text, "value")
                                .marked(text, x, y)
                                .reference("base", 0.305),
                        Plot.histogram("Cosines", "cosine")
                                .histogram("positives", near)
                                .histogram("others", far),
                        Plot.of("Two directions of the cloud", "first", "second")
                                .points("all", px, py, List.of())))
                .section("Answers", "")
                .sideBySide(
                        "a large animal with a trunk " + text,
                        List.of(
                                new HtmlReport.Answers(
                                        "base", List.of("trunk", "tree", "elephant"), List.of("elephant")),
                                new HtmlReport.Answers(
                                        "tuned", List.of("elephant", "mammoth", text), List.of("elephant"))))
                .keyValues("Details", Map.of(text, text))
                .preformatted("Run " + text, text);
    }

    @Test
    void whatever_text_is_handed_over_stays_text() throws Exception {
        String html = everyPart(EVIL).html();

        assertThat(html).doesNotContain("<script").contains("&lt;script&gt;alert(&quot;x&quot;)");
        Document page = parsed(html);
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(page.getElementsByTagName("h1").item(0).getTextContent())
                .isEqualTo("Title " + EVIL.replace('\u0001', '\ufffd'));
    }

    @Test
    void the_page_needs_nothing_but_itself() throws Exception {
        String html = everyPart("x").html();

        assertThat(html)
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("url(")
                .doesNotContain("@import");
        Document page = parsed(html);
        for (String tag : List.of("script", "link", "img", "iframe", "object", "use", "image")) {
            assertThat(page.getElementsByTagName(tag).getLength()).as(tag).isZero();
        }
        assertThat(html).contains("prefers-color-scheme: dark").contains("width=device-width");
    }

    @Test
    void a_run_is_told_in_full_from_its_events() throws Exception {
        Path events = folder.resolve("events.jsonl");
        try (JsonLines lines = JsonLines.create(events)) {
            simulate(lines, 600);
        }
        Path file = folder.resolve("report.html");

        RunReport.load(events).write(file, provenance());

        String html = Files.readString(file);
        parsed(html);
        assertThat(html)
                .contains("Reverse dictionary on WordNet", "chance 6.2383", "All steps are done.", "best dev/ndcg@10")
                .contains("<figcaption>Learning rate", "Effective rank", "Tokens a second", "9f2c7f1e", "1d0c44aa")
                .contains("&quot;learning-rate&quot;")
                .contains("Scores in the batch of step 600", "all other combinations", "Singular spectrum, step 600")
                .doesNotContain("NaN");
        keepForLooking(file, "run.html");
    }

    @Test
    void a_program_reads_the_last_figures_of_a_run() {
        RunReport report = RunReport.create();
        simulate(report, 600);

        Map<String, Object> document = report.document(provenance());

        assertThat(document).containsEntry("steps", 600L).containsKeys("recipe", "seed", "seconds", "loss", "tokens");
        assertThat(document.get("judged")).asString().contains("dev/ndcg@10=");
        assertThat(document.get("best")).asString().contains("metric=dev/ndcg@10");
    }

    @Test
    void a_long_run_makes_no_larger_page_than_a_short_one() {
        RunReport report = RunReport.create();
        simulate(report, 20_000);

        report.write(folder.resolve("report.html"), provenance());

        assertThat(folder.resolve("report.html").toFile().length()).isLessThan(400_000);
    }

    @Test
    void a_run_that_only_began_has_a_report_too() throws Exception {
        RunReport report = RunReport.create();
        report.on(new TrainingEvent.RunStarted(0, 10, "begun", "tokens", Map.of()));

        parsed(report.addTo(HtmlReport.builder("t", "")).html());
    }

    @Test
    void lines_carry_every_point_and_break_where_a_value_is_missing() throws Exception {
        String html = Plot.of("p", "x", "y")
                .line("l", new double[] {0, 1, 2, 3, 4}, new double[] {1, 2, Double.NaN, 3, 4})
                .html();

        NodeList paths = parsed("<body>" + html + "</body></html>").getElementsByTagName("path");
        String line = paths.item(paths.getLength() - 1)
                .getAttributes()
                .getNamedItem("d")
                .getTextContent();
        assertThat(line).matches("M\\S+ \\S+L\\S+ \\S+M\\S+ \\S+L\\S+ \\S+");
    }

    @Test
    void a_distribution_is_in_per_cent_of_each_histogram_however_many_values_it_has() {
        String html = Plot.distribution("d", "cosine")
                .histogram("few", new double[] {0.1, 0.9})
                .histogram("many", new double[] {0.9, 0.9, 0.9, 0.9, 0.1})
                .html();

        assertThat(html)
                .contains("few: 50.00 %", "many: 80.00 %", "many: 20.00 %", "% of each")
                .doesNotContain("few: 1");
    }

    @Test
    void a_vertical_axis_that_does_not_start_at_zero_says_so() {
        double[] x = {1, 2};

        assertThat(Plot.of("p", "x", "y")
                        .line("l", x, new double[] {0.62, 0.71})
                        .html())
                .contains("The vertical axis starts at 0.62, not at 0.");
        assertThat(Plot.of("p", "x", "y")
                        .fromZero()
                        .line("l", x, new double[] {0.62, 0.71})
                        .html())
                .doesNotContain("not at 0");
    }

    @Test
    void a_row_of_the_wrong_width_is_refused() {
        assertThatThrownBy(() -> HtmlReport.builder("t", "").table("", List.of("a", "b"), List.of(List.of("1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 2 cells in row 0, but got 1");
    }

    @Test
    void figures_are_short_and_keep_what_matters() {
        assertThat(List.of(0.41234567, 12.3456, 123456.7, 22_713_216.0, 2e-5, 0.0, 7.0).stream()
                        .map(HtmlReport::number))
                .containsExactly("0.4123", "12.35", "123,457", "22,713,216", "2.00e-05", "0", "7");
        assertThat(HtmlReport.number(0.0004)).isEqualTo("0.0004");
        assertThat(HtmlReport.number(Double.NaN)).isEqualTo("\u2013");
    }

    @Test
    void every_part_can_be_looked_at() throws Exception {
        Path file = folder.resolve("parts.html");
        everyPart("").write(file);

        keepForLooking(file, "parts.html");
        assertThat(file).exists();
    }

    /** With {@code -Dchiaro.report.folder=DIR} the pages stay there for a person to look at. */
    private static void keepForLooking(Path file, String name) throws Exception {
        String target = System.getProperty("chiaro.report.folder", "");
        if (!target.isEmpty()) {
            Files.createDirectories(Path.of(target));
            Files.writeString(Path.of(target, name), Files.readString(file));
        }
    }
}
