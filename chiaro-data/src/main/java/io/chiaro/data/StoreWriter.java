package io.chiaro.data;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** A little-endian file with its checksum. Plain streams, because a thread's interruption would close a channel. */
final class StoreWriter implements Closeable {

    private final FileOutputStream out;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();

    StoreWriter(Path file) throws IOException {
        out = new FileOutputStream(file.toFile());
    }

    void putLong(long value) throws IOException {
        room(Long.BYTES);
        buffer.putLong(value);
    }

    void putInt(int value) throws IOException {
        room(Integer.BYTES);
        buffer.putInt(value);
    }

    void putInts(int[] values) throws IOException {
        for (int value : values) {
            putInt(value);
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        checksum.update(buffer.array(), 0, buffer.position());
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    /** Brings everything to the disk; returns the checksum. */
    long finish() throws IOException {
        flush();
        out.getFD().sync();
        return checksum.getValue();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
