package io.chiaro.data;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet file: texts, numbers, booleans and lists of these. The line of a row is its number. */
final class ParquetReader implements RecordReader {

    private final Path file;
    private final List<String> columns;
    private final CloseableIterator<Map<String, Object>> rows;
    private long number;

    ParquetReader(Path file) {
        this.file = file;
        try {
            LocalInputFile input = new LocalInputFile(file);
            try (ParquetFileReader footer = ParquetFileReader.open(input)) {
                columns = footer.getFileMetaData().getSchema().getFields().stream()
                        .map(Type::getName)
                        .toList();
            }
            @SuppressWarnings({"unchecked", "rawtypes"})
            CloseableIterator<Map<String, Object>> iterator =
                    (CloseableIterator) new CarpetReader<>(input, Map.class).iterator();
            rows = iterator;
        } catch (IOException | RuntimeException failure) {
            throw unreadable(failure);
        }
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable Row next() {
        try {
            if (!rows.hasNext()) {
                return null;
            }
            Map<String, Object> values = new LinkedHashMap<>();
            rows.next().forEach((name, value) -> {
                if (value != null) {
                    values.put(name, plain(value));
                }
            });
            return Row.of(++number, values);
        } catch (RuntimeException failure) {
            throw unreadable(failure);
        }
    }

    private static Object plain(@Nullable Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof List<?> list) {
            List<Object> elements = new ArrayList<>(list.size());
            for (Object element : list) {
                elements.add(plain(element));
            }
            return elements;
        }
        return Row.Nested.VALUE;
    }

    private ChiaroException unreadable(Exception failure) {
        return ChiaroException.of(
                ChiaroException.Kind.DATA,
                file.toAbsolutePath() + ", after row " + number
                        + ": expected a readable Parquet file, but reading failed (" + failure.getMessage()
                        + "). Get the file again or convert it to .jsonl.",
                failure);
    }

    @Override
    public void close() {
        Inputs.close(rows, file);
    }

    static void write(Path file, Iterator<ParquetFiles.TextEmbedding> rows) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            try (CarpetWriter<ParquetFiles.TextEmbedding> writer = new CarpetWriter.Builder<>(
                            new LocalOutputFile(part), ParquetFiles.TextEmbedding.class)
                    .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                    .build()) {
                while (rows.hasNext()) {
                    writer.accept(rows.next());
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (ChiaroException failure) {
            throw failure;
        } catch (IOException failure) {
            throw Outputs.failed(file, failure);
        } catch (RuntimeException failure) {
            // The library wraps what the disk says, the last time when it closes.
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException said) {
                    throw Outputs.failed(file, said);
                }
            }
            throw failure;
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException ignored) {
                // The first error is the one to tell.
            }
        }
    }
}
