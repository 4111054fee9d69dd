package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import io.chiaro.data.RowProblem.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines and decodes each strictly, so that a wrong byte spoils its own line only. */
final class LineReader implements Closeable {

    /** A file without line ends must not fill the heap. */
    static final int LONGEST_LINE = 1 << 28;

    private final Path file;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;
    private byte[] line = new byte[1 << 12];
    private int size;
    private long number;

    LineReader(Path file) {
        this.file = file;
        this.in = Inputs.open(file);
    }

    Path file() {
        return file;
    }

    /** Moves to the next line; false at the end of the file. */
    boolean next() {
        size = 0;
        boolean any = false;
        while (true) {
            if (from == to && !fill()) {
                if (any) {
                    number++;
                    afterLine();
                }
                return any;
            }
            any = true;
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            append(end - from);
            if (end < to) {
                from = end + 1;
                number++;
                afterLine();
                return true;
            }
            from = end;
        }
    }

    private void afterLine() {
        if (size > 0 && line[size - 1] == '\r') {
            size--;
        }
        if (number == 1 && size >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF) {
            System.arraycopy(line, 3, line, 0, size - 3);
            size -= 3;
        }
    }

    private void append(int count) {
        if (size + count > LONGEST_LINE) {
            throw ChiaroException.data(
                    file.toAbsolutePath() + ", line " + (number + 1) + ": expected a line of at most " + LONGEST_LINE
                            + " bytes, but it is longer. Check that the file has line ends.");
        }
        if (size + count > line.length) {
            line = Arrays.copyOf(line, Math.min(LONGEST_LINE, Math.max(size + count, 2 * line.length)));
        }
        System.arraycopy(buffer, from, line, size, count);
        size += count;
    }

    private boolean fill() {
        try {
            from = 0;
            to = Math.max(0, in.read(buffer));
            return to > 0;
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "after line " + number, failure);
        }
    }

    /** The number of the current line, from 1. */
    long number() {
        return number;
    }

    /** The current line, or null if it is not UTF-8; then {@link #problem()} says where. */
    @Nullable
    String text() {
        String text = new String(line, 0, size, StandardCharsets.UTF_8);
        // Only a line with a replacement character can have been malformed, so the strict decoding is rare.
        return text.indexOf('\uFFFD') >= 0 && malformedAt() >= 0 ? null : text;
    }

    RowProblem problem() {
        int at = Math.max(0, malformedAt());
        return new RowProblem(
                number,
                Reason.NOT_UTF8,
                file.toAbsolutePath() + ", line " + number + ", byte " + (at + 1)
                        + ": expected UTF-8, but found the byte " + String.format("0x%02X", line[at])
                        + ". Convert the file to UTF-8.");
    }

    private int malformedAt() {
        ByteBuffer bytes = ByteBuffer.wrap(line, 0, size);
        CharBuffer chars = CharBuffer.allocate(size + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, chars, true);
        return result.isError() ? bytes.position() : -1;
    }

    @Override
    public void close() {
        Inputs.close(in, file);
    }
}
