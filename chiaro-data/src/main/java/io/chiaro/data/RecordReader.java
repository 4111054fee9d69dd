package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a file one after the other. The format follows from the name: {@code .jsonl} (also {@code .ndjson}),
 * {@code .csv} (RFC 4180), {@code .tsv} (tabs, no quoting), both with a header or with columns by position, {@code .txt} (a text a line, column
 * {@code text}), each also with {@code .gz} behind; and {@code .parquet}.
 *
 * <p>Texts must be UTF-8; a byte order mark at the beginning is passed over. A reader belongs to one thread.
 */
public sealed interface RecordReader extends AutoCloseable
        permits JsonLinesReader, CsvRecordReader, PlainLinesReader, ParquetReader {

    /**
     * Opens a file whose columns have names.
     *
     * @throws ChiaroException if it is absent, its format unknown or its header unusable
     */
    static RecordReader open(Path file) {
        return open(file, false);
    }

    /**
     * Opens a file.
     *
     * @param byPosition whether a .csv or .tsv has no header: its columns are then {@code #1}, {@code #2} ..., and its first
     *     line is a row, and so it is with a .txt of tabs; the other formats always have names
     * @throws ChiaroException if it is absent, its format unknown or its header unusable
     */
    static RecordReader open(Path file, boolean byPosition) {
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.data(file.toAbsolutePath() + ": expected a file of records, but "
                    + (Files.isDirectory(file) ? "it is a folder" : "there is none") + ". Check the path.");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson")) {
            return new JsonLinesReader(file);
        }
        if (plain.endsWith(".csv")) {
            return new CsvRecordReader(file, byPosition);
        }
        if (plain.endsWith(".tsv") || byPosition && plain.endsWith(".txt")) {
            return PlainLinesReader.tabs(file, byPosition);
        }
        if (plain.endsWith(".txt")) {
            return PlainLinesReader.texts(file);
        }
        if (name.endsWith(".parquet")) {
            return ParquetFiles.reader(file);
        }
        throw ChiaroException.usage(file.toAbsolutePath()
                + ": expected a name that ends with .jsonl, .csv, .tsv, .txt (each also with .gz) or .parquet, but found "
                + file.getFileName() + ". Rename or convert the file.");
    }

    /** The file that is read. */
    Path file();

    /** The names of its columns, or {@code #1}, {@code #2} ...; for JSON lines those of its first 100 rows. */
    List<String> columns();

    /**
     * The next row, or null at the end.
     *
     * @throws ChiaroException if what follows cannot be read at all: a broken gzip stream, an open quote
     */
    @Nullable
    Row next();

    /** Closes the file. */
    @Override
    void close();
}
