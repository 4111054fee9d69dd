package io.chiaro.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values after RFC 4180, with a header or with columns by position. A row of a wrong number of fields is a broken row; a broken quote
 * ends the reading, because behind it nobody knows where rows begin.
 */
final class CsvRecordReader implements RecordReader {

    private final Path file;
    private final CsvReader<CsvRecord> csv;
    private final Iterator<CsvRecord> records;
    private final Header header;
    private @Nullable CsvRecord first;
    private long line;

    CsvRecordReader(Path file, boolean byPosition) {
        this.file = file;
        csv = CsvReader.builder()
                .skipEmptyLines(false)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowUnclosedQuote(false)
                .maxBufferSize(LineReader.LONGEST_LINE)
                .ofCsvRecord(new EscapingUtf8Reader(Inputs.open(file)));
        records = csv.iterator();
        CsvRecord top = read();
        header = Header.of(file, top == null ? null : top.getFields(), byPosition);
        first = header.isData() ? top : null;
    }

    private @Nullable CsvRecord read() {
        CsvRecord kept = first;
        if (kept != null) {
            first = null;
            return kept;
        }
        try {
            if (!records.hasNext()) {
                return null;
            }
            CsvRecord record = records.next();
            line = record.getStartingLineNumber();
            return record;
        } catch (CsvParseException failure) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    file.toAbsolutePath() + ", the row after line " + line
                            + ": expected comma-separated values with closed quotes," + " but " + reason(failure)
                            + ". Mend the quotes; rows behind them cannot be found.",
                    failure);
        } catch (UncheckedIOException failure) {
            throw Inputs.unreadable(file, "after line " + line, new IOException(reason(failure), failure));
        }
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> columns() {
        return header.columns();
    }

    @Override
    public @Nullable Row next() {
        while (true) {
            CsvRecord record = read();
            if (record == null) {
                return null;
            }
            List<String> fields = record.getFields();
            for (int i = 0; i < fields.size(); i++) {
                int at = EscapingUtf8Reader.malformedAt(fields.get(i));
                if (at >= 0) {
                    return Row.broken(new RowProblem(
                            line,
                            Reason.NOT_UTF8,
                            file.toAbsolutePath() + ", line " + line + ", field " + (i + 1) + ", character " + (at + 1)
                                    + ": expected UTF-8, but found the byte "
                                    + String.format("0x%02X", fields.get(i).charAt(at) & 0xFF)
                                    + ". Convert the file to UTF-8."));
                }
            }
            boolean blankLine = fields.size() == 1 && fields.get(0).isEmpty();
            if (!blankLine || header.columns().size() == 1) {
                return header.row(file, line, fields);
            }
        }
    }

    @Override
    public void close() {
        try {
            csv.close();
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "when it was closed", failure);
        }
    }
}
