package io.chiaro.data;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy's {@code .npy} format (versions 1 to 3): float32, float64, int64 or uint8, little-endian, C order. Anything
 * else is refused, never converted. Immutable.
 */
public final class Npy {

    /** The element types. */
    public enum Type {
        /** 32-bit floats. */
        FLOAT32("<f4", 4),
        /** 64-bit floats. */
        FLOAT64("<f8", 8),
        /** 64-bit integers. */
        INT64("<i8", 8),
        /** Unsigned bytes. */
        UINT8("|u1", 1);

        private final String code;
        private final int bytes;

        Type(String code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }
    }

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final Pattern ENTRY =
            Pattern.compile("\\G\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([0-9,\\s]*\\))\\s*(,|$)");

    private final Type type;
    private final int[] shape;
    private final ByteBuffer values;

    private Npy(Type type, int[] shape, ByteBuffer values) {
        this.type = type;
        this.shape = shape;
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @throws ChiaroException (data) for a broken header, another type or order, a wrong size, or 2 GB and more
     */
    public static Npy read(Path file) {
        try (InputStream in = Inputs.open(file)) {
            return read(file.toAbsolutePath().toString(), in);
        } catch (IOException failure) {
            throw Inputs.unreadable(file, "in the middle", failure);
        }
    }

    /**
     * Reads a stream to its end, such as an entry of an {@code .npz} archive; the caller closes it.
     *
     * @param where what errors say the array is in
     * @throws IOException if the stream fails
     * @throws ChiaroException (data) as for a file
     */
    public static Npy read(String where, InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw refused(where, "another beginning");
            }
            int major = in.readUnsignedByte();
            int minor = in.readUnsignedByte();
            if (major < 1 || major > 3 || minor != 0) {
                throw refused(where, "version " + major + "." + minor);
            }
            long length = in.readUnsignedByte() | in.readUnsignedByte() << 8;
            if (major > 1) {
                length |= (long) in.readUnsignedByte() << 16 | (long) in.readUnsignedByte() << 24;
            }
            if (length > 1 << 20) {
                throw refused(where, "a header of " + length + " bytes");
            }
            byte[] header = in.readNBytes((int) length);
            if (header.length < length) {
                throw refused(where, "a header that is cut off");
            }
            return body(
                    where, in, new String(header, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        } catch (EOFException cut) {
            // A gzip stream that is cut off ends in the same exception, and is as broken.
            throw refused(where, "a header that is cut off");
        }
    }

    private static Npy body(String where, DataInputStream in, String header) throws IOException {
        Header fields = fields(where, header.strip());
        Type type = null;
        for (Type known : Type.values()) {
            if (fields.descr().equals("'" + known.code + "'")) {
                type = known;
            }
        }
        if (type == null) {
            throw refused(where, "elements of type " + fields.descr());
        }
        if (!fields.fortranOrder().equals("False")) {
            throw refused(where, "Fortran order");
        }
        String inner = fields.shape().replaceAll("[()\\s]", "");
        String[] sizes = inner.isEmpty() ? new String[0] : inner.split(",");
        int[] shape = new int[sizes.length];
        long bytes = type.bytes;
        for (int i = 0; i < sizes.length; i++) {
            if (!sizes[i].matches("\\d{1,9}")) {
                throw refused(where, "the shape (" + inner + ")");
            }
            shape[i] = Integer.parseInt(sizes[i]);
            bytes *= shape[i];
            if (bytes > Integer.MAX_VALUE - 8) {
                throw refused(where, "2 GB or more in the shape (" + inner + ")");
            }
        }
        byte[] body = in.readNBytes((int) bytes);
        if (body.length < bytes) {
            throw refused(where, body.length + " bytes of values instead of " + bytes);
        }
        if (in.read() >= 0) {
            throw refused(where, "more bytes than the shape (" + inner + ") holds");
        }
        return new Npy(type, shape, ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The three entries of the header's dictionary, as written. */
    private record Header(String descr, String fortranOrder, String shape) {}

    private static Header fields(String where, String header) {
        if (!header.startsWith("{") || !header.endsWith("}")) {
            throw refused(where, "the header " + header);
        }
        String inner = header.substring(1, header.length() - 1).strip();
        Map<String, String> entries = new LinkedHashMap<>();
        Matcher matcher = ENTRY.matcher(inner);
        int end = 0;
        while (end < inner.length() && matcher.find()) {
            if (entries.put(matcher.group(1), matcher.group(2)) != null) {
                throw refused(where, "the header " + header);
            }
            end = matcher.end();
        }
        String descr = entries.remove("descr");
        String order = entries.remove("fortran_order");
        String shape = entries.remove("shape");
        boolean whole = end == inner.length() && entries.isEmpty();
        if (!whole || descr == null || order == null || shape == null || !shape.startsWith("(")) {
            throw refused(where, "the header " + header);
        }
        return new Header(descr, order, shape);
    }

    private static ChiaroException refused(String where, String found) {
        return ChiaroException.data(where
                + ": expected an .npy file of float32, float64, int64 or uint8 in C order, but found " + found
                + ". Bring it to such a type with astype, and write it with numpy.save.");
    }

    /** The type of the elements. */
    public Type type() {
        return type;
    }

    /** The sizes of the axes, a new array. */
    public int[] shape() {
        return shape.clone();
    }

    /** The elements as doubles, in C order, a new array. */
    public double[] doubles() {
        double[] all = new double[values.capacity() / type.bytes];
        for (int i = 0; i < all.length; i++) {
            all[i] = switch (type) {
                case FLOAT32 -> values.getFloat(4 * i);
                case FLOAT64 -> values.getDouble(8 * i);
                case INT64 -> values.getLong(8 * i);
                case UINT8 -> values.get(i) & 0xFF;
            };
        }
        return all;
    }

    /** The elements as floats, in C order, a new array; float64 is rounded. */
    public float[] floats() {
        float[] all = new float[values.capacity() / type.bytes];
        for (int i = 0; i < all.length; i++) {
            all[i] = switch (type) {
                case FLOAT32 -> values.getFloat(4 * i);
                case FLOAT64 -> (float) values.getDouble(8 * i);
                case INT64 -> values.getLong(8 * i);
                case UINT8 -> values.get(i) & 0xFF;
            };
        }
        return all;
    }

    /** The elements of an int64 array, a new array. */
    public long[] longs() {
        if (type != Type.INT64) {
            throw new IllegalStateException("Npy.longs: the elements are " + type);
        }
        long[] all = new long[values.capacity() / 8];
        values.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(all);
        return all;
    }

    /** The elements of a uint8 array, a new array; a byte above 127 is negative in Java. */
    public byte[] bytes() {
        if (type != Type.UINT8) {
            throw new IllegalStateException("Npy.bytes: the elements are " + type);
        }
        return values.array().clone();
    }

    /** Writes unsigned bytes of a shape, atomically. */
    public static void write(Path file, byte[] values, int... shape) {
        expect(values.length, shape);
        AtomicFiles.write(file, out -> {
            out.write(header(Type.UINT8, shape));
            out.write(values);
        });
    }

    /** Writes floats of a shape, atomically. */
    public static void write(Path file, float[] values, int... shape) {
        expect(values.length, shape);
        AtomicFiles.write(file, out -> {
            out.write(header(Type.FLOAT32, shape));
            writeFloats(out, values);
        });
    }

    /** Writes doubles of a shape, atomically. */
    public static void write(Path file, double[] values, int... shape) {
        expect(values.length, shape);
        AtomicFiles.write(file, out -> {
            out.write(header(Type.FLOAT64, shape));
            ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            for (double value : values) {
                out.write(bytes.putDouble(0, value).array());
            }
        });
    }

    /** Writes integers of a shape, atomically. */
    public static void write(Path file, long[] values, int... shape) {
        expect(values.length, shape);
        AtomicFiles.write(file, out -> {
            out.write(header(Type.INT64, shape));
            ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            for (long value : values) {
                out.write(bytes.putLong(0, value).array());
            }
        });
    }

    /**
     * Writes a matrix of float32 row by row, streaming and atomically.
     *
     * @param rows exactly so many rows of exactly so many columns
     */
    public static void write(Path file, int rowCount, int columns, Iterator<float[]> rows) {
        AtomicFiles.write(file, out -> {
            out.write(header(Type.FLOAT32, rowCount, columns));
            int written = 0;
            for (; rows.hasNext(); written++) {
                float[] row = rows.next();
                if (row.length != columns || written == rowCount) {
                    throw new IllegalArgumentException("Npy.write: row " + written + " of " + row.length
                            + " values does not fit the shape [" + rowCount + ", " + columns + "]");
                }
                writeFloats(out, row);
            }
            if (written < rowCount) {
                throw new IllegalArgumentException("Npy.write: " + written + " rows instead of " + rowCount);
            }
        });
    }

    private static void expect(int length, int... shape) {
        long product = 1;
        for (int size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "Npy.write: the shape " + Arrays.toString(shape) + " has a negative size");
            }
            product *= size;
        }
        if (product != length) {
            throw new IllegalArgumentException(
                    "Npy.write: " + length + " values do not fit the shape " + Arrays.toString(shape));
        }
    }

    private static void writeFloats(OutputStream out, float[] values) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(4 * Math.min(values.length, 1 << 14)).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += bytes.capacity() / 4) {
            int count = Math.min(bytes.capacity() / 4, values.length - from);
            bytes.clear();
            bytes.asFloatBuffer().put(values, from, count);
            out.write(bytes.array(), 0, 4 * count);
        }
    }

    /** Version 1 of the header, padded so that the values begin at a multiple of 64 bytes, as NumPy writes it. */
    private static byte[] header(Type type, int... shape) {
        List<String> sizes = Arrays.stream(shape).mapToObj(Integer::toString).toList();
        String dictionary = "{'descr': '" + type.code + "', 'fortran_order': False, 'shape': ("
                + String.join(", ", sizes) + (shape.length == 1 ? ",)" : ")") + ", }";
        int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
        int padded = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        String header = dictionary + " ".repeat(padded - unpadded) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.array();
    }
}
