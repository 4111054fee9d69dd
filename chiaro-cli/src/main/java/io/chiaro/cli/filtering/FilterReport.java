package io.chiaro.cli.filtering;

import io.chiaro.data.SkipReport;
import io.chiaro.data.filter.PairFilter.Tally;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Why pairs were dropped, as a table for people and as a document. */
record FilterReport(
        Filtering.Told told, Verdicts verdicts, Measurements measurements, List<Tally> tallies, SkipReport skipped) {

    String table() {
        int kept = verdicts.kept();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%,d of %,d pairs stay, %,d dropped%n", kept, verdicts.size(), verdicts.size() - kept));
        table.append(String.format("%12s%12s%12s  pairs that%n", "dropped", "by it alone", "first line"));
        for (Tally tally : tallies) {
            table.append(String.format(
                    Locale.ROOT,
                    "%,12d%,12d%12s  %s%n",
                    tally.dropped(),
                    tally.breaking(),
                    tally.firstLine() == 0 ? "" : String.valueOf(tally.firstLine()),
                    tally.reason().words()));
        }
        if (measurements.size() > 0) {
            table.append("mean cosine");
            if (!Double.isNaN(meanCosine(true))) {
                table.append(String.format(Locale.ROOT, " %.4f of the pairs that stay", meanCosine(true)));
            }
            if (!Double.isNaN(meanCosine(false))) {
                table.append(String.format(Locale.ROOT, " %.4f of those that the model drops", meanCosine(false)));
            }
            table.append('\n');
        }
        if (skipped.total() > 0) {
            table.append(skipped).append('\n');
            skipped.examples()
                    .forEach(message -> table.append("  ").append(message).append('\n'));
        }
        return table.toString();
    }

    Map<String, Object> document() {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Tally tally : tallies) {
            Map<String, Object> rule = new LinkedHashMap<>();
            rule.put("rule", tally.reason().key());
            rule.put("words", tally.reason().words());
            rule.put("dropped", tally.dropped());
            rule.put("alone", tally.breaking());
            if (tally.firstLine() > 0) {
                rule.put("first-line", tally.firstLine());
            }
            rules.add(rule);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("data", told.data().toString());
        document.put("roles", told.roles().toString());
        document.put("pairs", verdicts.size());
        document.put("kept", verdicts.kept());
        document.put("dropped", verdicts.size() - verdicts.kept());
        document.put("rules", rules);
        document.put("skipped", skipped.counts());
        if (told.model().model().isPresent()) {
            document.put("model", told.model().model().get());
            document.put("measured", measurements.size());
            putMean(document, "mean-cosine-kept", meanCosine(true));
            putMean(document, "mean-cosine-dropped", meanCosine(false));
        }
        if (told.model().pool() > 0) {
            document.put("pool", Math.min(told.model().pool(), measurements.size()));
            document.put("seed", told.seed());
        }
        return document;
    }

    private static void putMean(Map<String, Object> document, String key, double mean) {
        if (!Double.isNaN(mean)) {
            document.put(key, mean);
        }
    }

    /** Of the measured pairs that stay, or of those that the model's rules dropped. */
    private double meanCosine(boolean kept) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < measurements.size(); i++) {
            if (verdicts.stays(measurements.pair(i)) == kept) {
                sum += measurements.measured(i).cosine();
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
