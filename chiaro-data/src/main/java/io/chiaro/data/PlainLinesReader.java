package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that are lines: tab-separated values with a header and no quoting, or one text a line. */
final class PlainLinesReader implements RecordReader {

    private final LineReader lines;
    private final boolean tabs;
    private final List<String> columns;

    PlainLinesReader(Path file, boolean tabs) {
        this.lines = new LineReader(file);
        this.tabs = tabs;
        this.columns = tabs ? header() : List.of("text");
    }

    private List<String> header() {
        if (!lines.next()) {
            throw ChiaroException.data(file().toAbsolutePath()
                    + ": expected a header with the names of the columns, but the file is empty. Write one as line 1.");
        }
        String text = lines.text();
        if (text == null) {
            throw ChiaroException.data(lines.problem().message());
        }
        return CsvRecordReader.header(file(), List.of(text.split("\t", -1)));
    }

    @Override
    public Path file() {
        return lines.file();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable Row next() {
        while (lines.next()) {
            String text = lines.text();
            if (text == null) {
                return Row.broken(lines.problem());
            }
            if (!tabs) {
                return Row.of(lines.number(), Map.of("text", text));
            }
            if (text.isEmpty() && columns.size() > 1) {
                continue;
            }
            return CsvRecordReader.row(file(), lines.number(), columns, List.of(text.split("\t", -1)));
        }
        return null;
    }

    @Override
    public void close() {
        lines.close();
    }

    static RowProblem broken(Path file, long line, String expected, String found) {
        return new RowProblem(
                line,
                Reason.BROKEN_ROW,
                file.toAbsolutePath() + ", line " + line + ": expected " + expected + ", but found " + found
                        + ". Mend the row.");
    }
}
