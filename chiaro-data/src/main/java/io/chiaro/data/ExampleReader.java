package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the examples of a file by the roles of its columns. Every row is either handed out, or ends the reading, or is
 * counted in {@link #skipped()}. A row whose positive is a list of texts becomes an example for each, with the same anchor and negatives,
 * one after the other and with the same line. A reader belongs to one thread.
 */
public final class ExampleReader implements AutoCloseable {

    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private final RecordReader reader;
    private final Roles roles;
    private final BadRows badRows;
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<String> messages = new ArrayList<>();
    private final Deque<Example> waiting = new ArrayDeque<>();
    private long listed;
    private final ExampleShape shape;

    private ExampleReader(RecordReader reader, Roles roles, BadRows badRows) {
        this.reader = reader;
        this.roles = roles;
        this.badRows = badRows;
        roles.check(reader.file(), reader.columns());
        // Lists have no declared length: the first good row sets it, and every other row is held to it.
        Example example = read(null);
        if (example == null) {
            throw ChiaroException.data(reader.file().toAbsolutePath()
                    + ": expected at least one usable row, but found none (" + skipped() + "). Check the file.");
        }
        waiting.addFirst(example);
        shape = roles.shape(
                roles.has(Role.NEGATIVE) ? example.texts().size() - 2 : 0,
                example.scores().size());
    }

    /**
     * Opens a file; a .csv or .tsv without a header if the roles name columns by position.
     *
     * @throws ChiaroException if it cannot be read, a column of the roles is absent, or no row is usable
     */
    public static ExampleReader open(Path file, Roles roles, BadRows badRows) {
        RecordReader reader = RecordReader.open(file, roles.byPosition());
        try {
            return new ExampleReader(reader, roles, badRows);
        } catch (RuntimeException failure) {
            reader.close();
            throw failure;
        }
    }

    /** What every example holds. */
    public ExampleShape shape() {
        return shape;
    }

    /** The file that is read. */
    public Path file() {
        return reader.file();
    }

    /**
     * The next example, or null at the end.
     *
     * @throws ChiaroException at a bad row under {@link BadRows#STOP}, and where the file cannot be read on
     */
    public @Nullable Example next() {
        Example next = waiting.poll();
        return next != null ? next : read(shape);
    }

    /** How many more examples than rows there were so far, since positives came in lists. */
    public long listed() {
        return listed;
    }

    /** The rows left out so far. */
    public SkipReport skipped() {
        return new SkipReport(counts, messages);
    }

    /** Counts a row that turned out to be unusable behind this reader, or ends the reading there. */
    void reject(RowProblem problem) {
        if (badRows == BadRows.STOP) {
            throw ChiaroException.data(problem.message());
        }
        counts.merge(problem.reason().words(), 1L, Long::sum);
        if (messages.size() < SkipReport.KEPT) {
            messages.add(problem.message());
        }
    }

    private @Nullable Example read(@Nullable ExampleShape expected) {
        while (true) {
            Row row = reader.next();
            if (row == null) {
                return null;
            }
            RowProblem problem = row.problem();
            if (problem == null) {
                try {
                    List<Example> examples = examples(row, expected);
                    listed += examples.size() - 1;
                    waiting.addAll(examples.subList(1, examples.size()));
                    return examples.get(0);
                } catch (BadRowException bad) {
                    problem = bad.problem;
                }
            }
            reject(problem);
        }
    }

    private List<Example> examples(Row row, @Nullable ExampleShape expected) throws BadRowException {
        List<String> positives = new ArrayList<>();
        for (String column : roles.columns(Role.POSITIVE)) {
            Object value = value(row, column);
            if (value instanceof List<?> list) {
                for (Object element : list) {
                    positives.add(text(row, column, element));
                }
                if (list.isEmpty() || list.size() > 1 && (roles.has(Role.SCORE) || roles.has(Role.LABEL))) {
                    throw bad(
                            row,
                            column,
                            Reason.WRONG_COUNT,
                            list.isEmpty() ? "at least one text" : "one text, since the row's score or label is of one",
                            list.size() + " of them");
                }
            } else {
                positives.add(text(row, column, value));
            }
        }
        Example example = example(row, positives, expected);
        List<Example> examples = new ArrayList<>(List.of(example));
        for (int i = 1; i < positives.size(); i++) {
            List<String> texts = new ArrayList<>(example.texts());
            texts.set(1, positives.get(i));
            examples.add(new Example(example.line(), texts, example.scores(), example.label()));
        }
        return examples;
    }

    /** The example of the first of the positives, if there are any. */
    private Example example(Row row, List<String> positives, @Nullable ExampleShape expected) throws BadRowException {
        List<String> texts = new ArrayList<>();
        for (String column : roles.columns(Role.ANCHOR)) {
            texts.add(text(row, column, value(row, column)));
        }
        texts.addAll(positives.subList(0, Math.min(1, positives.size())));
        for (String column : roles.columns(Role.NEGATIVE)) {
            Object value = value(row, column);
            if (value instanceof List<?> list && roles.columns(Role.NEGATIVE).size() == 1) {
                expectCount(row, column, list.size(), expected == null ? -1 : expected.negatives());
                for (Object element : list) {
                    texts.add(text(row, column, element));
                }
            } else {
                texts.add(text(row, column, value));
            }
        }
        if (expected != null && texts.size() != expected.texts()) {
            expectCount(row, roles.columns(Role.NEGATIVE).get(0), texts.size() - 2, expected.negatives());
        }
        List<Double> scores = new ArrayList<>();
        for (String column : roles.columns(Role.SCORE)) {
            Object value = value(row, column);
            if (value instanceof List<?> list && roles.columns(Role.SCORE).size() == 1) {
                expectCount(row, column, list.size(), expected == null ? -1 : expected.scores());
                for (Object element : list) {
                    scores.add(score(row, column, element));
                }
            } else {
                scores.add(score(row, column, value));
            }
        }
        if (expected != null && scores.size() != expected.scores()) {
            expectCount(row, roles.columns(Role.SCORE).get(0), scores.size(), expected.scores());
        }
        String label = null;
        for (Role role : List.of(Role.LABEL, Role.DOMAIN)) {
            for (String column : roles.columns(role)) {
                label = label(row, column, value(row, column));
            }
        }
        return new Example(row.line(), texts, scores, label);
    }

    private Object value(Row row, String column) throws BadRowException {
        Object value = row.value(column);
        if (value == null) {
            throw bad(row, column, Reason.MISSING_VALUE, "a value", "none");
        }
        return value;
    }

    private String text(Row row, String column, Object value) throws BadRowException {
        if (!(value instanceof String text)) {
            throw bad(row, column, Reason.WRONG_TYPE, "a text", words(value));
        }
        if (text.isBlank()) {
            throw bad(row, column, Reason.EMPTY_TEXT, "a text", "an empty one");
        }
        int lone = EscapingUtf8Reader.malformedAt(text);
        if (lone >= 0 || Character.isHighSurrogate(text.charAt(text.length() - 1))) {
            throw bad(row, column, Reason.NOT_UTF8, "Unicode text", "half a surrogate pair");
        }
        return text;
    }

    private double score(Row row, String column, Object value) throws BadRowException {
        double score;
        if (value instanceof Number number) {
            score = number.doubleValue();
        } else if (value instanceof String text && NUMBER.matcher(text.strip()).matches()) {
            score = Double.parseDouble(text.strip());
        } else {
            throw bad(row, column, Reason.BAD_SCORE, "a finite number", words(value));
        }
        if (!Double.isFinite(score)) {
            throw bad(row, column, Reason.BAD_SCORE, "a finite number", words(value));
        }
        return score;
    }

    private String label(Row row, String column, Object value) throws BadRowException {
        if (value instanceof List<?> || value instanceof Row.Nested) {
            throw bad(row, column, Reason.WRONG_TYPE, "a label", words(value));
        }
        String label = value.toString().strip();
        if (label.isEmpty()) {
            throw bad(row, column, Reason.MISSING_VALUE, "a label", "an empty one");
        }
        return label;
    }

    private void expectCount(Row row, String column, int found, int expected) throws BadRowException {
        if (expected >= 0 && found != expected) {
            throw bad(row, column, Reason.WRONG_COUNT, expected + " values as in the first row", String.valueOf(found));
        }
        if (found == 0) {
            throw bad(row, column, Reason.WRONG_COUNT, "at least one value", "an empty list");
        }
    }

    private static String words(Object value) {
        if (value instanceof List<?>) {
            return "a list";
        }
        if (value instanceof Row.Nested) {
            return "null or a nested object";
        }
        String text = value.toString();
        return "\"" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "\"";
    }

    private BadRowException bad(Row row, String column, Reason reason, String expected, String found) {
        return new BadRowException(
                new RowProblem(
                        row.line(),
                        reason,
                        reader.file().toAbsolutePath() + ", line " + row.line() + ", column \"" + column
                                + "\": expected "
                                + expected + ", but found " + found
                                + ". Mend the row, or leave it out; fit, embed and data filter leave such rows out with --skip-bad."));
    }

    @Override
    public void close() {
        reader.close();
    }

    /** Carries a problem out of the nested readers of values; costs no stack trace. */
    private static final class BadRowException extends Exception {
        private final transient RowProblem problem;

        BadRowException(RowProblem problem) {
            super(problem.message(), null, false, false);
            this.problem = problem;
        }
    }
}
