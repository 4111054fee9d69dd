package io.chiaro.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a plot: limits and ticks at round numbers, which are 1, 2 or 5 times a power of ten apart. The limits are
 * ticks themselves, so nothing is drawn outside and the reader can name both ends.
 */
record Axis(double from, double to, double step) {

    /** An axis that holds [least, most] with about that many ticks. */
    static Axis of(double least, double most, int ticks) {
        double low = least;
        double high = most;
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            low = 0;
            high = 1;
        }
        if (high - low < 1e-12 * Math.max(Math.abs(low), Math.abs(high)) || high == low) {
            double room = low == 0 ? 1 : Math.abs(low) / 2;
            high += room;
            low = low == 0 ? 0 : low - room;
        }
        double step = round((high - low) / ticks);
        return new Axis(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step);
    }

    /** An axis of whole numbers. */
    static Axis ofWhole(double least, double most, int ticks) {
        Axis axis = of(least, most, ticks);
        if (axis.step >= 1) {
            return axis;
        }
        return new Axis(Math.floor(least), Math.max(Math.floor(least) + 1, Math.ceil(most)), 1);
    }

    private static double round(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double mantissa = rough / power;
        if (mantissa <= 1) {
            return power;
        }
        return mantissa <= 2 ? 2 * power : mantissa <= 5 ? 5 * power : 10 * power;
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((to - from) / step);
        for (long k = 0; k <= count; k++) {
            double tick = from + k * step;
            ticks.add(Math.abs(tick) < step * 1e-9 ? 0 : tick);
        }
        return ticks;
    }

    /** Where a value lies, from 0 to 1. */
    double share(double value) {
        return (value - from) / (to - from);
    }

    /** A tick in as many decimals as the distance of ticks needs; thousands as k, very small ones as a power of ten. */
    String format(double tick) {
        if (tick == 0) {
            return "0";
        }
        double largest = Math.max(Math.abs(from), Math.abs(to));
        if (largest >= 1e9) {
            return decimals(tick / 1e9, step / 1e9) + "G";
        }
        if (largest >= 1e6) {
            return decimals(tick / 1e6, step / 1e6) + "M";
        }
        if (largest >= 1e4) {
            return decimals(tick / 1e3, step / 1e3) + "k";
        }
        if (largest < 1e-2) {
            int exponent = (int) Math.floor(Math.log10(largest));
            double power = Math.pow(10, exponent);
            return decimals(tick / power, step / power) + "e" + exponent;
        }
        return decimals(tick, step);
    }

    private static String decimals(double value, double step) {
        int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + Math.min(6, digits) + "f", value);
    }
}
