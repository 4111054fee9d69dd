package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.Towers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code --set} says of an encoder's own numbers: whether they learn, or something small in their place.
 *
 * <ul>
 *   <li>{@code encoder}: {@code trained}, or {@code frozen} where only what stands beside it learns;
 *   <li>{@code lora}: the rank of the updates that are learned in place of the encoder's weights, {@code lora-alpha} the
 *       numerator of their scale, {@code lora-on} which weights have them;
 *   <li>{@code soft-prompt}: how much is learned as a part of every input, while the encoder stands still.
 * </ul>
 *
 * @param told settings by name
 */
public record TuningSettings(Map<String, String> told) {

    /** What is learned as a part of every input. */
    public static final String SOFT_PROMPT = "soft-prompt";

    private static final String ENCODER = "encoder";
    private static final String FROZEN = "frozen";
    private static final String TRAINED = "trained";
    private static final String LORA = "lora";
    private static final String ALPHA = "lora-alpha";
    private static final String ON = "lora-on";
    private static final double MOST_ALPHA = 1e6;

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of(ENCODER, LORA, ALPHA, ON, SOFT_PROMPT);

    public TuningSettings {
        told = Map.copyOf(told);
        for (String beside : List.of(ALPHA, ON)) {
            if (told.containsKey(beside) && !told.containsKey(LORA)) {
                throw ChiaroException.usage("set " + beside + ": has no effect without set " + LORA
                        + ", and nothing is ignored silently. Give both or neither.");
            }
        }
        String encoder = told.getOrDefault(ENCODER, TRAINED);
        List<String> valid = List.of(FROZEN, TRAINED);
        if (!valid.contains(encoder)) {
            throw ChiaroException.usage(
                    "set encoder: unknown value \"" + encoder + "\". " + Names.hint(encoder, valid));
        }
        if (told.containsKey(LORA) && TRAINED.equals(told.get(ENCODER))) {
            throw ChiaroException.usage("set encoder: low-rank updates are learned in place of the encoder's weights, "
                    + "so these stand still beside set " + LORA + ". Leave one of them out.");
        }
    }

    /** Those among other settings. */
    public static TuningSettings parse(Map<String, String> all) {
        Map<String, String> own = new TreeMap<>(all);
        own.keySet().retainAll(NAMES);
        return new TuningSettings(own);
    }

    /** Whether the encoder's own numbers stand still. */
    public boolean freezes() {
        return told.containsKey(ENCODER)
                ? FROZEN.equals(told.get(ENCODER))
                : told.containsKey(LORA) || told.containsKey(SOFT_PROMPT);
    }

    /** Whether the encoder learns beside a soft prompt, because that was asked for. */
    public boolean trainsBesidePrompt() {
        return told.containsKey(SOFT_PROMPT) && TRAINED.equals(told.get(ENCODER));
    }

    /** Nothing of an encoder that stands still as a whole could be followed. */
    public void refuseBesideTwin(String recipe, Towers towers) {
        boolean still = freezes() && !told.containsKey(LORA) && !told.containsKey(SOFT_PROMPT);
        if (towers.averaged() && still) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": has an averaged twin, which would follow an encoder that "
                            + "stands still. Leave set encoder out, or take a recipe without a twin.");
        }
    }

    /** A run without a number that moves is an error. */
    public void requireSomethingLearned(String recipe, long learned) {
        if (learned == 0) {
            throw ChiaroException.usage(
                    "set encoder: recipe " + recipe + " learns nothing beside an encoder that stands "
                            + "still. Leave the setting out, or take a head or a recipe that does, such as csr.");
        }
    }

    /**
     * How much is learned as a part of every input; 0 for nothing.
     *
     * @param most that can be
     */
    public int softPrompt(int most) {
        return told.containsKey(SOFT_PROMPT) ? whole(SOFT_PROMPT, most, "") : 0;
    }

    /**
     * Low-rank updates of weights.
     *
     * @param on names of the weights that have them
     */
    public record LowRank(int rank, double alpha, List<String> on) {}

    /**
     * The low-rank updates that were asked for.
     *
     * @param mostRank the least side of the weights as matrices
     * @param weights the names of those that may have updates
     * @param usual those that have them unless told otherwise
     */
    public Optional<LowRank> lowRank(int mostRank, List<String> weights, List<String> usual) {
        if (!told.containsKey(LORA)) {
            return Optional.empty();
        }
        int rank = whole(LORA, mostRank, ", the least side of the encoder's matrices");
        List<String> on = told.containsKey(ON)
                ? Arrays.stream(told.get(ON).split(",", -1)).map(String::strip).toList()
                : usual;
        for (String name : on) {
            if (!weights.contains(name)) {
                throw ChiaroException.usage(
                        "set " + ON + ": unknown name \"" + name + "\". " + Names.hint(name, weights));
            }
        }
        if (on.stream().distinct().count() < on.size()) {
            throw wrong(ON, "each name once");
        }
        return Optional.of(new LowRank(rank, alpha(2 * rank), on));
    }

    private double alpha(double usual) {
        String written = told.get(ALPHA);
        if (written == null) {
            return usual;
        }
        try {
            double value = Double.parseDouble(written);
            if (value > 0 && value < MOST_ALPHA) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(ALPHA, "a number above 0 and below " + MOST_ALPHA);
    }

    private int whole(String key, int most, String what) {
        String written = told.getOrDefault(key, "");
        if (!written.matches("[1-9][0-9]{0,8}") || Integer.parseInt(written) > most) {
            throw wrong(key, "a whole number from 1 to " + most + what);
        }
        return Integer.parseInt(written);
    }

    private ChiaroException wrong(String key, String expected) {
        return ChiaroException.usage(
                "set " + key + ": expected " + expected + ", but found \"" + told.get(key) + "\". Mend the value.");
    }
}
