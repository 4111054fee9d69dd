package io.chiaro.eval;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The rows of a benchmark file: CSV with the quotes of RFC 4180, TSV without any quoting, or one JSON object a line; by
 * the ending of the name, also with .gz behind it.
 */
final class Rows {

    /** How a file is laid out. */
    enum Form {
        CSV,
        TSV,
        JSONL
    }

    /** A row: where it stands, its cells by the name of their column or, without a header, by position from "0". */
    record Row(String where, Map<String, String> cells) {

        String cell(String column) {
            String cell = cells.get(column);
            if (cell == null) {
                throw ChiaroException.data(where + ": expected a value of \"" + column + "\", but found only "
                        + cells.keySet() + ". Complete the row.");
            }
            return cell;
        }

        double number(String column) {
            String cell = cell(column);
            try {
                double number = Double.parseDouble(cell.strip());
                if (Double.isFinite(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // The error below tells what stands there.
            }
            throw ChiaroException.data(
                    where + ": expected a number as \"" + column + "\", but found \"" + cell + "\". Correct the row.");
        }
    }

    private static final int LONGEST_SHOWN = 40;

    private Rows() {}

    static Form form(Path file) {
        String name = DataFiles.name(file);
        if (name.endsWith(".csv")) {
            return Form.CSV;
        }
        if (name.endsWith(".tsv") || name.endsWith(".txt")) {
            return Form.TSV;
        }
        if (name.endsWith(".jsonl")) {
            return Form.JSONL;
        }
        throw ChiaroException.data(file.toAbsolutePath()
                + ": expected a file that ends in .csv, .tsv or .jsonl (or one of them with .gz), but found another ending. "
                + "Rename the file.");
    }

    /** All rows of a file whose first line names the columns. */
    static void named(Path file, Consumer<Row> rows) {
        Form form = form(file);
        if (form == Form.JSONL) {
            objects(file, object -> {
                Map<String, String> cells = new LinkedHashMap<>();
                for (String key : object.json().keys()) {
                    Object value = object.json().toMap().get(key);
                    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                        cells.put(key, value.toString());
                    }
                }
                rows.accept(new Row(object.where(), cells));
            });
            return;
        }
        List<String> header = new ArrayList<>();
        cells(file, form, (where, cells) -> {
            if (header.isEmpty()) {
                header.addAll(cells);
                if (Map.copyOf(positions(header)).size() != header.size()) {
                    throw ChiaroException.data(
                            where + ": expected names of columns that differ, but found " + header + ". Rename one.");
                }
                return;
            }
            if (cells.size() != header.size()) {
                throw ChiaroException.data(where + ": expected " + header.size() + " cells as in the header " + header
                        + ", but found " + cells.size() + ". Correct the row.");
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                row.put(header.get(i), cells.get(i));
            }
            rows.accept(new Row(where, row));
        });
    }

    /** All rows of a file without a header, with at least as many cells; further ones are dropped. */
    static void positional(Path file, Form form, int least, Consumer<Row> rows) {
        cells(file, form, (where, cells) -> {
            if (cells.size() < least) {
                throw ChiaroException.data(
                        where + ": expected " + least + " cells, but found " + cells.size() + ". Correct the row.");
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                row.put(String.valueOf(i), cells.get(i));
            }
            rows.accept(new Row(where, row));
        });
    }

    /** The cells of the first line, none if the file is empty. */
    static List<String> first(Path file) {
        try (BufferedReader reader = DataFiles.reader(file)) {
            if (form(file) == Form.CSV) {
                try (CsvReader<CsvRecord> csv = CsvReader.builder()
                        .allowMissingFields(true)
                        .allowExtraFields(true)
                        .ofCsvRecord(reader)) {
                    return csv.stream().findFirst().map(CsvRecord::getFields).orElse(List.of());
                }
            }
            String line = reader.readLine();
            return line == null ? List.of() : Arrays.asList(line.split("\t", -1));
        } catch (CsvParseException e) {
            return List.of(); // reading the rows will say what is wrong
        } catch (IOException e) {
            throw DataFiles.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw DataFiles.unreadable(file, deepest(e));
        }
    }

    /** A JSON object and where it stands. */
    record Located(String where, JsonObject json) {}

    /** All objects of a file with one a line; empty lines are skipped. */
    static void objects(Path file, Consumer<Located> objects) {
        try (BufferedReader reader = DataFiles.reader(file)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    String where = where(file, number);
                    objects.accept(new Located(where, Json.parse(where, line)));
                }
            }
        } catch (IOException e) {
            throw DataFiles.unreadable(file, e);
        }
    }

    static String where(Path file, long line) {
        return file.toAbsolutePath() + ":" + line;
    }

    /**
     * The column of the file that holds something: the one that the user named, otherwise the first usual name that is
     * there.
     */
    static String column(Row row, String what, Map<String, String> named, String... usual) {
        String given = named.get(what);
        if (given != null) {
            if (!row.cells.containsKey(given)) {
                throw ChiaroException.data(
                        row.where + ": expected the column \"" + given + "\" for " + what + ", but found "
                                + row.cells.keySet() + ". "
                                + io.chiaro.core.Names.hint(given, row.cells.keySet()));
            }
            return given;
        }
        for (String name : usual) {
            if (row.cells.containsKey(name)) {
                return name;
            }
        }
        throw ChiaroException.data(row.where + ": expected a column for " + what + " named "
                + String.join(" or ", usual)
                + ", but found "
                + row.cells.keySet().stream().map(Rows::shortened).toList()
                + ". Rename the column, or say which one it is with --columns " + what + "=NAME.");
    }

    private static Throwable deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static String shortened(String name) {
        return name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "..." : name;
    }

    private interface Cells {
        void accept(String where, List<String> cells);
    }

    private static Map<String, Integer> positions(List<String> header) {
        Map<String, Integer> positions = new LinkedHashMap<>();
        header.forEach(name -> positions.put(name, positions.size()));
        return positions;
    }

    private static void cells(Path file, Form form, Cells each) {
        try (BufferedReader reader = DataFiles.reader(file)) {
            if (form == Form.CSV) {
                try (CsvReader<CsvRecord> csv = CsvReader.builder()
                        // The rows are counted here, so that the error can name the line.
                        .allowMissingFields(true)
                        .allowExtraFields(true)
                        .allowUnclosedQuote(false)
                        .ofCsvRecord(reader)) {
                    csv.forEach(line -> each.accept(where(file, line.getStartingLineNumber()), line.getFields()));
                }
                return;
            }
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isEmpty()) {
                    each.accept(where(file, number), Arrays.asList(line.split("\t", -1)));
                }
            }
        } catch (CsvParseException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ": expected comma-separated values with closed quotes, but found: "
                            + deepest(e).getMessage() + ". Mend the quotes.",
                    e);
        } catch (IOException e) {
            throw DataFiles.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw DataFiles.unreadable(file, deepest(e));
        }
    }
}
