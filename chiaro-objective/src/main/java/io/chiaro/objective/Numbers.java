package io.chiaro.objective;

import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;

/** A tensor's numbers on their way from one thread to another; nothing is lost on it. */
@SuppressWarnings("ArrayRecordComponent")
record Numbers(double[] values, long[] shape, DType type) {

    static Numbers of(Tensor tensor) {
        return new Numbers(tensor.to(DType.DOUBLE).contiguous().toDoubles(), tensor.shape(), tensor.type());
    }

    /** A tensor of the thread that calls. */
    Tensor tensor() {
        return Tensor.of(values, shape).to(type);
    }

    /** Some rows. */
    Numbers rows(int[] which) {
        int width = Math.toIntExact(shape[1]);
        double[] some = new double[which.length * width];
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(values, which[i] * width, some, i * width, width);
        }
        return new Numbers(some, new long[] {which.length, width}, type);
    }
}
