package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.several.Balance;
import io.chiaro.objective.several.SeveralObjectives;
import io.chiaro.train.StepSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code --set} says of the way in which a run learns, whatever its recipe.
 *
 * <ul>
 *   <li>{@code sharpness-radius}: how far the weights climb before the gradient is taken (sharpness-aware minimisation);
 *   <li>{@code average}: the decay of an average of the weights, which is judged and kept in their place;
 *   <li>{@code encoder}: {@code trained}, or {@code frozen} where only what stands beside it learns;
 *   <li>{@code lora}: the rank of the updates that are learned in place of the encoder's weights, {@code lora-alpha} the
 *       numerator of their scale, {@code lora-on} which matrices of each layer have them;
 *   <li>{@code soft-prompt}: how many vectors are learned before the tokens of every text, while the encoder stands still;
 *   <li>{@code also}: recipes that are learned beside the first, {@code also-weights} how much each of them counts, {@code
 *       combine} how their gradients share a step. {@code NAME.SLOT} fills a slot of one of them.
 * </ul>
 *
 * @param told settings by name
 */
record OptimisationSettings(Map<String, String> told) {

    private static final String ENCODER = "encoder";
    private static final String FROZEN = "frozen";
    private static final String TRAINED = "trained";

    static final List<String> NAMES = Stream.concat(
                    StepSettings.NAMES.stream(),
                    Stream.of(
                            ENCODER,
                            "lora",
                            "lora-alpha",
                            "lora-on",
                            SoftPrompt.NAME,
                            "also",
                            "also-weights",
                            "combine"))
            .toList();

    private static final int MOST_VECTORS = 10_000;

    OptimisationSettings {
        StepSettings.parse(told); // an error before anything is loaded
        requires(told, "lora-alpha", "lora");
        requires(told, "lora-on", "lora");
        requires(told, "also-weights", "also");
        requires(told, "combine", "also");
        String encoder = told.getOrDefault(ENCODER, TRAINED);
        List<String> valid = List.of(FROZEN, TRAINED);
        if (!valid.contains(encoder)) {
            throw ChiaroException.usage(
                    "set encoder: unknown value \"" + encoder + "\". " + Names.hint(encoder, valid));
        }
    }

    private static void requires(Map<String, String> told, String setting, String other) {
        if (told.containsKey(setting) && !told.containsKey(other)) {
            throw ChiaroException.usage("set " + setting + ": has no effect without set " + other
                    + ", and nothing is ignored silently. Give both or neither.");
        }
    }

    /** What is said of a step. */
    StepSettings step() {
        return StepSettings.parse(told);
    }

    /** A twin follows whole matrices, and where the encoder stands still it has none to follow. */
    void refuseBesideTwin(String recipe, Towers towers) {
        if (towers.averaged() && FROZEN.equals(told.get(ENCODER))) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": has an averaged twin, which would follow an encoder that "
                            + "stands still. Leave set encoder out, or take a recipe without a twin.");
        }
        for (String setting : List.of("lora", SoftPrompt.NAME)) {
            if (towers.averaged() && told.containsKey(setting)) {
                throw ChiaroException.usage(
                        "recipe " + recipe + ": has an averaged twin that follows whole weights, which set " + setting
                                + " does not train. Leave it out, or take a recipe without a twin.");
            }
        }
    }

    /** The store holds the tokens of the prompt, which another model does not have. */
    void refuseBesidePrompt(List<String> models) {
        for (String setting : models) {
            if (told.containsKey(SoftPrompt.NAME)) {
                throw ChiaroException.usage("set " + setting + ": names a model that would read the tokens of set "
                        + SoftPrompt.NAME + ", which it does not have. Leave one of them out.");
            }
        }
    }

    /** Whether the encoder's own numbers stand still. */
    boolean freezes() {
        return told.containsKey("lora") || told.containsKey(SoftPrompt.NAME) || FROZEN.equals(told.get(ENCODER));
    }

    /** How many vectors are learned before every text; 0 if none. */
    int softPrompt() {
        if (!told.containsKey(SoftPrompt.NAME)) {
            return 0;
        }
        double count = number(SoftPrompt.NAME, 0, MOST_VECTORS + 1);
        if (count != Math.rint(count)) {
            throw wrong(SoftPrompt.NAME, "a whole number from 1 to " + MOST_VECTORS);
        }
        return (int) count;
    }

    /** Low-rank updates. */
    record LowRank(int rank, double alpha, List<LayerMatrix> on) {}

    Optional<LowRank> lowRank(int width) {
        if (!told.containsKey("lora")) {
            return Optional.empty();
        }
        double rank = number("lora", 0, width + 1);
        if (rank != Math.rint(rank)) {
            throw wrong("lora", "a whole number from 1 to " + width + ", the width of the encoder");
        }
        double alpha = told.containsKey("lora-alpha") ? number("lora-alpha", 0, 1e6) : 2 * rank;
        List<LayerMatrix> on = new ArrayList<>();
        for (String name : list("lora-on", "query,value")) {
            LayerMatrix matrix = LayerMatrix.named(name);
            if (on.contains(matrix)) {
                throw wrong("lora-on", "each name once");
            }
            on.add(matrix);
        }
        return Optional.of(new LowRank((int) rank, alpha, on));
    }

    boolean several() {
        return told.containsKey("also");
    }

    /**
     * The objective of a run: that of its recipe, with those that are learned beside it.
     *
     * @param slots of all of them, those of the others behind their name and a point
     */
    Objective objective(String recipe, Map<String, String> slots) {
        if (!several()) {
            return TextRecipes.objective(recipe, slots);
        }
        List<String> others = list("also", "");
        List<Double> weights = weights(others.size());
        Map<String, String> own = new LinkedHashMap<>(slots);
        List<SeveralObjectives.Part> parts = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            String other = TextRecipes.canonical(others.get(i));
            if (TextRecipes.isAuxiliary(other)) {
                throw ChiaroException.usage(
                        "set also: recipe " + other + " is no objective on embeddings and cannot be "
                                + "learned beside another. Train with it first, and take its model as --base.");
            }
            Map<String, String> of = new LinkedHashMap<>();
            slots.forEach((slot, value) -> {
                if (slot.startsWith(other + ".")) {
                    of.put(slot.substring(other.length() + 1), value);
                    own.remove(slot);
                }
            });
            parts.add(new SeveralObjectives.Part(other, TextRecipes.objective(other, of), weights.get(i)));
        }
        parts.add(0, new SeveralObjectives.Part(recipe, TextRecipes.objective(recipe, own), 1));
        return new SeveralObjectives(parts, balance());
    }

    private List<Double> weights(int count) {
        if (!told.containsKey("also-weights")) {
            return java.util.Collections.nCopies(count, 1.0);
        }
        List<Double> weights = new ArrayList<>();
        for (String written : list("also-weights", "")) {
            try {
                weights.add(Double.parseDouble(written));
            } catch (NumberFormatException e) {
                throw wrong("also-weights", "numbers above 0, such as 0.1,1");
            }
        }
        if (weights.size() != count) {
            throw wrong("also-weights", "a number for each of the " + count + " recipes of also");
        }
        return weights;
    }

    private Balance balance() {
        String written = told.getOrDefault("combine", "fixed");
        List<String> valid = Arrays.stream(Balance.values())
                .map(balance -> balance.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!valid.contains(written)) {
            throw ChiaroException.usage("set combine: unknown name \"" + written + "\". " + Names.hint(written, valid));
        }
        return Balance.valueOf(written.toUpperCase(Locale.ROOT));
    }

    private List<String> list(String key, String standard) {
        return Arrays.stream(told.getOrDefault(key, standard).split(",", -1))
                .map(String::strip)
                .toList();
    }

    /** A number between two others, both excluded. */
    private double number(String key, double above, double below) {
        try {
            double value = Double.parseDouble(told.getOrDefault(key, ""));
            if (value > above && value < below) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(key, "a number above " + above + " and below " + below);
    }

    private ChiaroException wrong(String key, String expected) {
        return ChiaroException.usage(
                "set " + key + ": expected " + expected + ", but found \"" + told.get(key) + "\". Mend the value.");
    }
}
