package io.chiaro.data.filter;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.BadRows;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.Row;
import io.chiaro.data.RowProblem;
import io.chiaro.data.SkipReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads anchor and positive of a file's rows, with all the other columns beside them. An empty or absent text is no bad row here, since
 * it is a reason to drop the pair. A reader belongs to one thread.
 */
public final class PairReader implements AutoCloseable {

    private static final int MESSAGES = 10;

    private final RecordReader reader;
    private final String anchor;
    private final String positive;
    private final BadRows badRows;
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<String> messages = new ArrayList<>();

    private PairReader(RecordReader reader, String anchor, String positive, BadRows badRows) {
        this.reader = reader;
        this.anchor = anchor;
        this.positive = positive;
        this.badRows = badRows;
    }

    /**
     * Opens a file; a .csv or .tsv without a header if the roles name columns by position.
     *
     * @throws ChiaroException if it cannot be read, a column of the roles is absent, or there is no positive
     */
    public static PairReader open(Path file, Roles roles, BadRows badRows) {
        Optional<String> positive = roles.column(Role.POSITIVE);
        if (positive.isEmpty()) {
            throw ChiaroException.usage(file + ": expected pairs of an anchor and a positive, but found the roles "
                    + roles + ". Name both columns with --roles anchor=...,positive=....");
        }
        RecordReader reader = RecordReader.open(file, roles.byPosition());
        try {
            roles.check(file, reader.columns());
            return new PairReader(reader, roles.column(Role.ANCHOR).orElseThrow(), positive.get(), badRows);
        } catch (RuntimeException failure) {
            reader.close();
            throw failure;
        }
    }

    /**
     * The next pair, or null at the end.
     *
     * @throws ChiaroException at a bad row under {@link BadRows#STOP}, and where the file cannot be read on
     */
    public @Nullable PairRow next() {
        for (Row row = reader.next(); row != null; row = reader.next()) {
            RowProblem problem = row.problem();
            if (problem == null) {
                problem = problem(row, anchor);
            }
            if (problem == null) {
                problem = problem(row, positive);
            }
            if (problem == null) {
                return new PairRow(row, TextPair.of(text(row, anchor), text(row, positive)));
            }
            reject(problem);
        }
        return null;
    }

    /** The rows left out so far. */
    public SkipReport skipped() {
        return new SkipReport(counts, messages);
    }

    private @Nullable RowProblem problem(Row row, String column) {
        Object value = row.value(column);
        if (value == null || value instanceof String) {
            return null;
        }
        return new RowProblem(
                row.line(),
                RowProblem.Reason.WRONG_TYPE,
                reader.file().toAbsolutePath() + ", line " + row.line() + ", column \"" + column
                        + "\": expected a text, but found " + (value instanceof Row.Nested ? "a nested value" : value)
                        + ". Mend the row, or leave it out; fit, embed and data filter leave such rows out with --skip-bad.");
    }

    private static String text(Row row, String column) {
        Object value = row.value(column);
        return value == null ? "" : value.toString();
    }

    private void reject(RowProblem problem) {
        if (badRows == BadRows.STOP) {
            throw ChiaroException.data(problem.message());
        }
        counts.merge(problem.reason().words(), 1L, Long::sum);
        if (messages.size() < MESSAGES) {
            messages.add(problem.message());
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
