package io.chiaro.train;

/**
 * A long series in bounded memory: neighbouring points share a bucket that knows their mean, least and greatest value.
 * When the buckets are full, each two become one. A value that is not finite is counted, not drawn.
 */
final class Sketch {

    private static final int BUCKETS = 800;

    private final double[] x = new double[BUCKETS];
    private final double[] y = new double[BUCKETS];
    private final double[] least = new double[BUCKETS];
    private final double[] most = new double[BUCKETS];
    private final int[] filled = new int[BUCKETS];
    private int size;
    private int width = 1;
    private long notFinite;
    private double last = Double.NaN;

    void add(double atX, double value) {
        if (!Double.isFinite(value)) {
            notFinite++;
            return;
        }
        last = value;
        if (size > 0 && filled[size - 1] < width) {
            merge(size - 1, atX, value, value, value, 1);
            return;
        }
        if (size == BUCKETS) {
            halve();
        }
        x[size] = atX;
        y[size] = value;
        least[size] = value;
        most[size] = value;
        filled[size] = 1;
        size++;
    }

    private void merge(int bucket, double atX, double mean, double low, double high, int count) {
        int all = filled[bucket] + count;
        x[bucket] += (atX - x[bucket]) * count / all;
        y[bucket] += (mean - y[bucket]) * count / all;
        least[bucket] = Math.min(least[bucket], low);
        most[bucket] = Math.max(most[bucket], high);
        filled[bucket] = all;
    }

    private void halve() {
        for (int i = 0; i < BUCKETS / 2; i++) {
            int from = 2 * i;
            x[i] = x[from];
            y[i] = y[from];
            least[i] = least[from];
            most[i] = most[from];
            filled[i] = filled[from];
            merge(i, x[from + 1], y[from + 1], least[from + 1], most[from + 1], filled[from + 1]);
        }
        size = BUCKETS / 2;
        width *= 2;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether every bucket still holds one point. */
    boolean isExact() {
        return width == 1;
    }

    long notFinite() {
        return notFinite;
    }

    double last() {
        return last;
    }

    double[] x() {
        return java.util.Arrays.copyOf(x, size);
    }

    double[] mean() {
        return java.util.Arrays.copyOf(y, size);
    }

    double[] least() {
        return java.util.Arrays.copyOf(least, size);
    }

    double[] most() {
        return java.util.Arrays.copyOf(most, size);
    }
}
