package io.chiaro.cli.filtering;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.OutputFiles;
import io.chiaro.cli.console.Progress;
import io.chiaro.cli.opening.Models;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.data.BadRows;
import io.chiaro.data.Roles;
import io.chiaro.data.SkipReport;
import io.chiaro.data.filter.MeasuredPair;
import io.chiaro.data.filter.PairFilter;
import io.chiaro.data.filter.PairReader;
import io.chiaro.data.filter.PairRow;
import io.chiaro.data.filter.RandomSample;
import io.chiaro.data.filter.TextPair;
import io.chiaro.model.Embedder;
import io.chiaro.model.TextVectors;
import io.chiaro.search.mining.HardNegatives;
import io.chiaro.search.mining.PairMeasuring;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Filters a file of pairs in passes over it, so that memory holds no texts but those of one window and of the pool: all pairs are
 * shown to the rules, then judged by their texts, those that are left by a model, and what stays is written.
 */
public final class Filtering {

    private final Told told;
    private final Output output;
    private final PairFilter<TextPair> byTexts;
    private final PairFilter<MeasuredPair> byModel;
    private final int textRules;
    private final Verdicts verdicts = new Verdicts();
    private final Measurements measurements = new Measurements();
    private SkipReport skipped = SkipReport.none();

    /**
     * What is asked.
     *
     * @param data pairs of texts
     * @param roles which column is anchor and which positive
     * @param badRows what happens at a row that cannot be read
     * @param texts by what texts alone pairs are dropped
     * @param model by what a model finds of them they are
     * @param out where what stays goes
     * @param dropped where the others go, each with the rule that dropped it
     */
    public record Told(
            Path data,
            Roles roles,
            BadRows badRows,
            TextRuleOptions texts,
            ModelRuleOptions model,
            Optional<Path> out,
            Optional<Path> dropped,
            long seed,
            int threads) {}

    private Filtering(Output output, Told told) {
        this.output = output;
        this.told = told;
        this.byTexts = PairFilter.of(RuleSettings.of(told.texts()).rules());
        this.byModel = PairFilter.of(RuleSettings.of(told.model()).rules());
        this.textRules = byTexts.tallies().size();
    }

    /** Filters, says the table, writes what is asked for and returns the document. */
    public static Object run(Output output, Told told) throws IOException {
        Optional<String> model = told.model().model();
        told.out().ifPresent(file -> checkName("--out", file, told.data()));
        told.dropped().ifPresent(file -> checkName("--dropped", file, told.data()));
        if (told.out().isPresent()
                && told.out().map(Filtering::place).equals(told.dropped().map(Filtering::place))) {
            throw ChiaroException.usage(
                    "--dropped: expected another file than --out, but found it twice. Name another.");
        }
        return new Filtering(output, told).filtered(model);
    }

    private static Path place(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static void checkName(String option, Path file, Path data) {
        OutputFiles.requireJsonLines(option, file);
        OutputFiles.refuseOver(option, file, data);
    }

    private Object filtered(Optional<String> model) throws IOException {
        pass((pair, row) -> byTexts.see(row.pair()));
        RandomSample<HardNegatives.Pair> pool =
                new RandomSample<>(Math.max(1, told.model().pool()), told.seed(), "consistency pool");
        skipped = pass((pair, row) -> {
            OptionalInt rule = byTexts.drops(row.pair(), row.line());
            verdicts.add(rule);
            if (rule.isEmpty() && told.model().pool() > 0) {
                pool.offer(texts(row));
            }
        });
        if (model.isPresent()) {
            measure(model.get(), pool.items());
        }
        FilterReport report = new FilterReport(told, verdicts, measurements, tallies(), skipped);
        output.say(report.table().stripTrailing());
        if (verdicts.kept() == 0) {
            throw ChiaroException.data(told.data() + ": expected at least one pair that stays, but all "
                    + verdicts.size() + " are dropped. Loosen a rule.");
        }
        told.out().ifPresent(this::writeKept);
        told.dropped().ifPresent(this::writeDropped);
        return report.document();
    }

    private List<PairFilter.Tally> tallies() {
        List<PairFilter.Tally> tallies = new ArrayList<>(byTexts.tallies());
        tallies.addAll(byModel.tallies());
        return tallies;
    }

    /** What is done with each pair of a pass. */
    private interface Visit {
        void at(int pair, PairRow row) throws IOException;
    }

    private SkipReport pass(Visit visit) throws IOException {
        try (PairReader reader = PairReader.open(told.data(), told.roles(), told.badRows())) {
            int pair = 0;
            for (PairRow row = reader.next(); row != null; row = reader.next()) {
                visit.at(pair++, row);
            }
            if (verdicts.size() > 0 && pair != verdicts.size()) {
                throw ChiaroException.data(
                        told.data() + ": expected " + verdicts.size() + " pairs as when it was read before, but found "
                                + pair + ". Run again when nothing writes it.");
            }
            return reader.skipped();
        }
    }

    private static HardNegatives.Pair texts(PairRow row) {
        return new HardNegatives.Pair(
                row.pair().anchor().text(), row.pair().positive().text());
    }

    private void measure(String model, List<HardNegatives.Pair> pool) throws IOException {
        try (Embedder embedder = Models.open(model, told.threads());
                Progress progress = output.progress("embedding", "pairs", verdicts.kept())) {
            PairMeasuring measuring = new PairMeasuring(embedder, pool);
            Window window = new Window(measuring, progress);
            pass((pair, row) -> {
                if (verdicts.stays(pair)) {
                    window.add(pair, row);
                }
            });
            window.measure();
        }
        for (int i = 0; i < measurements.size(); i++) {
            OptionalInt rule = byModel.drops(measurements.measured(i), measurements.line(i));
            if (rule.isPresent()) {
                verdicts.drop(measurements.pair(i), textRules + rule.getAsInt());
            }
        }
    }

    /** The pairs that are embedded together. */
    private final class Window {

        private final PairMeasuring measuring;
        private final Progress progress;
        private final List<Integer> numbers = new ArrayList<>();
        private final List<Long> lines = new ArrayList<>();
        private final List<HardNegatives.Pair> pairs = new ArrayList<>();

        Window(PairMeasuring measuring, Progress progress) {
            this.measuring = measuring;
            this.progress = progress;
        }

        void add(int pair, PairRow row) {
            numbers.add(pair);
            lines.add(row.line());
            pairs.add(texts(row));
            if (pairs.size() == TextVectors.WINDOW) {
                measure();
            }
        }

        void measure() {
            List<PairMeasuring.Measure> measures = measuring.of(pairs);
            for (int i = 0; i < measures.size(); i++) {
                MeasuredPair measured = new MeasuredPair(
                        measures.get(i).cosine(), measures.get(i).rank());
                measurements.add(numbers.get(i), lines.get(i), measured);
                byModel.see(measured);
            }
            progress.more(pairs.size());
            numbers.clear();
            lines.clear();
            pairs.clear();
        }
    }

    private void writeKept(Path file) {
        AtomicFiles.write(
                file,
                stream -> pass((pair, row) -> {
                    if (verdicts.stays(pair)) {
                        RowLines.write(stream, told.data(), row.row());
                    }
                }));
        output.note("wrote " + file);
    }

    private void writeDropped(Path file) {
        List<PairFilter.Tally> tallies = tallies();
        AtomicFiles.write(
                file,
                stream -> pass((pair, row) -> {
                    if (!verdicts.stays(pair)) {
                        writeDropped(stream, pair, row, tallies.get(verdicts.rule(pair)));
                    }
                }));
        output.note("wrote " + file);
    }

    private void writeDropped(OutputStream stream, int pair, PairRow row, PairFilter.Tally tally) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("line", row.line());
        line.put("rule", tally.reason().key());
        OptionalInt at = measurements.of(pair);
        if (at.isPresent()) {
            line.put("cosine", measurements.measured(at.getAsInt()).cosine());
            if (told.model().pool() > 0) {
                line.put("rank", measurements.measured(at.getAsInt()).rank());
            }
        }
        line.put("anchor", row.pair().anchor().text());
        line.put("positive", row.pair().positive().text());
        stream.write((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
