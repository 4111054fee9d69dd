package io.chiaro.eval.diagnostics;

/** Rows divided by their lengths, in double precision, so that an inner product is a cosine. */
final class UnitRows {

    private final double[][] rows;

    private UnitRows(double[][] rows) {
        this.rows = rows;
    }

    /** A row of length 0 stays as it is and has a cosine of 0 with all others. */
    static UnitRows of(String who, float[][] vectors) {
        expectRows(who, vectors, 1);
        double[][] rows = new double[vectors.length][];
        for (int i = 0; i < rows.length; i++) {
            double squares = 0;
            for (float value : vectors[i]) {
                squares += (double) value * value;
            }
            double length = squares == 0 ? 1 : Math.sqrt(squares);
            rows[i] = new double[vectors[i].length];
            for (int k = 0; k < rows[i].length; k++) {
                rows[i][k] = vectors[i][k] / length;
            }
        }
        return new UnitRows(rows);
    }

    int size() {
        return rows.length;
    }

    int width() {
        return rows[0].length;
    }

    double[] row(int i) {
        return rows[i];
    }

    double cosine(int i, int j) {
        return dot(rows[i], rows[j]);
    }

    double cosine(int i, UnitRows others, int j) {
        return dot(rows[i], others.rows[j]);
    }

    double[] mean() {
        double[] mean = new double[width()];
        for (double[] row : rows) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += row[k] / rows.length;
            }
        }
        return mean;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    static double length(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            difference[k] = a[k] - b[k];
        }
        return difference;
    }

    static void expectRows(String who, float[][] vectors, int least) {
        if (vectors.length < least) {
            throw new IllegalArgumentException(
                    who + ": expected at least " + least + " rows, but found " + vectors.length);
        }
    }

    static void expectPaired(String who, float[][] first, float[][] second) {
        if (first.length != second.length || first.length == 0) {
            throw new IllegalArgumentException(who + ": expected a second row for each of at least one row, but found "
                    + first.length + " and " + second.length);
        }
    }
}
