package io.chiaro.core;

import io.chiaro.core.SafetensorsHeader.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Named tensors in one safetensors file or in several shards, and the writer of such files.
 *
 * <p>A file is 8 bytes of header length N (little-endian), N bytes of JSON, then one buffer: each tensor in row-major
 * order, little-endian, without holes, overlap or trailing bytes. Every rule is checked when a file is opened; an error is
 * one sentence with the file and the tensor. Only the header is held in memory.
 *
 * <p>Safe for use by several threads. Mapped buffers stay valid after {@link #close()}.
 */
public final class Safetensors implements AutoCloseable {

    private static final int CHUNK = 1 << 20;

    /** Gives the values of the tensors of a file that is being written, one tensor at a time. */
    @FunctionalInterface
    public interface Source {
        /** Hands all values of the tensor to the sink, in one or more pieces. */
        void write(StoredTensor tensor, Sink sink) throws IOException;
    }

    private final Path origin;
    private final List<FileChannel> channels;
    private final Map<String, Shard> tensors;
    private final Map<String, String> metadata;

    private record Shard(Path file, FileChannel channel, Place place) {}

    private Safetensors(
            Path origin, List<FileChannel> channels, Map<String, Shard> tensors, Map<String, String> metadata) {
        this.origin = origin;
        this.channels = channels;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /**
     * Opens a safetensors file, or all shards that an index ({@code *.index.json}) lists.
     *
     * @throws ChiaroException of kind model if a file breaks a rule of the format
     */
    public static Safetensors open(Path file) {
        Path path = file.toAbsolutePath();
        if (!path.toString().endsWith(".json")) {
            return open(path, List.of(path));
        }
        Map<String, String> weightMap = weightMap(path);
        List<Path> files = new ArrayList<>();
        new LinkedHashSet<>(weightMap.values()).forEach(name -> files.add(path.resolveSibling(name)));
        Safetensors safetensors = open(path, files);
        try {
            safetensors.agreeWith(weightMap);
        } catch (ChiaroException e) {
            safetensors.close();
            throw e;
        }
        return safetensors;
    }

    /** The files that hold the tensors: the file itself, or the shards of an index in its order. */
    public static List<Path> files(Path file) {
        Path path = file.toAbsolutePath();
        if (!path.toString().endsWith(".json")) {
            return List.of(path);
        }
        return new LinkedHashSet<>(weightMap(path).values())
                .stream().map(path::resolveSibling).toList();
    }

    private static Map<String, String> weightMap(Path index) {
        JsonObject map = Json.object(ChiaroException.Kind.MODEL, index).object("weight_map");
        Map<String, String> weightMap = new LinkedHashMap<>();
        for (String name : map.keys()) {
            String file = map.string(name);
            // A shard beside its index, and nothing else: a model must not make us read elsewhere.
            if (file.isEmpty() || file.equals("..") || file.contains("/") || file.contains("\\")) {
                throw ChiaroException.model(index + ": tensor \"" + name
                        + "\": expected the name of a file beside the index, but found \"" + file + "\".");
            }
            weightMap.put(name, file);
        }
        return weightMap;
    }

    private static Safetensors open(Path origin, List<Path> files) {
        List<FileChannel> channels = new ArrayList<>();
        Map<String, Shard> tensors = new TreeMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        boolean complete = false;
        try {
            for (Path file : files) {
                FileChannel channel = channel(file);
                channels.add(channel);
                SafetensorsHeader header = SafetensorsHeader.read(file, channel);
                metadata.putAll(header.metadata());
                for (Place place : header.places().values()) {
                    String name = place.tensor().name();
                    Shard twin = tensors.put(name, new Shard(file, channel, place));
                    if (twin != null) {
                        throw ChiaroException.model(file + ": tensor \"" + name + "\" stands in " + twin.file()
                                + " too. Keep it in one shard.");
                    }
                }
            }
            Safetensors safetensors = new Safetensors(origin, channels, tensors, metadata);
            complete = true;
            return safetensors;
        } catch (IOException e) {
            throw unreadable(origin, e);
        } finally {
            if (!complete) {
                close(channels);
            }
        }
    }

    private static FileChannel channel(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private void agreeWith(Map<String, String> weightMap) {
        weightMap.forEach((name, file) -> {
            Shard shard = tensors.get(name);
            if (shard == null || !shard.file().equals(origin.resolveSibling(file))) {
                throw ChiaroException.model(origin + ": tensor \"" + name + "\": expected it in " + file + ", but "
                        + (shard == null ? "it is in no shard" : "found it in " + shard.file())
                        + ". Fetch or save the model again.");
            }
        });
        for (String name : tensors.keySet()) {
            if (!weightMap.containsKey(name)) {
                throw ChiaroException.model(origin + ": tensor \"" + name + "\" of "
                        + shard(name).file() + " is not in the weight_map. Fetch or save the model again.");
            }
        }
    }

    /** The file or index that was opened. */
    public Path origin() {
        return origin;
    }

    /** The names of the tensors, sorted. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** What the file says of itself, most often {@code format}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Type and shape of a tensor. */
    public StoredTensor tensor(String name) {
        return shard(name).place().tensor();
    }

    /**
     * The bytes of a tensor, mapped from the file: little-endian, read-only, at most 2 GiB. The mapping lives until the
     * buffer is collected; the file must not be shortened meanwhile.
     */
    public ByteBuffer buffer(String name) {
        Shard shard = shard(name);
        Place place = shard.place();
        if (place.length() > Integer.MAX_VALUE) {
            throw ChiaroException.model(shard.file() + ": tensor \"" + name
                    + "\": expected at most 2 GiB to map, but it has " + place.length() + " bytes. Read it in pieces.");
        }
        try {
            return shard.channel()
                    .map(FileChannel.MapMode.READ_ONLY, place.offset(), place.length())
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw unreadable(shard.file(), e);
        }
    }

    /** All values of a tensor of type F32, F16, BF16 (exact) or F64 (rounded to float). */
    public float[] floats(String name) {
        return floats(name, 0, count(name));
    }

    /** Values first to first + count - 1 of a tensor as by {@link #floats(String)}. */
    public float[] floats(String name, long first, int count) {
        float[] values = new float[count];
        StoredType dtype = tensor(name).dtype();
        read(name, first, count, (buffer, index, n) -> {
            switch (dtype) {
                case F32 -> buffer.asFloatBuffer().get(values, index, n);
                case F16 -> {
                    for (int i = 0; i < n; i++) {
                        values[index + i] = HalfFloats.fromHalf(buffer.getShort());
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < n; i++) {
                        values[index + i] = HalfFloats.fromBfloat(buffer.getShort());
                    }
                }
                case F64 -> {
                    for (int i = 0; i < n; i++) {
                        values[index + i] = (float) buffer.getDouble();
                    }
                }
                default -> throw wrongType(name, "F32, F16, BF16 or F64");
            }
        });
        return values;
    }

    /** All values of a tensor of type F64, F32, F16 or BF16, exact. */
    public double[] doubles(String name) {
        int count = count(name);
        double[] values = new double[count];
        if (tensor(name).dtype() == StoredType.F64) {
            read(name, 0, count, (buffer, index, n) -> buffer.asDoubleBuffer().get(values, index, n));
        } else {
            float[] narrow = floats(name);
            for (int i = 0; i < count; i++) {
                values[i] = narrow[i];
            }
        }
        return values;
    }

    /** All values of a tensor of type I64, I32, I16, I8, U32, U16, U8 or BOOL. */
    public long[] longs(String name) {
        int count = count(name);
        long[] values = new long[count];
        StoredType dtype = tensor(name).dtype();
        read(name, 0, count, (buffer, index, n) -> {
            for (int i = 0; i < n; i++) {
                values[index + i] = switch (dtype) {
                    case I64 -> buffer.getLong();
                    case I32 -> buffer.getInt();
                    case U32 -> Integer.toUnsignedLong(buffer.getInt());
                    case I16 -> buffer.getShort();
                    case U16 -> Short.toUnsignedLong(buffer.getShort());
                    case I8 -> buffer.get();
                    case U8, BOOL -> Byte.toUnsignedLong(buffer.get());
                    case U64, F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> throw wrongType(name, "an integer type");
                };
            }
        });
        return values;
    }

    /** Closes the files; a second call does nothing. */
    @Override
    public void close() {
        close(channels);
    }

    private static void close(List<FileChannel> channels) {
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // Only read from: nothing can be lost.
            }
        }
    }

    @FunctionalInterface
    private interface Piece {
        void take(ByteBuffer buffer, int index, int elements);
    }

    private void read(String name, long first, int count, Piece piece) {
        Shard shard = shard(name);
        StoredTensor tensor = shard.place().tensor();
        if (first < 0 || count < 0 || first + count > tensor.elements()) {
            throw new IllegalArgumentException("Safetensors: values " + first + " to " + (first + count) + " of \""
                    + name + "\" were asked, but it has " + tensor.elements());
        }
        int size = tensor.dtype().bytes();
        int step = CHUNK / size;
        try {
            for (int index = 0; index < count; index += step) {
                int n = Math.min(step, count - index);
                piece.take(
                        SafetensorsHeader.bytes(
                                shard.file(),
                                shard.channel(),
                                shard.place().offset() + (first + index) * size,
                                n * size),
                        index,
                        n);
            }
        } catch (IOException e) {
            throw unreadable(shard.file(), e);
        }
    }

    private int count(String name) {
        long elements = tensor(name).elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw ChiaroException.model(shard(name).file() + ": tensor \"" + name
                    + "\": expected at most 2^31 values for one array, but it has " + elements
                    + ". Read it in pieces.");
        }
        return (int) elements;
    }

    private Shard shard(String name) {
        Shard shard = tensors.get(name);
        if (shard == null) {
            String near = Names.nearest(name, tensors.keySet())
                    .map(found -> " Did you mean \"" + found + "\"?")
                    .orElse("");
            throw ChiaroException.model(origin + ": expected a tensor \"" + name + "\", but the " + tensors.size()
                    + " tensors have other names." + near);
        }
        return shard;
    }

    private ChiaroException wrongType(String name, String expected) {
        return ChiaroException.model(shard(name).file() + ": tensor \"" + name + "\": expected " + expected
                + ", but found " + tensor(name).dtype() + ". Convert the file.");
    }

    private static ChiaroException unreadable(Path file, IOException e) {
        return ChiaroException.of(
                ChiaroException.Kind.MODEL,
                file + ": expected a readable safetensors file, but found: " + AtomicFiles.reason(e)
                        + ". Check the path.",
                e);
    }

    /**
     * Writes a file, atomically, without ever holding more than a piece of it. The tensors stand in it as Python's writer
     * puts them: by descending type (see {@link StoredType}), then by name. Equal arguments give equal bytes.
     *
     * @param tensors names, types and shapes; a name may stand only once
     * @param metadata added to {@code format: pt}, which readers of PyTorch want
     * @param source asked for the values of each tensor in the order of the file
     * @throws ChiaroException of kind resources if the disk does not take it; the old file then stays
     */
    public static void write(Path file, Collection<StoredTensor> tensors, Map<String, String> metadata, Source source) {
        List<StoredTensor> order = new ArrayList<>(tensors);
        order.sort((a, b) -> a.dtype() != b.dtype() ? b.dtype().compareTo(a.dtype()) : compareUtf8(a.name(), b.name()));
        Map<String, String> described = new TreeMap<>(metadata);
        described.putIfAbsent("format", "pt");
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(StoredTensor.METADATA, described);
        long end = 0;
        for (StoredTensor tensor : order) {
            long begin = end;
            end = Math.addExact(begin, tensor.byteLength());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.dtype().name());
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", List.of(begin, end));
            if (header.put(tensor.name(), entry) != null) {
                throw new IllegalArgumentException(
                        "Safetensors: the name \"" + tensor.name() + "\" is given to two tensors");
            }
        }
        String json = Json.line(header);
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        int padded = (bytes.length + 7) / 8 * 8;
        if (padded > SafetensorsHeader.LARGEST_HEADER) {
            throw new IllegalArgumentException(
                    "Safetensors: the header of " + padded + " bytes is longer than the format allows");
        }
        AtomicFiles.write(file, out -> {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(padded)
                    .array());
            out.write(bytes);
            out.write(" ".repeat(padded - bytes.length).getBytes(StandardCharsets.US_ASCII));
            for (StoredTensor tensor : order) {
                Sink sink = new Sink(tensor, out);
                source.write(tensor, sink);
                sink.finish();
            }
        });
    }

    // Java compares UTF-16 units, the format's writers bytes of UTF-8; they differ above the basic plane.
    private static int compareUtf8(String a, String b) {
        return java.util.Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes the values of one tensor in pieces and writes them in the tensor's type. Used by one thread. */
    public static final class Sink {

        private final StoredTensor tensor;
        private final OutputStream out;
        private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private long written;

        private Sink(StoredTensor tensor, OutputStream out) {
            this.tensor = tensor;
            this.out = out;
        }

        /** Takes floats, for a tensor of type F32, F64, F16 or BF16 (both rounded to nearest, ties to even). */
        public void floats(float... values) throws IOException {
            for (float value : values) {
                room();
                switch (tensor.dtype()) {
                    case F32 -> chunk.putFloat(value);
                    case F64 -> chunk.putDouble(value);
                    case F16 -> chunk.putShort(HalfFloats.toHalf(value));
                    case BF16 -> chunk.putShort(HalfFloats.toBfloat(value));
                    default -> throw wrongType("floats");
                }
            }
        }

        /** Takes doubles, for a tensor of type F64. */
        public void doubles(double... values) throws IOException {
            for (double value : values) {
                room();
                if (tensor.dtype() != StoredType.F64) {
                    throw wrongType("doubles");
                }
                chunk.putDouble(value);
            }
        }

        /** Takes integers, for a tensor of an integer type; the low bits are written. */
        public void longs(long... values) throws IOException {
            for (long value : values) {
                room();
                switch (tensor.dtype()) {
                    case I64, U64 -> chunk.putLong(value);
                    case I32, U32 -> chunk.putInt((int) value);
                    case I16, U16 -> chunk.putShort((short) value);
                    case I8, U8, BOOL -> chunk.put((byte) value);
                    default -> throw wrongType("integers");
                }
            }
        }

        /** Takes the remaining bytes of the buffer as they are: little-endian values of the tensor's type. */
        public void bytes(ByteBuffer values) throws IOException {
            ByteBuffer rest = values.duplicate();
            while (rest.hasRemaining()) {
                room();
                int n = Math.min(chunk.remaining(), rest.remaining());
                chunk.put(rest.slice(rest.position(), n));
                rest.position(rest.position() + n);
            }
        }

        private void room() throws IOException {
            if (chunk.remaining() < 8) {
                flush();
            }
        }

        private void flush() throws IOException {
            written += chunk.position();
            out.write(chunk.array(), 0, chunk.position());
            chunk.clear();
        }

        private void finish() throws IOException {
            flush();
            if (written != tensor.byteLength()) {
                throw new IllegalStateException("Safetensors: \"" + tensor.name() + "\" has " + tensor.byteLength()
                        + " bytes, but its source gave " + written);
            }
        }

        private IllegalStateException wrongType(String given) {
            return new IllegalStateException(
                    "Safetensors: \"" + tensor.name() + "\" is " + tensor.dtype() + ", but its source gave " + given);
        }
    }
}
