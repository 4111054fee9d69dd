package io.chiaro.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The token ids of a store, read text by text. Read and not mapped: a text is a few hundred bytes, while the system maps
 * sixteen pages around each byte that is touched, so that random access would make the whole file count as resident. Safe for
 * several threads: only reads with a position.
 */
final class TokenFile implements AutoCloseable {

    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final FileChannel channel;

    private TokenFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static TokenFile open(Path file) throws IOException {
        return new TokenFile(file, FileChannel.open(file, StandardOpenOption.READ));
    }

    /** Copies {@code count} ids from index {@code from} on. */
    void read(long from, int count, int[] into, int at) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long position = from * Integer.BYTES;
        try {
            while (bytes.hasRemaining()) {
                int now = channel.read(bytes, position + bytes.position());
                if (now < 0) {
                    throw StoreHeader.broken(file, "an end before token " + (from + count));
                }
            }
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "at token " + from, failure);
        }
        bytes.flip().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(into, at, count);
    }

    long checksum() {
        CRC32C checksum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try {
            for (long position = 0; channel.read(block, position) > 0; block.clear()) {
                position += block.position();
                checksum.update(block.flip());
            }
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "when its checksum was taken", failure);
        }
        return checksum.getValue();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "when it was closed", failure);
        }
    }
}
