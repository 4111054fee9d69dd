package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.data.RowProblem.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The token ids of a data set on disk, made once and read through memory maps, so that a corpus larger than the heap
 * trains. A store is a folder of three files:
 *
 * <ul>
 *   <li>{@code store.json}: version, origin (path, size and time of the source, roles, encoder, rule for bad rows), counts,
 *       label names, skipped rows, CRC-32C of the other two files;
 *   <li>{@code tokens.bin}: the ids of row 0 column 0, row 0 column 1, and so on, as little-endian 32-bit integers;
 *   <li>{@code rows.bin}: for each row the index of its first token, its line in the source, a 64-bit hash and a length for
 *       each column, its scores and its label.
 * </ul>
 *
 * <p>The folder gets its name only when all three are complete and on the disk, so an unfinished store is never used.
 * Columns are the texts of an example: anchor 0, positive 1, negatives from 2 on.
 *
 * <p>An open store is immutable and may be read by any number of threads, as long as none of them is interrupted, which
 * closes a file in Java. The row table is mapped: its pages belong to the page cache of the operating system, not to the heap;
 * they show in the resident size but are given back under pressure. Tokens are read as they are needed.
 */
public final class TokenStore implements AutoCloseable {

    private static final String TOKENS = "tokens.bin";
    private static final String ROWS = "rows.bin";
    private static final int SEGMENT_BYTES = 1 << 30;
    private static final int CHUNK_ROWS = 512;
    private static final int CHUNK_CHARACTERS = 1 << 20;

    private final Path directory;
    private final StoreHeader header;
    private final Layout layout;
    private @Nullable TokenFile tokens;
    private @Nullable MappedFile rows;

    private TokenStore(Path directory, StoreHeader header, Layout layout, TokenFile tokens, MappedFile rows) {
        this.directory = directory;
        this.header = header;
        this.layout = layout;
        this.tokens = tokens;
        this.rows = rows;
    }

    /** Where the fields of a row stand in {@code rows.bin}, in bytes from its beginning; 8-byte fields first. */
    private record Layout(int columns, int scores) {

        static Layout of(ExampleShape shape) {
            return new Layout(shape.texts(), shape.scores());
        }

        int start() {
            return 0;
        }

        int line() {
            return 8;
        }

        int hash(int column) {
            return 16 + 8 * column;
        }

        int score(int index) {
            return 16 + 8 * columns + 8 * index;
        }

        int length(int column) {
            return 16 + 8 * columns + 8 * scores + 4 * column;
        }

        int label() {
            return length(columns);
        }

        boolean padded() {
            return columns % 2 == 0;
        }

        int bytes() {
            return label() + 4 + (padded() ? 4 : 0);
        }
    }

    /** As {@link #openOrBuild(Path, Path, Roles, TextEncoder, TokenStoreOptions, LongConsumer)} without progress. */
    public static TokenStore openOrBuild(
            Path directory, Path source, Roles roles, TextEncoder encoder, TokenStoreOptions options) {
        return openOrBuild(directory, source, roles, encoder, options, done -> {});
    }

    /**
     * Opens the store in a folder if it was built from this source, these roles and this encoder; else builds it, in place
     * of what was there.
     *
     * @param directory the folder of the store
     * @param progress told from time to time how many rows have been written
     * @throws ChiaroException at bad rows, an unreadable source, a full disk
     */
    public static TokenStore openOrBuild(
            Path directory,
            Path source,
            Roles roles,
            TextEncoder encoder,
            TokenStoreOptions options,
            LongConsumer progress) {
        Optional<TokenStore> current = openIfCurrent(directory, source, roles, encoder, options);
        if (current.isPresent()) {
            return current.get();
        }
        build(directory, source, roles, encoder, options, progress);
        return open(directory);
    }

    /** Opens the store if it is finished and sound and would be built the same; empty if it has to be built. */
    public static Optional<TokenStore> openIfCurrent(
            Path directory, Path source, Roles roles, TextEncoder encoder, TokenStoreOptions options) {
        if (!Files.isRegularFile(directory.resolve(StoreHeader.FILE))) {
            return Optional.empty();
        }
        StoreHeader.Origin origin = StoreHeader.Origin.of(source, roles, encoder, options.badRows());
        try {
            TokenStore store = open(directory);
            if (store.header.origin().equals(origin)) {
                return Optional.of(store);
            }
            store.close();
            return Optional.empty();
        } catch (ChiaroException unsound) {
            // The source is at hand, so a store of another version or a damaged one is simply built again.
            return Optional.empty();
        }
    }

    /**
     * Opens a finished store, whatever it was built from. Sizes and the checksum of the row table are checked here, that of
     * the tokens by {@link #verify()}.
     *
     * @throws ChiaroException (data) if there is no finished store or it is damaged
     */
    public static TokenStore open(Path directory) {
        return open(directory, SEGMENT_BYTES);
    }

    static TokenStore open(Path directory, int segmentBytes) {
        StoreHeader header = StoreHeader.read(directory);
        Layout layout = Layout.of(header.shape());
        Path tokenFile = directory.resolve(TOKENS);
        Path rowFile = directory.resolve(ROWS);
        try {
            expectSize(tokenFile, header.totalTokens() * Integer.BYTES);
            expectSize(rowFile, header.rows() * layout.bytes());
            MappedFile rows = MappedFile.open(rowFile, layout.bytes(), segmentBytes);
            if (rows.checksum() != header.rowChecksum()) {
                throw StoreHeader.broken(rowFile, "another checksum");
            }
            return new TokenStore(directory, header, layout, TokenFile.open(tokenFile), rows);
        } catch (IOException failure) {
            throw Inputs.unreadable(directory, "when it was opened", failure);
        }
    }

    private static void expectSize(Path file, long expected) throws IOException {
        long found = Files.isRegularFile(file) ? Files.size(file) : -1;
        if (found != expected) {
            throw StoreHeader.broken(file, found < 0 ? "no such file" : found + " bytes instead of " + expected);
        }
    }

    /**
     * Reads all tokens and compares their checksum.
     *
     * @throws ChiaroException (data) if the file was changed
     */
    public void verify() {
        if (tokenFile().checksum() != header.tokenChecksum()) {
            throw StoreHeader.broken(directory.resolve(TOKENS), "another checksum");
        }
    }

    // ---- building ----

    /** The texts of one chunk with their ids, example by example. */
    private record Encoded(List<Example> examples, int[][][] ids) {}

    private static void build(
            Path directory,
            Path source,
            Roles roles,
            TextEncoder encoder,
            TokenStoreOptions options,
            LongConsumer progress) {
        StoreHeader.Origin origin = StoreHeader.Origin.of(source, roles, encoder, options.badRows());
        Path absolute = directory.toAbsolutePath();
        Path building = absolute.resolveSibling(absolute.getFileName() + ".building");
        AtomicInteger named = new AtomicInteger();
        ExecutorService workers = Executors.newFixedThreadPool(options.threads(), task -> {
            Thread thread = new Thread(task, "chiaro-tokenise-" + named.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        try (ExampleReader reader = ExampleReader.open(source, roles, options.badRows())) {
            delete(building);
            Files.createDirectories(building);
            StoreHeader header;
            try (StoreWriter tokenFile = new StoreWriter(building.resolve(TOKENS));
                    StoreWriter rowFile = new StoreWriter(building.resolve(ROWS))) {
                Builder builder = new Builder(reader, encoder, tokenFile, rowFile, progress);
                builder.run(workers, 2 * options.threads() + 2);
                header = builder.header(origin);
            }
            // A source that changed under the reader would leave a store that nobody can explain.
            if (!origin.equals(StoreHeader.Origin.of(source, roles, encoder, options.badRows()))) {
                throw ChiaroException.data(
                        source.toAbsolutePath()
                                + ": expected a file at rest, but it changed while it was read. Start again when it is complete.");
            }
            header.write(building);
            delete(absolute);
            Files.move(building, absolute, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            // Put into words first: the room that is left is known only while the unfinished files stand.
            ChiaroException told = Outputs.failed(absolute, failure);
            deleteQuietly(building);
            throw told;
        } catch (RuntimeException | Error failure) {
            deleteQuietly(building);
            throw failure;
        } finally {
            workers.shutdownNow();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                // Only our own files: a folder given by mistake must not be emptied.
                if (!List.of(TOKENS, ROWS, StoreHeader.FILE).contains(name)) {
                    throw ChiaroException.usage(
                            folder.toAbsolutePath() + ": expected a token store or an empty folder, but found " + name
                                    + ". Choose another folder.");
                }
            }
        }
        // The header first: without it what remains is no store.
        for (String name : List.of(StoreHeader.FILE, TOKENS, ROWS)) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.delete(folder);
    }

    private static void deleteQuietly(Path building) {
        try {
            delete(building);
        } catch (IOException | ChiaroException ignored) {
            // The first failure is the one to tell; what stays behind is deleted before the next build.
        }
    }

    /** Streams examples to workers and their ids, in the order of the file, to the disk. */
    private static final class Builder {

        private final ExampleReader reader;
        private final TextEncoder encoder;
        private final StoreWriter tokenFile;
        private final StoreWriter rowFile;
        private final LongConsumer progress;
        private final ExampleShape shape;
        private final Layout layout;
        private final Map<String, Integer> labels = new LinkedHashMap<>();
        private final int[] longest;
        private long rows;
        private long totalTokens;
        private long truncated;

        Builder(
                ExampleReader reader,
                TextEncoder encoder,
                StoreWriter tokenFile,
                StoreWriter rowFile,
                LongConsumer progress) {
            this.reader = reader;
            this.encoder = encoder;
            this.tokenFile = tokenFile;
            this.rowFile = rowFile;
            this.progress = progress;
            this.shape = reader.shape();
            this.layout = Layout.of(shape);
            this.longest = new int[shape.texts()];
        }

        void run(ExecutorService workers, int ahead) throws IOException {
            ArrayDeque<Future<Encoded>> pending = new ArrayDeque<>();
            while (true) {
                List<Example> chunk = chunk();
                if (!chunk.isEmpty()) {
                    Callable<Encoded> task = () -> encode(chunk);
                    pending.add(workers.submit(task));
                }
                if (chunk.isEmpty() || pending.size() >= ahead) {
                    Future<Encoded> oldest = pending.poll();
                    if (oldest == null) {
                        return;
                    }
                    write(await(oldest));
                    progress.accept(rows);
                }
            }
        }

        private List<Example> chunk() {
            List<Example> chunk = new ArrayList<>(CHUNK_ROWS);
            long characters = 0;
            while (chunk.size() < CHUNK_ROWS && characters < CHUNK_CHARACTERS) {
                Example example = reader.next();
                if (example == null) {
                    break;
                }
                chunk.add(example);
                for (String text : example.texts()) {
                    characters += text.length();
                }
            }
            return chunk;
        }

        private Encoded encode(List<Example> chunk) {
            int[][][] ids = new int[chunk.size()][shape.texts()][];
            for (int i = 0; i < ids.length; i++) {
                for (int column = 0; column < ids[i].length; column++) {
                    ids[i][column] = encoder.encode(chunk.get(i).texts().get(column), role(column));
                }
            }
            return new Encoded(chunk, ids);
        }

        private static Role role(int column) {
            return column == 0 ? Role.ANCHOR : column == 1 ? Role.POSITIVE : Role.NEGATIVE;
        }

        private static Encoded await(Future<Encoded> future) {
            try {
                return future.get();
            } catch (ExecutionException failure) {
                if (failure.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (failure.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw new IllegalStateException(failure);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw ChiaroException.of(
                        ChiaroException.Kind.INTERRUPTED,
                        "tokenising: stopped before it was done. Start again.",
                        stopped);
            }
        }

        private void write(Encoded encoded) throws IOException {
            for (int i = 0; i < encoded.ids().length; i++) {
                Example example = encoded.examples().get(i);
                int[][] ids = encoded.ids()[i];
                if (Arrays.stream(ids).anyMatch(sequence -> sequence.length == 0)) {
                    reader.reject(new RowProblem(
                            example.line(),
                            Reason.NO_TOKENS,
                            reader.file().toAbsolutePath() + ", line " + example.line()
                                    + ": expected a text with tokens, but the encoder made none of it. Mend the row."));
                    continue;
                }
                rowFile.putLong(totalTokens);
                rowFile.putLong(example.line());
                for (int column = 0; column < ids.length; column++) {
                    rowFile.putLong(hash(ids[column]));
                }
                for (double score : example.scores()) {
                    rowFile.putLong(Double.doubleToRawLongBits(score));
                }
                for (int column = 0; column < ids.length; column++) {
                    int length = ids[column].length;
                    rowFile.putInt(length);
                    tokenFile.putInts(ids[column]);
                    totalTokens += length;
                    longest[column] = Math.max(longest[column], length);
                    if (length >= encoder.maxTokens()) {
                        truncated++;
                    }
                }
                String label = example.label();
                rowFile.putInt(label == null ? -1 : labels.computeIfAbsent(label, name -> labels.size()));
                if (layout.padded()) {
                    rowFile.putInt(0);
                }
                rows++;
            }
        }

        StoreHeader header(StoreHeader.Origin origin) throws IOException {
            if (rows == 0) {
                throw ChiaroException.data(
                        reader.file().toAbsolutePath() + ": expected at least one usable row, but found none ("
                                + reader.skipped() + "). Check the file.");
            }
            return new StoreHeader(
                    StoreHeader.VERSION,
                    origin,
                    shape,
                    rows,
                    totalTokens,
                    Arrays.stream(longest).boxed().toList(),
                    truncated,
                    List.copyOf(labels.keySet()),
                    reader.skipped(),
                    tokenFile.finish(),
                    rowFile.finish());
        }
    }

    /**
     * A 64-bit hash of a token sequence. Texts are compared as the encoder sees them: what differs only in case under an
     * uncased tokenizer, or only behind the cut, is one text to the model and would be its own false negative.
     */
    static long hash(int[] ids) {
        long hash = RandomStream.mix(ids.length + 0x9E3779B97F4A7C15L);
        for (int id : ids) {
            hash = RandomStream.mix(hash + 0x9E3779B97F4A7C15L ^ id);
        }
        return hash;
    }

    // ---- reading ----

    private MappedFile rowMap() {
        MappedFile map = rows;
        if (map == null) {
            throw closed();
        }
        return map;
    }

    private TokenFile tokenFile() {
        TokenFile file = tokens;
        if (file == null) {
            throw closed();
        }
        return file;
    }

    private IllegalStateException closed() {
        return new IllegalStateException("TokenStore: " + directory + " was closed");
    }

    private void expectRow(long row) {
        if (row < 0 || row >= header.rows()) {
            throw new IllegalArgumentException("TokenStore: row " + row + " is not in 0.." + (header.rows() - 1));
        }
    }

    private void expectColumn(int column) {
        if (column < 0 || column >= layout.columns()) {
            throw new IllegalArgumentException(
                    "TokenStore: column " + column + " is not in 0.." + (layout.columns() - 1));
        }
    }

    /** Rows, that is examples. */
    public long rows() {
        return header.rows();
    }

    /** Texts of a row. */
    public int columns() {
        return layout.columns();
    }

    /** What every row holds. */
    public ExampleShape shape() {
        return header.shape();
    }

    /** Tokens of a text, special ones included. */
    public int length(long row, int column) {
        expectRow(row);
        expectColumn(column);
        return rowMap().getInt(row, layout.length(column));
    }

    /** The token ids of a text, a new array. */
    public int[] tokens(long row, int column) {
        int[] into = new int[length(row, column)];
        tokens(row, column, into, 0);
        return into;
    }

    /** Copies the token ids of a text into an array from an offset on; returns their number. */
    public int tokens(long row, int column, int[] into, int at) {
        int length = length(row, column);
        MappedFile map = rowMap();
        long from = map.getLong(row, layout.start());
        for (int before = 0; before < column; before++) {
            from += map.getInt(row, layout.length(before));
        }
        tokenFile().read(from, length, into, at);
        return length;
    }

    /** A 64-bit hash of the token ids: equal for texts that are one to the encoder. */
    public long contentHash(long row, int column) {
        expectRow(row);
        expectColumn(column);
        return rowMap().getLong(row, layout.hash(column));
    }

    /** The first score of a row. */
    public double score(long row) {
        return score(row, 0);
    }

    /** A score of a row; with one for each candidate, index 0 is the positive's and k the k-th negative's. */
    public double score(long row, int index) {
        expectRow(row);
        if (index < 0 || index >= layout.scores()) {
            throw new IllegalArgumentException(
                    "TokenStore: score " + index + " was asked for, but rows have " + layout.scores());
        }
        return Double.longBitsToDouble(rowMap().getLong(row, layout.score(index)));
    }

    /** The index of the row's label or domain among {@link #labels()}, or -1 without either. */
    public int label(long row) {
        expectRow(row);
        return rowMap().getInt(row, layout.label());
    }

    /** The names of the labels in the order in which they first occur; empty without labels. */
    public List<String> labels() {
        return header.labels();
    }

    /** The line of the source where the row begins, so that an error can name it. */
    public long line(long row) {
        expectRow(row);
        return rowMap().getLong(row, layout.line());
    }

    /** The folder of this store. */
    public Path directory() {
        return directory;
    }

    /** The file that it was built from. */
    public Path source() {
        return Path.of(header.origin().source());
    }

    /** The roles by which it was read. */
    public Roles roles() {
        return Roles.parse(header.origin().roles());
    }

    /** The fingerprint of the encoder that made the tokens. */
    public String encoderFingerprint() {
        return header.origin().encoder();
    }

    /** A hash of all that a run reads from the store, for provenance and checkpoints; independent of the source's path. */
    public String fingerprint() {
        return header.fingerprint();
    }

    /** Tokens of all texts. */
    public long totalTokens() {
        return header.totalTokens();
    }

    /** Tokens of the longest text of a column. */
    public int longest(int column) {
        expectColumn(column);
        return header.longest().get(column);
    }

    /** Tokens of the longest text. */
    public int longest() {
        return header.longest().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** Texts whose tokens fill the encoder's limit, because they were cut or just fit. */
    public long truncated() {
        return header.truncated();
    }

    /** The rows that were left out when the store was built. */
    public SkipReport skipped() {
        return header.skipped();
    }

    /** Bytes of the mapped row table: what planning an epoch adds to the resident size. */
    public long mappedBytes() {
        return header.rows() * layout.bytes();
    }

    /** Lets the files go. Reading afterwards is an error. */
    @Override
    public void close() {
        TokenFile file = tokens;
        tokens = null;
        rows = null;
        if (file != null) {
            file.close();
        }
    }
}
