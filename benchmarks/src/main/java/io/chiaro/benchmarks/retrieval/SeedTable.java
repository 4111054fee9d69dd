package io.chiaro.benchmarks.retrieval;

import io.chiaro.core.JsonObject;
import io.chiaro.core.metric.RandomisationTest;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** A system by several seeds of its training, a line a set, each seed tested against BM25 and against the base. */
final class SeedTable {

    private final double sure;
    private final StringBuilder lines = new StringBuilder();
    private final String figure;

    /**
     * An empty table.
     *
     * @param figure what is compared
     * @param sure below which p a difference shows
     */
    SeedTable(String figure, double sure) {
        this.figure = figure;
        this.sure = sure;
    }

    /**
     * Adds a set, if it has rows of more than one seed.
     *
     * @param rows of the system, one a seed
     * @param value the figure of a row
     * @param against tests of a row against BM25 and against the base, in this order
     */
    void add(
            String set,
            List<JsonObject> rows,
            ToDoubleFunction<JsonObject> value,
            Function<JsonObject, List<RandomisationTest>> against) {
        if (rows.size() < 2) {
            return;
        }
        List<JsonObject> seeds = rows.stream()
                .sorted(Comparator.comparingLong(row -> row.integer("seed")))
                .toList();
        List<List<RandomisationTest>> tests = seeds.stream().map(against).toList();
        DoubleSummaryStatistics figures = seeds.stream().mapToDouble(value).summaryStatistics();
        lines.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.4f (%.4f to %.4f) | %s | %s | %d of %d |%n",
                set,
                seeds.stream().map(row -> "" + row.integer("seed")).collect(Collectors.joining(", ")),
                figures.getAverage(),
                figures.getMin(),
                figures.getMax(),
                cells(tests, 0),
                cells(tests, 1),
                tests.stream().filter(this::shows).count(),
                seeds.size()));
    }

    private static String cells(List<List<RandomisationTest>> tests, int other) {
        return tests.stream()
                .map(ofSeed -> RetrievalStudy.cell(ofSeed.get(other)))
                .collect(Collectors.joining("; "));
    }

    private boolean shows(List<RandomisationTest> tests) {
        return tests.stream().allMatch(test -> test.difference() > 0 && test.p() < sure);
    }

    /** The table, or nothing where no set was added. */
    @Override
    public String toString() {
        return lines.isEmpty()
                ? ""
                : "\n| set | seeds | tuned, both: mean " + figure
                        + "(least to greatest) | against BM25 | against base | shows"
                        + " with |\n| --- | --- | --- | --- | --- | --- |\n" + lines;
    }
}
