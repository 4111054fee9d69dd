package io.chiaro.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A read-only file mapped in segments, because one mapping ends at 2 GB. A segment holds whole records. Safe for several
 * threads: only absolute reads.
 */
final class MappedFile {

    private final ByteBuffer[] segments;
    private final int recordsPerSegment;
    private final int recordBytes;

    private MappedFile(ByteBuffer[] segments, int recordsPerSegment, int recordBytes) {
        this.segments = segments;
        this.recordsPerSegment = recordsPerSegment;
        this.recordBytes = recordBytes;
    }

    static MappedFile open(Path file, int recordBytes, int segmentBytes) throws IOException {
        int recordsPerSegment = segmentBytes / recordBytes;
        long bytesPerSegment = (long) recordsPerSegment * recordBytes;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            int count = Math.toIntExact((size + bytesPerSegment - 1) / bytesPerSegment);
            ByteBuffer[] segments = new ByteBuffer[count];
            for (int i = 0; i < count; i++) {
                long from = i * bytesPerSegment;
                segments[i] = channel.map(MapMode.READ_ONLY, from, Math.min(bytesPerSegment, size - from))
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return new MappedFile(segments, recordsPerSegment, recordBytes);
        }
    }

    long getLong(long record, int offset) {
        return segments[(int) (record / recordsPerSegment)].getLong(
                (int) (record % recordsPerSegment) * recordBytes + offset);
    }

    int getInt(long record, int offset) {
        return segments[(int) (record / recordsPerSegment)].getInt(
                (int) (record % recordsPerSegment) * recordBytes + offset);
    }

    /** Copies records that are one int each. */
    void getInts(long from, int count, int[] into, int at) {
        long record = from;
        int done = 0;
        while (done < count) {
            ByteBuffer segment = segments[(int) (record / recordsPerSegment)];
            int inSegment = (int) (record % recordsPerSegment);
            int now = Math.min(count - done, recordsPerSegment - inSegment);
            segment.slice(inSegment * Integer.BYTES, now * Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer()
                    .get(into, at + done, now);
            record += now;
            done += now;
        }
    }

    long checksum() {
        CRC32C checksum = new CRC32C();
        for (ByteBuffer segment : segments) {
            checksum.update(segment.duplicate());
        }
        return checksum.getValue();
    }
}
