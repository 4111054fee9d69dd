package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * Parquet, which is there only if the library {@code com.jerolba:carpet-record} is on the class path; without it every
 * method here ends in an error that names the coordinate.
 */
public final class ParquetFiles {

    private ParquetFiles() {}

    /** Whether the library is there. */
    public static boolean available() {
        return available("com.jerolba.carpet.CarpetReader");
    }

    static boolean available(String probe) {
        try {
            Class.forName(probe, false, ParquetFiles.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    static void require(Path file, String probe) {
        if (!available(probe)) {
            throw ChiaroException.usage(file.toAbsolutePath()
                    + ": expected the library that reads and writes Parquet, but it is not on the class path."
                    + " Add com.jerolba:carpet-record, or use .jsonl.");
        }
    }

    static RecordReader reader(Path file) {
        require(file, "com.jerolba.carpet.CarpetReader");
        return new ParquetReader(file);
    }

    /** A row of an embedding file: the columns {@code text} and {@code embedding}. */
    public record TextEmbedding(String text, List<Float> embedding) {}

    /**
     * Writes texts with their embeddings, streaming; the file appears under its name only when it is complete.
     *
     * @throws ChiaroException if the library is absent or the file cannot be written
     */
    public static void write(Path file, Iterator<TextEmbedding> rows) {
        require(file, "com.jerolba.carpet.CarpetWriter");
        ParquetReader.write(file, rows);
    }
}
