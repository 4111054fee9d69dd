package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.Objective;
import io.chiaro.objective.several.Balance;
import io.chiaro.objective.several.SeveralObjectives;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TuningSettings;
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
 *   <li>those of {@link TuningSettings}, where a soft prompt is so many vectors before the tokens of every text;
 *   <li>{@code also}: recipes that are learned beside the first, {@code also-weights} how much each of them counts, {@code
 *       combine} how their gradients share a step. {@code NAME.SLOT} fills a slot of one of them.
 * </ul>
 *
 * @param told settings by name
 */
record OptimisationSettings(Map<String, String> told) {

    static final List<String> NAMES = Stream.of(
                    StepSettings.NAMES, TuningSettings.NAMES, List.of("also", "also-weights", "combine"))
            .flatMap(List::stream)
            .toList();

    private static final int MOST_VECTORS = 10_000;

    OptimisationSettings {
        StepSettings.parse(told); // an error before anything is loaded
        requires(told, "also-weights", "also");
        requires(told, "combine", "also");
        if (TuningSettings.parse(told).trainsBesidePrompt()) {
            throw ChiaroException.usage("set encoder: vectors before every text are learned while the encoder stands "
                    + "still. Leave it out beside set " + TuningSettings.SOFT_PROMPT + ".");
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

    /** What is said of the encoder's own numbers. */
    TuningSettings tuning() {
        return TuningSettings.parse(told);
    }

    /** The store holds the tokens of the prompt, which another model does not have. */
    void refuseBesidePrompt(List<String> models) {
        for (String setting : models) {
            if (told.containsKey(TuningSettings.SOFT_PROMPT)) {
                throw ChiaroException.usage("set " + setting + ": names a model that would read the tokens of set "
                        + TuningSettings.SOFT_PROMPT + ", which it does not have. Leave one of them out.");
            }
        }
    }

    /** How many vectors are learned before every text; 0 if none. */
    int softPrompt() {
        return tuning().softPrompt(MOST_VECTORS);
    }

    /** Low-rank updates of an encoder's matrices. */
    Optional<TuningSettings.LowRank> lowRank(int width) {
        return tuning().lowRank(width, LayerMatrix.names(), LayerMatrix.USUAL);
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

    private ChiaroException wrong(String key, String expected) {
        return ChiaroException.usage(
                "set " + key + ": expected " + expected + ", but found \"" + told.get(key) + "\". Mend the value.");
    }
}
