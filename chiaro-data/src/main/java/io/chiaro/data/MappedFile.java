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
    private final int shift;
    private final int mask;
    private final int recordBytes;

    private MappedFile(ByteBuffer[] segments, int shift, int recordBytes) {
        this.segments = segments;
        this.shift = shift;
        this.mask = (1 << shift) - 1;
        this.recordBytes = recordBytes;
    }

    static MappedFile open(Path file, int recordBytes, int segmentBytes) throws IOException {
        // A power of two, so that finding a record takes a shift and no division.
        int shift = 31 - Integer.numberOfLeadingZeros(segmentBytes / recordBytes);
        int recordsPerSegment = 1 << shift;
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
            return new MappedFile(segments, shift, recordBytes);
        }
    }

    long getLong(long record, int offset) {
        return segments[(int) (record >>> shift)].getLong(((int) record & mask) * recordBytes + offset);
    }

    int getInt(long record, int offset) {
        return segments[(int) (record >>> shift)].getInt(((int) record & mask) * recordBytes + offset);
    }

    long checksum() {
        CRC32C checksum = new CRC32C();
        for (ByteBuffer segment : segments) {
            checksum.update(segment.duplicate());
        }
        return checksum.getValue();
    }
}
