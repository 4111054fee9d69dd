package io.chiaro.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What a tensor of a {@link Safetensors} file is, without its values.
 *
 * @param name any text but {@code __metadata__}
 * @param dtype the type of its elements
 * @param shape its dimensions; empty for a scalar
 */
public record StoredTensor(String name, StoredType dtype, List<Long> shape) {

    /** What the format keeps for the file's own data. */
    static final String METADATA = "__metadata__";

    public StoredTensor {
        shape = List.copyOf(shape);
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be named " + name);
        }
        long bytes = dtype.bytes();
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("expected dimensions of at least 0, but found " + shape);
            }
            long high = Math.multiplyHigh(bytes, dimension);
            bytes *= dimension;
            if (high != 0 || bytes < 0) {
                throw new IllegalArgumentException("the shape " + shape + " counts more than 2^63 bytes");
            }
        }
    }

    /** A tensor of a name, type and shape. */
    public static StoredTensor of(String name, StoredType dtype, long... shape) {
        List<Long> dimensions = new ArrayList<>();
        for (long dimension : shape) {
            dimensions.add(dimension);
        }
        return new StoredTensor(name, dtype, dimensions);
    }

    /** Number of elements. */
    public long elements() {
        long elements = 1;
        for (long dimension : shape) {
            elements *= dimension;
        }
        return elements;
    }

    /** Number of bytes. */
    public long byteLength() {
        return elements() * dtype.bytes();
    }
}
