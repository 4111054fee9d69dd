package io.chiaro.tensor;

/**
 * Where a tensor's numbers are.
 *
 * @param kind the kind of processor
 * @param index which one of its kind, from 0
 */
public record Device(Kind kind, int index) {

    /** The kinds of processor that LibTorch is built for here. */
    public enum Kind {
        /** The main processor. */
        CPU,
        /** A CUDA device; needs the build profile {@code gpu}. */
        CUDA
    }

    /** The main processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    public Device {
        if (index < 0) {
            throw new IllegalArgumentException("Device: the index must not be negative, but was " + index);
        }
    }

    /** The CUDA device of the given index. */
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "cuda:" + index;
    }
}
