package io.chiaro.search.vector;

import io.github.jbellis.jvector.disk.RandomAccessReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.lucene.store.IndexInput;

/**
 * A part of a file of Lucene's as JVector reads it, whose numbers have the other order of bytes than Lucene's. One thread. The file
 * is closed by who opened it.
 */
record GraphInput(IndexInput part) implements RandomAccessReader {

    @Override
    public void seek(long position) throws IOException {
        part.seek(position);
    }

    @Override
    public long getPosition() {
        return part.getFilePointer();
    }

    @Override
    public long length() {
        return part.length();
    }

    @Override
    public int readInt() throws IOException {
        return Integer.reverseBytes(part.readInt());
    }

    @Override
    public long readLong() throws IOException {
        return Long.reverseBytes(part.readLong());
    }

    @Override
    public float readFloat() throws IOException {
        return Float.intBitsToFloat(readInt());
    }

    @Override
    public void readFully(byte[] bytes) throws IOException {
        part.readBytes(bytes, 0, bytes.length);
    }

    @Override
    public void readFully(ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        readFully(bytes);
        buffer.put(bytes);
    }

    @Override
    public void readFully(long[] numbers) throws IOException {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = readLong();
        }
    }

    @Override
    public void read(int[] numbers, int from, int count) throws IOException {
        part.readInts(numbers, from, count);
        for (int i = from; i < from + count; i++) {
            numbers[i] = Integer.reverseBytes(numbers[i]);
        }
    }

    @Override
    public void read(float[] numbers, int from, int count) throws IOException {
        for (int i = from; i < from + count; i++) {
            numbers[i] = readFloat();
        }
    }

    @Override
    public void close() {}
}
