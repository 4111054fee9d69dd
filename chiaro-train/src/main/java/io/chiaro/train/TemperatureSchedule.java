package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.RecordSlots;
import io.chiaro.objective.TemperaturePolicy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A temperature that follows the steps of a run, as data: it swings from one value to another and back, as often as it is told. With the
 * progress p from 0 at the first step to 1 at the last, and x the fraction of {@code periods * p}:
 *
 * <pre>
 * COSINE: first + (last - first) (1 - cos(2 pi x)) / 2
 * LINEAR: first + (last - first) (1 - |1 - 2 x|)
 * </pre>
 *
 * <p>Half a period goes from the first to the last once, which is usual here. Kukleva et al., "Temperature Schedules for Self-Supervised
 * Contrastive Methods on Long-Tail Data" (ICLR 2023), swing by a cosine for several periods between 0.1 and 1: a low
 * temperature tells instances apart, a high one groups.
 *
 * @param first above 0
 * @param last above 0
 * @param shape of the swing
 * @param periods how many there are in a run, above 0
 */
public record TemperatureSchedule(double first, double last, Shape shape, double periods) {

    /** How it goes from one to the other. */
    public enum Shape {
        COSINE,
        LINEAR
    }

    private static final String SETTING = "temperature";
    private static final String POLICY = "temperature-policy";
    private static final List<String> OPTIONS = List.of("shape", "periods");
    private static final double HALF = 0.5;

    public TemperatureSchedule {
        if (!(first > 0 && last > 0 && periods > 0)
                || !Double.isFinite(first)
                || !Double.isFinite(last)
                || !Double.isFinite(periods)) {
            throw new IllegalArgumentException("TemperatureSchedule: expected numbers above 0, but found " + first
                    + ", " + last + " and " + periods);
        }
    }

    /**
     * The temperature of a step.
     *
     * @param step from 0
     * @param steps of the run
     */
    public double at(long step, long steps) {
        double progress = Math.min(1, step / (double) Math.max(1, steps - 1));
        double turns = periods * progress;
        double part = turns - Math.floor(turns);
        double share = shape == Shape.COSINE ? (1 - Math.cos(2 * Math.PI * part)) / 2 : 1 - Math.abs(1 - 2 * part);
        return first + (last - first) * share;
    }

    /** The schedule that the slots of a run tell as their temperature, if it is one: two numbers joined by a colon. */
    public static Optional<TemperatureSchedule> of(Map<String, String> slots) {
        String text = slots.get(SETTING);
        String policy = slots.get(POLICY);
        if (text == null || text.indexOf(':') < 0) {
            if (written().equals(policy)) {
                throw ChiaroException.usage(
                        "set " + POLICY + ": a " + written() + " temperature goes from one number to " + "another. Set "
                                + SETTING + " to two, such as 0.1:1.");
            }
            return Optional.empty();
        }
        if (policy != null && !policy.equals(written())) {
            throw ChiaroException.usage("set " + POLICY + ": a temperature from one number to another is " + written()
                    + ", but found \"" + policy + "\". Leave it out, or set one temperature.");
        }
        return Optional.of(parse(text));
    }

    /** The same slots as a recipe reads them: the temperature of the first step, and that it changes. */
    public Map<String, String> filled(Map<String, String> slots) {
        Map<String, String> filled = new LinkedHashMap<>(slots);
        filled.put(SETTING, RecordSlots.written(first));
        filled.put(POLICY, written());
        return filled;
    }

    private static String written() {
        return RecordSlots.named(new TemperaturePolicy.Scheduled());
    }

    /**
     * The schedule of a text: two temperatures joined by a colon, then choices such as {@code shape=linear} and {@code periods=5}.
     */
    public static TemperatureSchedule parse(String text) {
        String[] parts = text.strip().split(",", -1);
        String[] ends = parts[0].split(":", -1);
        if (ends.length != 2) {
            throw expected(text);
        }
        Shape shape = Shape.COSINE;
        double periods = HALF;
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String[] sides = part.strip().split("=", -1);
            if (sides.length != 2 || !OPTIONS.contains(sides[0])) {
                throw ChiaroException.usage(
                        "set " + SETTING + ": unknown choice \"" + part + "\". " + Names.hint(sides[0], OPTIONS));
            }
            if (sides[0].equals("periods")) {
                periods = number(sides[1], text);
            } else {
                shape = shape(sides[1]);
            }
        }
        return new TemperatureSchedule(number(ends[0], text), number(ends[1], text), shape, periods);
    }

    private static Shape shape(String text) {
        List<String> valid =
                Arrays.stream(Shape.values()).map(RecordSlots::written).toList();
        int found = valid.indexOf(text);
        if (found < 0) {
            throw ChiaroException.usage(
                    "set " + SETTING + ": shape has no value \"" + text + "\". " + Names.hint(text, valid));
        }
        return Shape.values()[found];
    }

    private static double number(String written, String text) {
        try {
            double number = Double.parseDouble(written.strip());
            if (number > 0 && Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw expected(text);
    }

    private static ChiaroException expected(String text) {
        return ChiaroException.usage(
                "set " + SETTING + ": expected two numbers above 0 such as 0.1:1, and choices such "
                        + "as shape=linear or periods=5 behind commas, but found \"" + text + "\".");
    }

    /** The text from which {@link #parse} makes an equal schedule. */
    @Override
    public String toString() {
        return RecordSlots.written(first) + ":" + RecordSlots.written(last)
                + (shape == Shape.COSINE ? "" : ",shape=" + RecordSlots.written(shape))
                + (periods == HALF ? "" : ",periods=" + RecordSlots.written(periods));
    }
}
