package io.chiaro.onnx;

/** Row-major matrices in flat arrays. */
final class Matrices {

    // 32 x 32 floats of source and target stay in the first-level cache, so both sides are read and written in lines.
    private static final int TILE = 32;

    private Matrices() {}

    /** The transpose [columns, rows] of a matrix [rows, columns]. */
    static float[] transpose(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int top = 0; top < rows; top += TILE) {
            int bottom = Math.min(top + TILE, rows);
            for (int left = 0; left < columns; left += TILE) {
                int right = Math.min(left + TILE, columns);
                for (int row = top; row < bottom; row++) {
                    for (int column = left; column < right; column++) {
                        result[column * rows + row] = matrix[row * columns + column];
                    }
                }
            }
        }
        return result;
    }
}
