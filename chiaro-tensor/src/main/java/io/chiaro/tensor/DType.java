package io.chiaro.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type of a tensor's numbers. */
public enum DType {
    /** 32-bit floating point: parameters, activations, losses. */
    FLOAT(ScalarType.Float),
    /** 64-bit floating point: only for checks against a formula. */
    DOUBLE(ScalarType.Double),
    /** 64-bit integers: ids and indices. */
    LONG(ScalarType.Long),
    /** Truth values: masks. */
    BOOL(ScalarType.Bool);

    private final ScalarType scalarType;

    DType(ScalarType scalarType) {
        this.scalarType = scalarType;
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static DType from(ScalarType scalarType) {
        for (DType type : values()) {
            if (type.scalarType.value == scalarType.value) {
                return type;
            }
        }
        throw new IllegalStateException("DType: a tensor of type " + scalarType + " has no counterpart here");
    }
}
