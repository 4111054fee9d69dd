package io.chiaro.train;

import io.chiaro.core.Json;
import io.chiaro.core.Provenance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the events of a run, in bounded memory however many steps it has, and writes them into an {@link HtmlReport}:
 * what came out, how the loss went beside its chance value, what was judged, whether the embeddings stayed healthy, how
 * fast it was, and what it can be repeated from.
 *
 * <p>Mutable; belongs to one thread.
 */
public final class RunReport implements TrainingListener {

    private static final Set<String> NOT_FRACTIONS = Set.of("loss", "alignment", "uniformity", "effective-rank");
    private static final int LINES_A_PLOT = 6;
    private static final int MOST_ROWS = 24;

    private final Curve loss = new Curve();
    private final Sketch chance = new Sketch();
    private final Sketch learningRate = new Sketch();
    private final Curve gradientNorm = new Curve();
    private final Curve speed = new Curve();
    private final Curve padding = new Curve();
    private final Map<String, Curve> components = new LinkedHashMap<>();
    private final TreeMap<Long, Map<String, Double>> judged = new TreeMap<>();
    private final TreeMap<Long, CollapseVerdict> verdicts = new TreeMap<>();
    private final Map<String, Double> plan = new LinkedHashMap<>();
    private final TrainingEvent.Visitor reader = new Reader();

    private String run = "";
    private String unit = "tokens";
    private long step;
    private long steps;
    private long tokens;
    private double seconds;
    private long maskedCells;
    private int parts;
    private TrainingEvent.@Nullable EmbeddingsPictured pictured;
    private TrainingEvent.@Nullable BestChanged best;
    private TrainingEvent.@Nullable RunFinished ending;

    private RunReport() {}

    /** A report that has heard nothing yet. */
    public static RunReport create() {
        return new RunReport();
    }

    /** The report of a run whose events were written by {@link JsonLines}. */
    public static RunReport load(Path events) {
        RunReport report = create();
        JsonLines.replay(events, report);
        return report;
    }

    @Override
    public void on(TrainingEvent event) {
        step = Math.max(step, event.step());
        event.accept(reader);
    }

    private final class Reader implements TrainingEvent.Visitor {

        @Override
        public void started(TrainingEvent.RunStarted event) {
            run = event.run();
            unit = event.unit();
            steps = event.steps();
            parts++;
            plan.putAll(event.plan());
        }

        @Override
        public void stepped(TrainingEvent.StepDone event) {
            steps = event.steps();
            tokens += event.tokens();
            seconds += event.seconds();
            maskedCells += event.maskedCells();
            loss.add(event.step(), event.loss(), window());
            chance.add(event.step(), event.chanceLoss());
            learningRate.add(event.step(), event.learningRate());
            gradientNorm.add(event.step(), event.gradientNorm(), window());
            padding.add(event.step(), 100 * event.paddingShare(), window());
            if (event.seconds() > 0) {
                speed.add(event.step(), event.tokens() / event.seconds(), window());
            }
            if (event.components().size() > 1) {
                event.components()
                        .forEach((name, value) -> components
                                .computeIfAbsent(name, absent -> new Curve())
                                .add(event.step(), value, window()));
            }
        }

        @Override
        public void evaluated(TrainingEvent.Evaluated event) {
            Map<String, Double> metrics = judged.computeIfAbsent(event.step(), absent -> new LinkedHashMap<>());
            event.metrics().forEach((key, value) -> metrics.put(event.name() + "/" + key, value));
        }

        @Override
        public void collapseChecked(TrainingEvent.CollapseChecked event) {
            verdicts.put(event.step(), event.verdict());
        }

        @Override
        public void embeddingsPictured(TrainingEvent.EmbeddingsPictured event) {
            pictured = event;
        }

        @Override
        public void bestChanged(TrainingEvent.BestChanged event) {
            best = event;
        }

        @Override
        public void finished(TrainingEvent.RunFinished event) {
            ending = event;
        }
    }

    /** A noisy series and its moving average. */
    private static final class Curve {
        private final Sketch raw = new Sketch();
        private final Sketch smoothed = new Sketch();
        private double average;
        private double weight;

        /** The average is exponential, over about {@code window} values; its weight keeps the first ones from zero. */
        void add(long step, double value, long window) {
            raw.add(step, value);
            if (Double.isFinite(value)) {
                double memory = 1 - 1.0 / window;
                average = memory * average + (1 - memory) * value;
                weight = memory * weight + 1 - memory;
                smoothed.add(step, average / weight);
            }
        }

        /** What a plot shows: every value where there is room for it, else the range of neighbours; and the average. */
        Plot drawOn(Plot plot, String range, String each, String name) {
            if (raw.isExact()) {
                plot.faint(each, raw.x(), raw.mean());
            } else {
                plot.band(range, raw.x(), raw.least(), raw.most());
            }
            return plot.line(name, smoothed.x(), smoothed.mean());
        }
    }

    /** The steps over which curves are smoothed: a fiftieth of the run, at least ten. */
    private long window() {
        return Math.max(10, steps / 50);
    }

    /** Writes the whole page of the run. */
    public void write(Path file, Provenance provenance) {
        HtmlReport.Builder page = HtmlReport.builder(
                run.isEmpty() ? "A run" : run,
                "Recipe " + provenance.recipe() + ", seed " + provenance.seed() + ", begun " + provenance.started());
        addTo(page);
        addProvenance(page, provenance);
        page.write(file);
    }

    /**
     * The figures of the run for a program: what it was, its steps and seconds, the smoothed loss, the last figures of each judgement, and the
     * best one where there was a metric to go by.
     */
    public Map<String, Object> document(Provenance provenance) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("recipe", provenance.recipe());
        document.put("seed", provenance.seed());
        document.put("steps", step);
        document.put(unit, tokens);
        document.put("seconds", seconds);
        if (!loss.smoothed.isEmpty()) {
            document.put("loss", loss.smoothed.last());
        }
        if (!judged.isEmpty()) {
            Map<String, Double> last = new LinkedHashMap<>();
            judged.values().forEach(last::putAll);
            // JSON knows no other numbers.
            last.values().removeIf(value -> !Double.isFinite(value));
            document.put("judged", last);
        }
        TrainingEvent.BestChanged top = best;
        if (top != null && Double.isFinite(top.value())) {
            document.put("best", Map.of("metric", top.metric(), "value", top.value(), "step", top.step()));
        }
        return document;
    }

    /** Adds the headline figures and the sections on training to a page that holds more. */
    public HtmlReport.Builder addTo(HtmlReport.Builder page) {
        page.figures(figures());
        TrainingEvent.RunFinished end = ending;
        page.section("Training", end == null ? "The run is not over." : end.message());
        page.plots(trainingPlots());
        if (loss.raw.notFinite() > 0) {
            page.text("In " + loss.raw.notFinite() + " steps the loss was not a finite number; they are not drawn.");
        }
        if (!judged.isEmpty()) {
            page.section("Judgements", bestSentence());
            page.plots(metricPlots());
            judgements(page);
        }
        if (!verdicts.isEmpty()) {
            page.section("Health of the embeddings", healthSentence());
            page.plots(healthPlots());
        }
        page.section("Speed", "");
        page.plots(speedPlots());
        if (!plan.isEmpty()) {
            Map<String, String> figures = new LinkedHashMap<>();
            plan.forEach((name, value) -> figures.put(name, planned(name, value)));
            page.keyValues("The plan before the first step", figures);
        }
        return page;
    }

    /** Adds what the run can be repeated from. */
    public static HtmlReport.Builder addProvenance(HtmlReport.Builder page, Provenance provenance) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("library", provenance.library());
        values.put("recipe", provenance.recipe());
        values.put("base model", provenance.baseModel());
        values.put("seed", Long.toString(provenance.seed()));
        values.put("begun", provenance.started());
        values.put("java", provenance.machine().java());
        values.put(
                "machine",
                provenance.machine().processor() + ", " + provenance.machine().architecture() + ", "
                        + provenance.machine().operatingSystem());
        values.put(
                "matrix products",
                provenance.machine().blas() + ", " + provenance.machine().threads() + " threads");
        provenance.data().forEach((path, hash) -> values.put("data " + path, hash));
        page.section("Provenance", "The run can be repeated from what stands here.");
        page.keyValues("", values);
        return page.preformatted("Run file", Json.text(provenance.run()));
    }

    private List<HtmlReport.Figure> figures() {
        List<HtmlReport.Figure> figures = new ArrayList<>();
        String share = steps == 0 || step >= steps ? "" : "of " + count(steps);
        figures.add(new HtmlReport.Figure("steps", count(step), parts > 1 ? share + " in " + parts + " parts" : share));
        if (!loss.smoothed.isEmpty()) {
            String beside = chance.isEmpty() ? "" : "chance " + HtmlReport.number(chance.last());
            figures.add(new HtmlReport.Figure("loss, smoothed", HtmlReport.number(loss.smoothed.last()), beside));
        }
        TrainingEvent.BestChanged top = best;
        if (top != null) {
            figures.add(new HtmlReport.Figure(
                    "best " + top.metric(), HtmlReport.number(top.value()), "at step " + count(top.step())));
        }
        figures.add(new HtmlReport.Figure(unit, compact(tokens), ""));
        if (seconds > 0) {
            figures.add(new HtmlReport.Figure(
                    unit + " a second", count(Math.round(tokens / seconds)), clock(seconds) + " in steps"));
        }
        if (!verdicts.isEmpty()) {
            CollapseVerdict last = verdicts.lastEntry().getValue();
            figures.add(
                    new HtmlReport.Figure("embeddings", last.level().name().toLowerCase(Locale.ROOT), last.reason()));
        }
        if (maskedCells > 0) {
            figures.add(new HtmlReport.Figure("masked cells", count(maskedCells), "duplicates, false negatives"));
        }
        return figures;
    }

    private List<Plot> trainingPlots() {
        List<Plot> plots = new ArrayList<>();
        Plot main = curve("Loss", "loss", loss);
        if (!chance.isEmpty()) {
            main.dashed("chance", chance.x(), chance.mean());
        }
        plots.add(main);
        plots.add(Plot.of("Learning rate", "step", "rate")
                .fromZero()
                .wholeX()
                .line("", learningRate.x(), learningRate.mean()));
        if (!components.isEmpty()) {
            Plot terms = Plot.of("Terms of the loss, smoothed", "step", "value")
                    .fromZero()
                    .wholeX();
            components.forEach((name, curve) -> terms.line(name, curve.smoothed.x(), curve.smoothed.mean()));
            plots.add(terms);
        }
        plots.add(curve("Norm of the gradient, before clipping", "norm", gradientNorm));
        return plots;
    }

    private Plot curve(String title, String label, Curve curve) {
        Plot plot = Plot.of(title, "step", label).fromZero().wholeX();
        return curve.drawOn(plot, "least and greatest", "each step", "smoothed over " + count(window()) + " steps");
    }

    private Set<String> metricNames() {
        Set<String> names = new LinkedHashSet<>();
        judged.values().forEach(metrics -> names.addAll(metrics.keySet()));
        return names;
    }

    private List<Plot> metricPlots() {
        // Fractions share a plot; the others have units of their own.
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (String name : metricNames()) {
            String key = name.substring(name.lastIndexOf('/') + 1);
            groups.computeIfAbsent(NOT_FRACTIONS.contains(key) ? key : "Metrics", absent -> new ArrayList<>())
                    .add(name);
        }
        List<Plot> plots = new ArrayList<>();
        groups.forEach((title, names) -> {
            for (int from = 0; from < names.size(); from += LINES_A_PLOT) {
                Plot plot = Plot.of(title, "step", "value").wholeX();
                if (title.equals("Metrics")) {
                    plot.ceiling(1);
                }
                for (String name : names.subList(from, Math.min(names.size(), from + LINES_A_PLOT))) {
                    double[] values = judged.values().stream()
                            .mapToDouble(metrics -> metrics.getOrDefault(name, Double.NaN))
                            .toArray();
                    plot.marked(name, steps(judged), values);
                }
                plots.add(plot);
            }
        });
        return plots;
    }

    private void judgements(HtmlReport.Builder page) {
        Set<String> names = metricNames();
        List<String> columns = new ArrayList<>(List.of("step"));
        columns.addAll(names);
        List<Long> shown = new ArrayList<>(judged.keySet());
        TrainingEvent.BestChanged top = best;
        if (shown.size() > MOST_ROWS) {
            List<Long> all = shown;
            Set<Long> chosen = new java.util.TreeSet<>();
            for (int i = 0; i < MOST_ROWS; i++) {
                chosen.add(all.get((int) Math.round(i * (all.size() - 1.0) / (MOST_ROWS - 1))));
            }
            if (top != null && judged.containsKey(top.step())) {
                chosen.add(top.step());
            }
            shown = new ArrayList<>(chosen);
        }
        List<List<String>> rows = new ArrayList<>();
        int highlighted = -1;
        for (long at : shown) {
            List<String> row = new ArrayList<>(List.of(count(at)));
            Map<String, Double> metrics = judged.getOrDefault(at, Map.of());
            names.forEach(name -> row.add(HtmlReport.number(metrics.getOrDefault(name, Double.NaN))));
            if (top != null && top.step() == at) {
                highlighted = rows.size();
            }
            rows.add(row);
        }
        String caption = shown.size() < judged.size() ? shown.size() + " of " + judged.size() + " judgements" : "";
        page.table(caption, columns, rows, highlighted);
    }

    private String bestSentence() {
        TrainingEvent.BestChanged top = best;
        return top == null
                ? ""
                : "The best model by " + top.metric() + " is that of step " + count(top.step()) + ", with "
                        + HtmlReport.number(top.value()) + ".";
    }

    private String healthSentence() {
        Map<Long, CollapseVerdict> alarms = new TreeMap<>(verdicts);
        alarms.values().removeIf(verdict -> verdict.level() == CollapseVerdict.Level.HEALTHY);
        if (alarms.isEmpty()) {
            return "Looked at " + verdicts.size() + " times: items were always told apart.";
        }
        Map.Entry<Long, CollapseVerdict> first = alarms.entrySet().iterator().next();
        return "Looked at " + verdicts.size() + " times, " + alarms.size()
                + " of them with an alarm; the first at step " + count(first.getKey()) + ": "
                + first.getValue().reason() + ".";
    }

    private List<Plot> healthPlots() {
        double[] x = steps(verdicts);
        List<Plot> plots = new ArrayList<>();
        plots.add(Plot.of("Spread", "step", "value")
                .fromZero()
                .wholeX()
                .marked("standard deviation", x, values(CollapseVerdict::standardDeviation))
                .marked("mean cosine of different items", x, values(CollapseVerdict::meanCosine))
                .note("Healthy: the deviation near 1; alarm at a mean cosine above " + CollapseVerdict.COSINE_WARNING
                        + "."));
        plots.add(Plot.of("Effective rank", "step", "directions")
                .fromZero()
                .wholeX()
                .marked("effective rank", x, values(CollapseVerdict::effectiveRank))
                .marked("participation ratio", x, values(CollapseVerdict::directions)));
        double[] alignment = values(CollapseVerdict::alignment);
        if (java.util.Arrays.stream(alignment).anyMatch(Double::isFinite)) {
            plots.add(Plot.of("Alignment: distance of positives, lower is better", "step", "squared distance")
                    .fromZero()
                    .wholeX()
                    .marked("", x, alignment));
        }
        plots.add(Plot.of("Uniformity: lower is more even", "step", "log potential")
                .fromZero()
                .wholeX()
                .marked("", x, values(CollapseVerdict::uniformity)));
        TrainingEvent.EmbeddingsPictured last = pictured;
        if (last != null) {
            pictures(plots, last);
        }
        return plots;
    }

    /** The batch that was looked at last. */
    private static void pictures(List<Plot> plots, TrainingEvent.EmbeddingsPictured last) {
        EmbeddingPicture picture = last.picture();
        if (!picture.negatives().isEmpty()) {
            Plot scores = Plot.of("Scores in the batch of step " + count(last.step()), "cosine", "% of each")
                    .fromZero();
            if (!picture.positives().isEmpty()) {
                scores.line("positives", EmbeddingPicture.cosines(), percent(picture.positives()));
            }
            plots.add(scores.line("all other combinations", EmbeddingPicture.cosines(), percent(picture.negatives())));
        }
        double[] values =
                picture.spectrum().stream().mapToDouble(Double::doubleValue).toArray();
        double[] directions = new double[values.length];
        java.util.Arrays.setAll(directions, k -> k + 1);
        plots.add(Plot.of("Singular spectrum, step " + count(last.step()), "direction", "singular value / largest")
                .fromZero()
                .wholeX()
                .line("", directions, values));
    }

    private static double[] percent(List<Double> shares) {
        return shares.stream().mapToDouble(share -> 100 * share).toArray();
    }

    private List<Plot> speedPlots() {
        String title = unit.substring(0, 1).toUpperCase(Locale.ROOT) + unit.substring(1) + " a second";
        return List.of(curve(title, unit + "/s", speed), curve("Padding", "% of positions", padding));
    }

    private double[] values(java.util.function.ToDoubleFunction<CollapseVerdict> figure) {
        return verdicts.values().stream().mapToDouble(figure).toArray();
    }

    private static double[] steps(Map<Long, ?> series) {
        return series.keySet().stream().mapToDouble(Long::doubleValue).toArray();
    }

    private static String planned(String name, double value) {
        if (name.endsWith("bytes")) {
            return String.format(Locale.ROOT, "%,.0f MiB", value / (1 << 20));
        }
        return HtmlReport.number(value);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String compact(long value) {
        if (value < 1_000_000) {
            return count(value);
        }
        return value < 1_000_000_000
                ? String.format(Locale.ROOT, "%.2fM", value / 1e6)
                : String.format(Locale.ROOT, "%.2fG", value / 1e9);
    }

    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60)
                : String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
}
