package io.chiaro.core;

/** The element types of a {@link Safetensors} file, in the order that decides the order of tensors in a written one. */
public enum StoredType {
    /** One byte, 0 or 1. */
    BOOL(1),
    /** Unsigned 8 bits. */
    U8(1),
    /** Signed 8 bits. */
    I8(1),
    /** 8-bit float, 5 bits of exponent. */
    F8_E5M2(1),
    /** 8-bit float, 4 bits of exponent. */
    F8_E4M3(1),
    /** Signed 16 bits. */
    I16(2),
    /** Unsigned 16 bits. */
    U16(2),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of an IEEE 754 binary32. */
    BF16(2),
    /** Signed 32 bits. */
    I32(4),
    /** Unsigned 32 bits. */
    U32(4),
    /** IEEE 754 binary32. */
    F32(4),
    /** IEEE 754 binary64. */
    F64(8),
    /** Signed 64 bits. */
    I64(8),
    /** Unsigned 64 bits. */
    U64(8);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
