package io.chiaro.eval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Texts with labels, from a table with the columns text and label. Read natively besides:
 *
 * <ul>
 *   <li>AG News: a folder with {@code classes.txt} and {@code test.csv} without header, class number, title, description;
 *   <li>CLINC150: {@code data_full.json}, one object whose keys train, val and test hold lists of [text, label]. Of its
 *       folder this file is taken; the texts out of scope, which are lists of their own, are no part of the task.
 * </ul>
 *
 * @param file where they stand
 * @param texts the texts
 * @param labels one for each text
 */
record LabelledData(Path file, List<String> texts, List<String> labels) {

    private static final List<String> CLINC = List.of("data_full.json", "data_full.json.gz");

    static LabelledData open(Path path, String split, Map<String, String> columns) {
        for (String name : CLINC) {
            if (Files.isRegularFile(path.resolve(name))) {
                return object(path.resolve(name), split);
            }
        }
        return isObject(path) ? object(path, split) : table(DataFiles.find(path, split), columns);
    }

    /** The part to train on that belongs to these, in the same file or in one beside it. */
    Optional<LabelledData> train(String split, Map<String, String> columns) {
        if (isObject(file)) {
            return split.equals("train") ? Optional.empty() : Optional.of(object(file, "train"));
        }
        return DataFiles.sibling(file, "train").map(other -> table(other, columns));
    }

    private static boolean isObject(Path file) {
        return Files.isRegularFile(file) && DataFiles.name(file).endsWith(".json");
    }

    private static LabelledData table(Path file, Map<String, String> columns) {
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

    private static LabelledData object(Path file, String split) {
        JsonObject parts = Json.parse(file.toAbsolutePath().toString(), content(file));
        String key = parts.keys().stream()
                .filter(part -> DataFiles.matches(part, split))
                .findFirst()
                .orElseThrow(() -> ChiaroException.data(file.toAbsolutePath() + ": expected the split \"" + split
                        + "\" as a key, but found " + parts.keys() + ". Choose another split."));
        List<String> texts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        if (!(parts.toMap().get(key) instanceof List<?> rows)) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected a list of [text, label] as \"" + key
                    + "\", but found something else. Correct the file.");
        }
        for (Object row : rows) {
            if (!(row instanceof List<?> cells
                    && cells.size() == 2
                    && cells.get(0) instanceof String text
                    && cells.get(1) instanceof String label)) {
                throw ChiaroException.data(file.toAbsolutePath() + ": \"" + key + "\", entry " + (texts.size() + 1)
                        + ": expected [text, label], but found something else. Correct the entry.");
            }
            texts.add(text);
            labels.add(label);
        }
        return new LabelledData(file, texts, labels);
    }

    private static String content(Path file) {
        try (BufferedReader reader = DataFiles.reader(file)) {
            return reader.lines().collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw DataFiles.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw DataFiles.unreadable(file, Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    /** The labels as numbers from 0, in the alphabetic order of the given names. */
    int[] numbers(TreeSet<String> names) {
        Map<String, Integer> numbers = new HashMap<>();
        for (String name : names) {
            numbers.put(name, numbers.size());
        }
        return labels.stream()
                .mapToInt(label -> Objects.requireNonNull(numbers.get(label)))
                .toArray();
    }
}
