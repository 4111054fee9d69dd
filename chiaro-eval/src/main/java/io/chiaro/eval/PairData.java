package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pairs of texts that belong together or do not, from a table with named columns, or without a header from lines of two texts
 * and 0 or 1, as records for entity matching are written; MSRP's own names are known too. Of SNLI and its like (gold_label, sentence1, sentence2) entailment counts as 1 and contradiction as 0, as in MTEB; the other rows are
 * left out.
 */
record PairData(Path file, List<Pair> pairs) {

    /** Two texts and whether they belong together. */
    record Pair(String first, String second, boolean positive) {}

    static PairData open(Path path, String split, Map<String, String> columns) {
        Path file = DataFiles.find(path, split);
        List<Pair> pairs = new ArrayList<>();
        if (columns.isEmpty() && hasNoHeader(file)) {
            Rows.positional(
                    file,
                    Rows.Form.TSV,
                    3,
                    row -> pairs.add(new Pair(row.cell("0"), row.cell("1"), positive(row, "2"))));
            return new PairData(file, pairs);
        }
        Rows.named(file, row -> {
            if (columns.isEmpty() && TripletData.Inferences.are(row)) {
                boolean entailed = row.cell("gold_label").equals("entailment");
                if (entailed || row.cell("gold_label").equals("contradiction")) {
                    pairs.add(new Pair(row.cell("sentence1"), row.cell("sentence2"), entailed));
                }
                return;
            }
            String first = Rows.column(
                    row, "text1", columns, "text1", "sentence1", "anchor", "query", "question1", "sent1", "#1 String");
            String second = Rows.column(
                    row,
                    "text2",
                    columns,
                    "text2",
                    "sentence2",
                    "positive",
                    "code",
                    "document",
                    "question2",
                    "sent2",
                    "#2 String");
            String label = Rows.column(row, "label", columns, "label", "labels", "is_duplicate", "Quality");
            pairs.add(new Pair(row.cell(first), row.cell(second), positive(row, label)));
        });
        return new PairData(file, pairs);
    }

    private static boolean hasNoHeader(Path file) {
        if (Rows.form(file) != Rows.Form.TSV) {
            return false;
        }
        List<String> first = Rows.first(file);
        return first.size() == 3 && (first.get(2).equals("0") || first.get(2).equals("1"));
    }

    static boolean positive(Rows.Row row, String column) {
        return switch (row.cell(column).strip().toLowerCase(Locale.ROOT)) {
            case "1", "1.0", "true" -> true;
            case "0", "0.0", "false" -> false;
            default ->
                throw ChiaroException.data(row.where() + ": expected 1, 0, true or false as \"" + column
                        + "\", but found \"" + row.cell(column) + "\". Map the labels to these first.");
        };
    }
}
