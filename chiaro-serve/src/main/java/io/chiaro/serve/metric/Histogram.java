package io.chiaro.serve.metric;

import java.util.Locale;

/** Counts of observed values up to each of a few bounds, with their sum. Safe for any thread. */
public final class Histogram {

    private final double[] bounds;
    private final long[] counts;
    private double sum;

    private Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new long[bounds.length + 1];
    }

    /** For times in seconds, from a millisecond to a minute. */
    static Histogram ofSeconds() {
        return new Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);
    }

    /** For sizes, in powers of two. */
    static Histogram ofSizes() {
        return new Histogram(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384);
    }

    /** Counts a value. */
    public synchronized void observe(double value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        counts[i]++;
        sum += value;
    }

    synchronized void append(StringBuilder text, String name) {
        long count = 0;
        for (int i = 0; i < bounds.length; i++) {
            count += counts[i];
            text.append(name)
                    .append("_bucket{le=\"")
                    .append(number(bounds[i]))
                    .append("\"} ")
                    .append(count)
                    .append('\n');
        }
        count += counts[bounds.length];
        text.append(name).append("_bucket{le=\"+Inf\"} ").append(count).append('\n');
        text.append(name).append("_sum ").append(number(sum)).append('\n');
        text.append(name).append("_count ").append(count).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
    }
}
