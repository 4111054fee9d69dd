package io.chiaro.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A learning-rate schedule as data: the factor by which the base learning rate is multiplied at a step.
 *
 * <p>Let {@code n} be the steps of the run and {@code w} those of the warm-up. While {@code step < w} every schedule rises
 * linearly,
 *
 * <pre>  at(step) = (step + 1) / (w + 1)</pre>
 *
 * so that the first step already moves the weights. After it, with the progress {@code p = (step - w) / max(1, n - w)}
 * cut to [0, 1], each schedule has its own formula. Steps count from 0; the last one is {@code n - 1}.
 *
 * <p>Written and parsed as {@code cosine(warmup=0.1)}, {@code linear(warmup=500,floor=0.01)}, {@code constant}: a warm-up
 * with a decimal point is a share of the run, one without is a number of steps.
 *
 * <p>Immutable, safe from any thread.
 */
public sealed interface Schedule permits Schedule.Constant, Schedule.Linear, Schedule.Cosine {

    /** How long the learning rate rises before the schedule proper begins. */
    Warmup warmup();

    /** The schedule's own factor at a progress from 0 (end of the warm-up) to 1 (end of the run). */
    double decay(double progress);

    /**
     * The factor of the base learning rate at a step.
     *
     * @param step the step about to be taken, from 0
     * @param steps the steps of the whole run, at least 1; a step at or beyond it gets the final factor
     */
    default double at(long step, long steps) {
        if (step < 0 || steps < 1) {
            throw new IllegalArgumentException(
                    "Schedule.at: expected step >= 0 and steps >= 1, but got step " + step + " of " + steps);
        }
        long rising = warmup().stepsOf(steps);
        if (step < rising) {
            return (step + 1.0) / (rising + 1.0);
        }
        double progress = (step - rising) / (double) Math.max(1, steps - rising);
        return decay(Math.min(1, progress));
    }

    /** The text from which {@link #parse} makes an equal schedule. */
    String print();

    /** The rate does not change after the warm-up: {@code decay(p) = 1}. */
    static Schedule constant() {
        return new Constant(Warmup.NONE);
    }

    /** {@link Linear} to zero after a warm-up over a share of the run. */
    static Schedule linear(double warmupShare) {
        return new Linear(Warmup.share(warmupShare), 0);
    }

    /** {@link Cosine} to zero after a warm-up over a share of the run. */
    static Schedule cosine(double warmupShare) {
        return new Cosine(Warmup.share(warmupShare), 0);
    }

    /**
     * Reads what {@link #print} writes.
     *
     * @param where what the text belongs to, the beginning of an error message, for example {@code --schedule}
     * @throws ChiaroException of kind usage, where the text names no schedule or a wrong argument
     */
    static Schedule parse(String where, String text) {
        Matcher whole =
                Pattern.compile("\\s*([A-Za-z-]+)\\s*(?:\\(([^()]*)\\))?\\s*").matcher(text);
        if (!whole.matches()) {
            throw ChiaroException.usage(where + ": expected a schedule such as \"cosine(warmup=0.1)\", but found \""
                    + text + "\". Write a name, then its arguments in brackets.");
        }
        String name = whole.group(1).toLowerCase(Locale.ROOT);
        List<String> names = List.of("constant", "linear", "cosine");
        if (!names.contains(name)) {
            throw ChiaroException.usage(where + ": expected the name of a schedule, but found \"" + whole.group(1)
                    + "\". " + Names.hint(whole.group(1), names));
        }
        List<String> allowed = name.equals("constant") ? List.of("warmup") : List.of("warmup", "floor");
        Map<String, String> arguments = arguments(where, whole.group(2) == null ? "" : whole.group(2), name, allowed);
        Warmup warmup = arguments.containsKey("warmup") ? Warmup.parse(where, arguments.get("warmup")) : Warmup.NONE;
        double floor = arguments.containsKey("floor") ? share(where, "floor", arguments.get("floor")) : 0;
        if (name.equals("constant")) {
            return new Constant(warmup);
        }
        return name.equals("linear") ? new Linear(warmup, floor) : new Cosine(warmup, floor);
    }

    private static Map<String, String> arguments(String where, String text, String name, List<String> allowed) {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (text.isBlank()) {
            return arguments;
        }
        for (String part : text.split(",", -1)) {
            String[] keyAndValue = part.split("=", -1);
            String key = keyAndValue[0].trim();
            if (keyAndValue.length != 2 || !allowed.contains(key)) {
                throw ChiaroException.usage(where + ": expected arguments of " + name + " as key=value, but found \""
                        + part.trim() + "\". " + Names.hint(key, allowed));
            }
            if (arguments.put(key, keyAndValue[1].trim()) != null) {
                throw ChiaroException.usage(
                        where + ": expected each argument of " + name + " once, but found \"" + key + "\" twice.");
            }
        }
        return arguments;
    }

    private static double share(String where, String key, String text) {
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // The sentence below says it with the place and the key.
        }
        throw ChiaroException.usage(
                where + ": expected " + key + " as a number from 0 to 1, but found \"" + text + "\".");
    }

    private static void checkFloor(double floor) {
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("Schedule: expected a floor from 0 to 1, but got " + floor);
        }
    }

    private static String print(String name, Warmup warmup, double floor) {
        List<String> arguments = new ArrayList<>();
        if (!warmup.equals(Warmup.NONE)) {
            arguments.add("warmup=" + warmup.print());
        }
        if (floor != 0) {
            arguments.add("floor=" + floor);
        }
        return arguments.isEmpty() ? name : name + "(" + String.join(",", arguments) + ")";
    }

    /** No decay: {@code decay(p) = 1}. */
    record Constant(Warmup warmup) implements Schedule {
        @Override
        public double decay(double progress) {
            return 1;
        }

        @Override
        public String print() {
            return Schedule.print("constant", warmup, 0);
        }
    }

    /**
     * A straight line down: {@code decay(p) = 1 - (1 - floor) p}.
     *
     * @param floor the factor at the end of the run, from 0 to 1
     */
    record Linear(Warmup warmup, double floor) implements Schedule {
        public Linear {
            checkFloor(floor);
        }

        @Override
        public double decay(double progress) {
            return 1 - (1 - floor) * progress;
        }

        @Override
        public String print() {
            return Schedule.print("linear", warmup, floor);
        }
    }

    /**
     * Half a cosine down: {@code decay(p) = floor + (1 - floor) (1 + cos(pi p)) / 2}, one cycle of SGDR without restart
     * (Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017, equation 5). The cosine
     * is StrictMath's, so that the rates are the same on every platform.
     *
     * @param floor the factor at the end of the run, from 0 to 1
     */
    record Cosine(Warmup warmup, double floor) implements Schedule {
        public Cosine {
            checkFloor(floor);
        }

        @Override
        public double decay(double progress) {
            return floor + (1 - floor) * (1 + StrictMath.cos(Math.PI * progress)) / 2;
        }

        @Override
        public String print() {
            return Schedule.print("cosine", warmup, floor);
        }
    }

    /**
     * The length of a warm-up: a number of steps, or a share of the run's steps.
     *
     * @param amount the number of steps (whole, at least 0) or the share (from 0 to 1)
     * @param isShare which of the two it is
     */
    record Warmup(double amount, boolean isShare) {

        /** No warm-up. */
        public static final Warmup NONE = new Warmup(0, false);

        public Warmup {
            if (isShare && !(amount >= 0 && amount <= 1)) {
                throw new IllegalArgumentException("Warmup: expected a share from 0 to 1, but got " + amount);
            }
            if (!isShare && !(amount >= 0 && amount == Math.rint(amount) && amount <= Integer.MAX_VALUE)) {
                throw new IllegalArgumentException("Warmup: expected a whole number of steps, but got " + amount);
            }
        }

        /** A warm-up over a fixed number of steps. */
        public static Warmup steps(int steps) {
            return new Warmup(steps, false);
        }

        /** A warm-up over a share of the run, from 0 to 1. */
        public static Warmup share(double share) {
            return new Warmup(share, true);
        }

        /** The steps of the warm-up in a run of that many steps: a share is rounded, a number is cut to the run. */
        public long stepsOf(long steps) {
            return Math.min(steps, isShare ? Math.round(amount * steps) : (long) amount);
        }

        String print() {
            return isShare ? Double.toString(amount) : Long.toString((long) amount);
        }

        static Warmup parse(String where, String text) {
            if (text.matches("[0-9]{1,9}")) {
                return steps(Integer.parseInt(text));
            }
            return share(Schedule.share(where, "warmup", text));
        }
    }
}
