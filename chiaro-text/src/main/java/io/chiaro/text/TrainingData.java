package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.Example;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.TextEncoder;
import io.chiaro.data.TokenStore;
import io.chiaro.data.TokenStoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongConsumer;

/** The sources of a run as token stores in its folder, one beside the other. */
final class TrainingData implements AutoCloseable {

    private static final long TOLD_EVERY = 500_000;
    private static final int MOST_RECORDS = 1 << 28;

    private final List<RunFile.Source> sources;
    private final List<TokenStore> stores = new ArrayList<>();

    private TrainingData(List<RunFile.Source> sources) {
        this.sources = sources;
    }

    /** As {@link #shapeWithDomains}, for a run in which no domain has a meaning. */
    static ExampleShape shape(RunFile run) {
        if (run.data().stream().anyMatch(TrainingData::hasDomains)) {
            throw ChiaroException.usage(
                    "roles: the role domain has no effect here, and nothing is ignored silently. Experts"
                            + " are learned by a run of one recipe that compares embeddings. Leave it out.");
        }
        return shapeWithDomains(run);
    }

    private static boolean hasDomains(RunFile.Source source) {
        return source.roles().containsKey(Role.DOMAIN.key());
    }

    /** The domains of all sources, sorted, none if no source names them; read from the files, before there is a store. */
    static List<String> domains(RunFile run, BadRows badRows) {
        long naming = run.data().stream().filter(TrainingData::hasDomains).count();
        if (naming > 0 && naming < run.data().size()) {
            throw ChiaroException.usage(
                    "roles: expected the role domain in every source, since others have it. Name its"
                            + " column in each.");
        }
        return naming == 0 ? List.of() : classes(run, badRows);
    }

    /** What every record holds, told by the columns alone; sources of different shapes are refused. */
    static ExampleShape shapeWithDomains(RunFile run) {
        ExampleShape shape = null;
        for (RunFile.Source source : run.data()) {
            try (ExampleReader reader = ExampleReader.open(Path.of(source.path()), roles(source), BadRows.STOP)) {
                if (shape != null && !shape.equals(reader.shape())) {
                    throw ChiaroException.data(source.path() + ": expected " + shape
                            + " as in the first source, but found " + reader.shape() + ". Give sources of one shape.");
                }
                shape = reader.shape();
            }
        }
        if (shape == null) {
            throw ChiaroException.usage("data: expected at least one source. Give --data FILE.");
        }
        return shape;
    }

    /** The classes of all sources, sorted; read from the files, before there is a store. */
    static List<String> classes(RunFile run, BadRows badRows) {
        Set<String> classes = new TreeSet<>();
        for (RunFile.Source source : run.data()) {
            try (ExampleReader reader = ExampleReader.open(Path.of(source.path()), roles(source), badRows)) {
                for (Example example = reader.next(); example != null; example = reader.next()) {
                    if (example.label() != null) {
                        classes.add(example.label());
                    }
                }
            }
        }
        return List.copyOf(classes);
    }

    /** The number of records of all sources; read from the files, before there is a store. */
    static int records(RunFile run, BadRows badRows) {
        long records = 0;
        for (RunFile.Source source : run.data()) {
            try (ExampleReader reader = ExampleReader.open(Path.of(source.path()), roles(source), badRows)) {
                while (reader.next() != null) {
                    records++;
                }
            }
        }
        if (records > MOST_RECORDS) {
            throw ChiaroException.usage(
                    "data: expected at most " + MOST_RECORDS + " records where something is kept for "
                            + "each, but found " + records + ". Take a recipe that keeps nothing for a record.");
        }
        return (int) records;
    }

    /** Opens the stores in a run's folder, or builds them there. */
    static TrainingData open(RunFile run, Path folder, TextEncoder encoder, BadRows badRows, Consumer<String> told) {
        TrainingData data = new TrainingData(run.data());
        try {
            TokenStoreOptions storing = TokenStoreOptions.defaults().withBadRows(badRows);
            for (int i = 0; i < data.sources.size(); i++) {
                RunFile.Source source = data.sources.get(i);
                Path file = Path.of(source.path());
                data.stores.add(TokenStore.openOrBuild(
                        folder.resolve("store-" + i), file, roles(source), encoder, storing, progress(file, told)));
            }
            return data;
        } catch (RuntimeException | Error e) {
            data.close();
            throw e;
        }
    }

    /** Tells of long tokenising now and then; short work is over before anybody asks. */
    private static LongConsumer progress(Path file, Consumer<String> told) {
        return new LongConsumer() {
            private long next = TOLD_EVERY;

            @Override
            public void accept(long rows) {
                if (rows >= next) {
                    told.accept(String.format(Locale.ROOT, "%s: %,d rows tokenised", file, rows));
                    next = rows + TOLD_EVERY;
                }
            }
        };
    }

    private static Roles roles(RunFile.Source source) {
        Path path = Path.of(source.path());
        if (!Files.isRegularFile(path)) {
            throw ChiaroException.data(path + ": expected a file of records, but found "
                    + (Files.exists(path) ? "a folder" : "nothing") + ". Check the path.");
        }
        if (source.roles().isEmpty()) {
            try (RecordReader reader = RecordReader.open(path)) {
                return Roles.defaults(path, reader.columns());
            }
        }
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        List<String> keys = Arrays.stream(Role.values()).map(Role::key).toList();
        source.roles().forEach((key, names) -> {
            int index = keys.indexOf(key);
            if (index < 0) {
                throw ChiaroException.usage("roles: unknown role \"" + key + "\". " + Names.hint(key, keys));
            }
            columns.put(Role.values()[index], List.of(names.split("\\|", -1)));
        });
        return Roles.of(columns);
    }

    /** The stores with their weights, as an epoch is planned from them. */
    List<EpochPlan.Source> weighted() {
        boolean weighted = sources.stream().anyMatch(source -> source.weight() != 1.0);
        List<EpochPlan.Source> result = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            result.add(new EpochPlan.Source(
                    stores.get(i), weighted ? sources.get(i).weight() : 0));
        }
        return result;
    }

    /** Refuses scores that no cosine can reach, before a step is spent on them. */
    void requireCosines(String recipe, DoubleUnaryOperator score) {
        for (TokenStore store : stores) {
            for (long row = 0; row < store.rows() && store.shape().scores() == 1; row++) {
                double value = score.applyAsDouble(store.score(row));
                if (value < -1 || value > 1) {
                    throw ChiaroException.data(store.source() + ", line " + store.line(row) + ": the score is " + value
                            + ", but recipe " + recipe + " compares scores with a cosine, which lies between -1 and 1. "
                            + "Say how they are written, for example --set score-range=0:5.");
                }
            }
        }
    }

    /**
     * The cosines that a teacher's scores ask for where they are compared with {@code scale} times a cosine; refuses those that no cosine
     * can reach.
     */
    DoubleSummaryStatistics teacherCosines(String recipe, double scale, DoubleUnaryOperator score) {
        DoubleSummaryStatistics asked = new DoubleSummaryStatistics();
        for (TokenStore store : stores) {
            for (long row = 0; row < store.rows(); row++) {
                for (int k = 0; k < store.shape().scores(); k++) {
                    double value = score.applyAsDouble(store.score(row, k));
                    if (Math.abs(value) > scale) {
                        throw ChiaroException.data(store.source() + ", line " + store.line(row)
                                + ": the teacher's score is " + value + ", but recipe " + recipe
                                + " compares it with " + scale + " times a cosine, which lies between -" + scale
                                + " and " + scale + ". Bring scores there by --set score-range=LOWEST:HIGHEST.");
                    }
                    asked.accept(value / scale);
                }
            }
        }
        return asked;
    }

    /** Tokens of the longest text. */
    int longest() {
        return stores.stream().mapToInt(TokenStore::longest).max().orElse(1);
    }

    /** Bytes that become resident when an epoch is planned. */
    long mappedBytes() {
        return stores.stream().mapToLong(TokenStore::mappedBytes).sum();
    }

    /** Records of all sources. */
    long rows() {
        return stores.stream().mapToLong(TokenStore::rows).sum();
    }

    /** The tokens of so many texts of the first column, spread evenly over the records; of all, if there are no more. */
    List<int[]> anchors(int most) {
        List<int[]> texts = new ArrayList<>();
        long step = Math.max(1, (rows() + most - 1) / most);
        long first = 0;
        for (TokenStore store : stores) {
            for (long row = first; row < store.rows(); row += step) {
                texts.add(store.tokens(row, 0));
            }
            first = Math.floorMod(first - store.rows(), step);
        }
        return texts;
    }

    /** The tokens of so many records, spread evenly, each with all columns; of all, if there are no more. */
    List<List<int[]>> records(int most) {
        List<List<int[]>> records = new ArrayList<>();
        long step = Math.max(1, (rows() + most - 1) / most);
        for (TokenStore store : stores) {
            for (long row = 0; row < store.rows(); row += step) {
                List<int[]> record = new ArrayList<>();
                for (int column = 0; column < store.columns(); column++) {
                    record.add(store.tokens(row, column));
                }
                records.add(record);
            }
        }
        return records;
    }

    /** The tokens of different texts of all columns, of records spread evenly: of all, if these have no more than so many texts. */
    List<int[]> texts(int most) {
        long held = stores.stream()
                .mapToLong(store -> store.rows() * store.columns())
                .sum();
        long step = Math.max(1, (held + most - 1) / most);
        Set<Long> met = new HashSet<>();
        List<int[]> texts = new ArrayList<>();
        for (TokenStore store : stores) {
            for (long row = 0; row < store.rows(); row += step) {
                for (int column = 0; column < store.columns(); column++) {
                    if (met.add(store.contentHash(row, column))) {
                        texts.add(store.tokens(row, column));
                    }
                }
            }
        }
        return texts;
    }

    /** What the run reads, by path, for the provenance. */
    Map<String, String> fingerprints() {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        for (int i = 0; i < stores.size(); i++) {
            fingerprints.put(sources.get(i).path(), stores.get(i).fingerprint());
        }
        return fingerprints;
    }

    /** A line for each source, for people to read. */
    List<String> describe() {
        return stores.stream()
                .map(store -> store.source() + ": " + String.format(Locale.ROOT, "%,d", store.rows()) + " "
                        + store.shape() + ", " + String.format(Locale.ROOT, "%,d", store.totalTokens())
                        + " tokens" + listed(store) + ", longest " + store.longest() + ", " + store.truncated()
                        + " texts cut, "
                        + store.skipped())
                .toList();
    }

    /** How many rows of the file there are, where positives come in lists. */
    private static String listed(TokenStore store) {
        long lines = 0;
        for (long row = 0; row < store.rows(); row++) {
            lines += row == 0 || store.line(row) != store.line(row - 1) ? 1 : 0;
        }
        return lines == store.rows() ? "" : String.format(Locale.ROOT, " of %,d rows with lists of positives", lines);
    }

    @Override
    public void close() {
        stores.forEach(TokenStore::close);
    }
}
