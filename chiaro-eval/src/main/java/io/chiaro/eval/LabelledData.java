package io.chiaro.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Texts with labels, from a table with the columns text and label. AG News is read natively: a folder with
 * {@code classes.txt} and {@code test.csv} without header, class number, title, description.
 */
record LabelledData(Path file, List<String> texts, List<String> labels) {

    static LabelledData open(Path path, String split, Map<String, String> columns) {
        return read(DataFiles.find(path, split), columns);
    }

    static LabelledData read(Path file, Map<String, String> columns) {
        List<String> texts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        if (Files.isRegularFile(file.resolveSibling("classes.txt"))
                && DataFiles.name(file).endsWith(".csv")) {
            Rows.positional(file, Rows.Form.CSV, 3, row -> {
                labels.add(row.cell("0"));
                texts.add(row.cell("1") + " " + row.cell("2"));
            });
        } else {
            Rows.named(file, row -> {
                String text = Rows.column(row, "text", columns, "text", "sentence", "utterance", "query");
                String label = Rows.column(row, "label", columns, "label", "category", "intent", "class");
                texts.add(row.cell(text));
                labels.add(row.cell(label));
            });
        }
        return new LabelledData(file, texts, labels);
    }

    /** The labels as numbers from 0, in the alphabetic order of the given names. */
    int[] numbers(TreeSet<String> names) {
        List<String> order = new ArrayList<>(names);
        Map<String, Integer> numbers = new java.util.HashMap<>();
        for (String name : order) {
            numbers.put(name, numbers.size());
        }
        return labels.stream()
                .mapToInt(label -> java.util.Objects.requireNonNull(numbers.get(label)))
                .toArray();
    }
}
