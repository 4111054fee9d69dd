package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that are lines: tab-separated values without quoting, with a header or by position, or one text a line. */
final class PlainLinesReader implements RecordReader {

    private final LineReader lines;
    private final @Nullable Header header;
    private boolean firstWaits;

    private PlainLinesReader(LineReader lines, @Nullable Header header) {
        this.lines = lines;
        this.header = header;
        this.firstWaits = header != null && header.isData();
    }

    /** A text a line. */
    static PlainLinesReader texts(Path file) {
        return new PlainLinesReader(new LineReader(file), null);
    }

    /** Tab-separated values. */
    static PlainLinesReader tabs(Path file, boolean byPosition) {
        LineReader lines = new LineReader(file);
        try {
            List<String> fields = null;
            if (lines.next()) {
                String text = lines.text();
                if (text == null) {
                    throw ChiaroException.data(lines.problem().message());
                }
                fields = List.of(text.split("\t", -1));
            }
            return new PlainLinesReader(lines, Header.of(file, fields, byPosition));
        } catch (RuntimeException failure) {
            lines.close();
            throw failure;
        }
    }

    @Override
    public Path file() {
        return lines.file();
    }

    @Override
    public List<String> columns() {
        return header == null ? List.of("text") : header.columns();
    }

    @Override
    public @Nullable Row next() {
        while (firstWaits || lines.next()) {
            firstWaits = false;
            String text = lines.text();
            if (text == null) {
                return Row.broken(lines.problem());
            }
            if (header == null) {
                return Row.of(lines.number(), Map.of("text", text));
            }
            if (text.isEmpty() && header.columns().size() > 1) {
                continue;
            }
            return header.row(file(), lines.number(), List.of(text.split("\t", -1)));
        }
        return null;
    }

    @Override
    public void close() {
        lines.close();
    }
}
