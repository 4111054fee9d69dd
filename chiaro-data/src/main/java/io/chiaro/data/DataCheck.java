package io.chiaro.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What stands in the files of a data set, before anything is trained on it: how long the texts are, which repeat, and which
 * leak from one split into another. Prints as a {@linkplain #table() table}, and as JSON because it is a record.
 *
 * <p>Texts count as equal if they agree after NFKC, in lower case, with runs of white space as one blank; they are compared
 * by 64-bit hashes, so memory grows by some 16 to 32 bytes for each different text.
 *
 * @param splits one for each file, in the order given
 * @param leaks one for each pair of files that share texts
 */
public record DataCheck(List<Split> splits, List<Leak> leaks) {

    private static final int LABELS_SHOWN = 20;

    /**
     * One file.
     *
     * @param file its path
     * @param roles which column plays which role
     * @param shape what an example holds
     * @param rows usable rows
     * @param columns one for each text of an example
     * @param sameAnchorAndPositive rows whose anchor and positive are equal
     * @param scores of all rows, if they have scores
     * @param labels rows of each label; empty without labels
     * @param skipped rows that are not usable
     */
    public record Split(
            String file,
            String roles,
            String shape,
            long rows,
            List<Column> columns,
            long sameAnchorAndPositive,
            Optional<Scores> scores,
            Map<String, Long> labels,
            SkipReport skipped) {}

    /**
     * One text of the examples.
     *
     * @param name anchor, positive, negative 1, ...
     * @param repeated rows whose text occurred in an earlier row
     * @param characters lengths in UTF-16 units
     * @param tokens lengths in tokens after the cut, if an encoder was given
     */
    public record Column(String name, long repeated, Lengths characters, Optional<Lengths> tokens) {}

    /** Quantiles of lengths: the smallest length that at least so large a share of the texts does not exceed. */
    public record Lengths(int shortest, int median, int p90, int p99, int longest, double mean) {}

    /** Scores of all rows; the deviation divides by their number. */
    public record Scores(double lowest, double mean, double highest, double deviation) {}

    /**
     * Texts that two files share.
     *
     * @param first the earlier file
     * @param second the later file
     * @param rows rows of the second file with a text of the first
     * @param texts texts of the second file, in any column and counted as often as they occur, that the first has too
     * @param line the first such row of the second file
     */
    public record Leak(String first, String second, long rows, long texts, long line) {}

    public DataCheck {
        splits = List.copyOf(splits);
        leaks = List.copyOf(leaks);
    }

    /**
     * Reads files and checks them. Bad rows are counted, never an error.
     *
     * @param files the splits of one data set, or a single file
     * @param roles the roles of all files; empty for the default columns of each
     * @param encoder for lengths in tokens; empty to leave them out
     * @throws io.chiaro.core.ChiaroException if a file cannot be read or has no usable row
     */
    public static DataCheck of(List<Path> files, Optional<Roles> roles, Optional<TextEncoder> encoder) {
        List<HashSet64> seen = new ArrayList<>();
        List<Split> splits = new ArrayList<>();
        List<Leak> leaks = new ArrayList<>();
        for (Path file : files) {
            Roles chosen = roles.orElseGet(() -> defaults(file));
            Reading reading = new Reading(file, chosen, encoder, seen);
            splits.add(reading.split());
            leaks.addAll(reading.leaks(splits));
            seen.add(reading.all);
        }
        return new DataCheck(splits, leaks);
    }

    private static Roles defaults(Path file) {
        try (RecordReader reader = RecordReader.open(file)) {
            return Roles.defaults(file, reader.columns());
        }
    }

    /** One pass over one file. */
    private static final class Reading {

        private final Path file;
        private final Roles roles;
        private final Optional<TextEncoder> encoder;
        private final List<HashSet64> earlier;
        private final HashSet64 all = new HashSet64();
        private final long[] leakedRows;
        private final long[] leakedTexts;
        private final long[] leakedLine;

        Reading(Path file, Roles roles, Optional<TextEncoder> encoder, List<HashSet64> earlier) {
            this.file = file;
            this.roles = roles;
            this.encoder = encoder;
            this.earlier = earlier;
            this.leakedRows = new long[earlier.size()];
            this.leakedTexts = new long[earlier.size()];
            this.leakedLine = new long[earlier.size()];
        }

        Split split() {
            try (ExampleReader reader = ExampleReader.open(file, roles, BadRows.SKIP)) {
                int columns = reader.shape().texts();
                List<Tally> characters = tallies(columns);
                List<Tally> tokens = tallies(columns);
                List<HashSet64> distinct = new ArrayList<>();
                for (int column = 0; column < columns; column++) {
                    distinct.add(new HashSet64());
                }
                long[] repeated = new long[columns];
                Moments scores = new Moments();
                Map<String, Long> labels = new TreeMap<>();
                long rows = 0;
                long same = 0;
                for (Example example = reader.next(); example != null; example = reader.next()) {
                    rows++;
                    long[] hashes = new long[columns];
                    for (int column = 0; column < columns; column++) {
                        String text = example.texts().get(column);
                        hashes[column] = TextIdentity.hash(TextIdentity.normalised(text));
                        repeated[column] += distinct.get(column).add(hashes[column]) ? 0 : 1;
                        all.add(hashes[column]);
                        characters.get(column).add(text.length());
                        if (encoder.isPresent()) {
                            tokens.get(column).add(encoder.get().encode(text).length);
                        }
                    }
                    same += columns > 1 && hashes[0] == hashes[1] ? 1 : 0;
                    example.scores().forEach(scores::add);
                    String label = example.label();
                    if (label != null) {
                        labels.merge(label, 1L, Long::sum);
                    }
                    countLeaks(hashes, example.line());
                }
                List<Column> described = new ArrayList<>();
                for (int column = 0; column < columns; column++) {
                    described.add(new Column(
                            name(column, columns),
                            repeated[column],
                            characters.get(column).lengths(),
                            encoder.isPresent() ? Optional.of(tokens.get(column).lengths()) : Optional.empty()));
                }
                return new Split(
                        file.toString(),
                        roles.toString(),
                        reader.shape().toString(),
                        rows,
                        described,
                        same,
                        reader.shape().scored() ? Optional.of(scores.scores()) : Optional.empty(),
                        labels,
                        reader.skipped());
            }
        }

        private static List<Tally> tallies(int count) {
            List<Tally> tallies = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tallies.add(new Tally());
            }
            return tallies;
        }

        private void countLeaks(long[] hashes, long line) {
            for (int split = 0; split < earlier.size(); split++) {
                long texts = 0;
                for (long hash : hashes) {
                    texts += earlier.get(split).contains(hash) ? 1 : 0;
                }
                if (texts > 0) {
                    leakedLine[split] = leakedRows[split] == 0 ? line : leakedLine[split];
                    leakedRows[split]++;
                    leakedTexts[split] += texts;
                }
            }
        }

        List<Leak> leaks(List<Split> splits) {
            List<Leak> leaks = new ArrayList<>();
            for (int split = 0; split < earlier.size(); split++) {
                if (leakedRows[split] > 0) {
                    leaks.add(new Leak(
                            splits.get(split).file(),
                            file.toString(),
                            leakedRows[split],
                            leakedTexts[split],
                            leakedLine[split]));
                }
            }
            return leaks;
        }
    }

    private static String name(int column, int columns) {
        return switch (column) {
            case 0 -> "anchor";
            case 1 -> "positive";
            default -> columns == 3 ? "negative" : "negative " + (column - 1);
        };
    }

    /** Counts of lengths; there are far fewer different lengths than texts, so the quantiles are exact. */
    private static final class Tally {

        private final TreeMap<Integer, Long> counts = new TreeMap<>();
        private long number;
        private double sum;

        void add(int length) {
            counts.merge(length, 1L, Long::sum);
            number++;
            sum += length;
        }

        private int quantile(double share) {
            long rank = Math.max(1, (long) Math.ceil(share * number));
            long below = 0;
            for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
                below += entry.getValue();
                if (below >= rank) {
                    return entry.getKey();
                }
            }
            throw new IllegalStateException("DataCheck: no texts were counted");
        }

        Lengths lengths() {
            return new Lengths(
                    counts.firstKey(), quantile(0.5), quantile(0.9), quantile(0.99), counts.lastKey(), sum / number);
        }
    }

    /** Mean and squared deviations, updated number by number (Welford, Technometrics 4, 1962). */
    private static final class Moments {

        private long number;
        private double mean;
        private double squares;
        private double lowest = Double.POSITIVE_INFINITY;
        private double highest = Double.NEGATIVE_INFINITY;

        void add(double value) {
            number++;
            double before = value - mean;
            mean += before / number;
            squares += before * (value - mean);
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
        }

        Scores scores() {
            return new Scores(lowest, mean, highest, Math.sqrt(squares / number));
        }
    }

    /** The check as text for a terminal. */
    public String table() {
        StringBuilder text = new StringBuilder();
        for (Split split : splits) {
            text.append(split.file()).append('\n');
            line(text, "roles", split.roles());
            line(text, "shape", split.shape());
            line(text, "rows", String.format(Locale.ROOT, "%,d (%s)", split.rows(), split.skipped()));
            split.skipped().examples().forEach(message -> line(text, "", message));
            text.append(String.format(
                    Locale.ROOT,
                    "  %-24s%9s%9s%9s%9s%9s%11s%12s%n",
                    "text",
                    "shortest",
                    "median",
                    "90 %",
                    "99 %",
                    "longest",
                    "mean",
                    "repeated"));
            for (Column column : split.columns()) {
                lengths(
                        text,
                        column.name() + ", characters",
                        column.characters(),
                        String.format(Locale.ROOT, "%,d", column.repeated()));
                column.tokens().ifPresent(tokens -> lengths(text, column.name() + ", tokens", tokens, ""));
            }
            if (split.columns().size() > 1) {
                line(text, "anchor = positive", String.format(Locale.ROOT, "%,d rows", split.sameAnchorAndPositive()));
            }
            split.scores()
                    .ifPresent(scores -> line(
                            text,
                            "scores",
                            String.format(
                                    Locale.ROOT,
                                    "%.4g to %.4g, mean %.4g, deviation %.4g",
                                    scores.lowest(),
                                    scores.highest(),
                                    scores.mean(),
                                    scores.deviation())));
            if (!split.labels().isEmpty()) {
                line(
                        text,
                        "labels",
                        String.format(
                                Locale.ROOT, "%,d different", split.labels().size()));
                split.labels().entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                        .limit(LABELS_SHOWN)
                        .forEach(entry -> line(
                                text, "", String.format(Locale.ROOT, "%,9d  %s", entry.getValue(), entry.getKey())));
                if (split.labels().size() > LABELS_SHOWN) {
                    line(text, "", "      ...");
                }
            }
            text.append('\n');
        }
        if (splits.size() > 1 && leaks.isEmpty()) {
            text.append("no text of one file occurs in another\n");
        }
        for (Leak leak : leaks) {
            text.append(String.format(
                    Locale.ROOT,
                    "leak: %,d rows of %s hold %,d texts of %s, the first in line %d%n",
                    leak.rows(),
                    leak.second(),
                    leak.texts(),
                    leak.first(),
                    leak.line()));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "  %-24s%s%n", name, value));
    }

    private static void lengths(StringBuilder text, String name, Lengths lengths, String repeated) {
        text.append(String.format(
                Locale.ROOT,
                "  %-24s%9d%9d%9d%9d%9d%11.1f%12s%n",
                name,
                lengths.shortest(),
                lengths.median(),
                lengths.p90(),
                lengths.p99(),
                lengths.longest(),
                lengths.mean(),
                repeated));
    }
}
