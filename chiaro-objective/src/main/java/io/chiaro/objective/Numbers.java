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

    /** How many numbers a row of a shape has. */
    static int width(long[] shape) {
        long width = 1;
        for (int dimension = 1; dimension < shape.length; dimension++) {
            width *= shape[dimension];
        }
        return Math.toIntExact(width);
    }

    /** Some rows. */
    Numbers rows(int[] which) {
        int width = width(shape);
        double[] some = new double[which.length * width];
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(values, which[i] * width, some, i * width, width);
        }
        long[] others = shape.clone();
        others[0] = which.length;
        return new Numbers(some, others, type);
    }
}
