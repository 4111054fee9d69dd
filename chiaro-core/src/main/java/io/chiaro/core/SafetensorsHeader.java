package io.chiaro.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The header of one safetensors file: where each tensor lies. Parsing holds every rule of the format. */
record SafetensorsHeader(Path file, Map<String, Place> places, Map<String, String> metadata) {

    static final long LARGEST_HEADER = 100_000_000;
    private static final Set<String> KEYS = Set.of("dtype", "shape", "data_offsets");

    /** A tensor and the bytes of the file that hold it. */
    record Place(StoredTensor tensor, long offset, long length) {}

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw damaged(file, "expected 8 bytes of header length, but the file has " + size + " bytes");
        }
        long length = bytes(file, channel, 0, 8).getLong();
        if (length < 0 || length > LARGEST_HEADER) {
            throw damaged(
                    file,
                    "expected a header of at most " + LARGEST_HEADER + " bytes, but its length says "
                            + Long.toUnsignedString(length));
        }
        if (8 + length > size) {
            throw damaged(
                    file,
                    "expected a header of " + length + " bytes, but only " + (size - 8)
                            + " bytes follow its length: the file is truncated");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes(file, channel, 8, (int) length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged(file, "expected a header in UTF-8, but found other bytes");
        }
        if (!text.startsWith("{")) {
            throw damaged(
                    file,
                    "expected a header that starts with {, but found "
                            + (text.isEmpty() ? "nothing" : "\"" + text.charAt(0) + "\""));
        }
        JsonObject json = Json.parse(ChiaroException.Kind.MODEL, file + ": header", text);
        return parse(file, json, 8 + length, size - 8 - length);
    }

    private static SafetensorsHeader parse(Path file, JsonObject json, long base, long bufferLength) {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Place> places = new ArrayList<>();
        for (String name : json.keys()) {
            JsonObject entry = json.object(name);
            if (name.equals(StoredTensor.METADATA)) {
                for (String key : entry.keys()) {
                    metadata.put(key, entry.string(key));
                }
            } else {
                places.add(place(file, name, entry, bufferLength));
            }
        }
        places.sort(Comparator.comparingLong(Place::offset).thenComparingLong(Place::length));
        Map<String, Place> byName = new LinkedHashMap<>();
        long end = 0;
        String previous = "the start of the buffer";
        for (Place place : places) {
            String name = place.tensor().name();
            if (place.offset() != end) {
                throw damaged(
                        file,
                        name,
                        (place.offset() < end ? "overlaps " : "leaves a hole after ") + previous
                                + ": expected it to begin at byte " + end + ", but found " + place.offset());
            }
            end += place.length();
            previous = "\"" + name + "\"";
            byName.put(name, new Place(place.tensor(), base + place.offset(), place.length()));
        }
        if (end != bufferLength) {
            throw damaged(
                    file,
                    "expected tensors that cover the buffer of " + bufferLength
                            + " bytes exactly, but they end at byte " + end + ": " + (bufferLength - end)
                            + " bytes trail");
        }
        return new SafetensorsHeader(file, byName, metadata);
    }

    private static Place place(Path file, String name, JsonObject entry, long bufferLength) {
        entry.refuseUnknownKeys(KEYS);
        StoredType dtype = dtype(file, name, entry.string("dtype"));
        List<Long> shape = entry.integers("shape");
        List<Long> offsets = entry.integers("data_offsets");
        if (offsets.size() != 2 || offsets.get(0) < 0 || offsets.get(1) < offsets.get(0)) {
            throw damaged(file, name, "expected data_offsets [begin, end] in order, but found " + offsets);
        }
        long length = offsets.get(1) - offsets.get(0);
        if (offsets.get(1) > bufferLength) {
            throw damaged(
                    file,
                    name,
                    "expected bytes up to " + offsets.get(1) + ", but the buffer has only " + bufferLength
                            + ": the file is truncated");
        }
        StoredTensor tensor;
        try {
            tensor = new StoredTensor(name, dtype, shape);
        } catch (IllegalArgumentException e) {
            throw damaged(file, name, String.valueOf(e.getMessage()));
        }
        if (tensor.byteLength() != length) {
            throw damaged(
                    file,
                    name,
                    "expected " + tensor.byteLength() + " bytes for " + dtype + " " + shape + ", but its data_offsets "
                            + offsets + " hold " + length);
        }
        return new Place(tensor, offsets.get(0), length);
    }

    private static StoredType dtype(Path file, String name, String text) {
        List<String> valid = new ArrayList<>();
        for (StoredType dtype : StoredType.values()) {
            if (dtype.name().equals(text)) {
                return dtype;
            }
            valid.add(dtype.name());
        }
        throw ChiaroException.model(file + ": tensor \"" + name + "\": the dtype \"" + text + "\" is not known. "
                + Names.hint(text, valid));
    }

    /** Bytes of the file at a place, little-endian. */
    static ByteBuffer bytes(Path file, FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw damaged(
                        file,
                        "expected " + length + " bytes at byte " + position
                                + ", but the file became shorter while read");
            }
        }
        return buffer.flip();
    }

    private static ChiaroException damaged(Path file, String sentence) {
        return ChiaroException.model(
                file + ": " + sentence + ". It is not a whole safetensors file; fetch or save it again.");
    }

    private static ChiaroException damaged(Path file, String tensor, String sentence) {
        return damaged(file, "tensor \"" + tensor + "\": " + sentence);
    }
}
