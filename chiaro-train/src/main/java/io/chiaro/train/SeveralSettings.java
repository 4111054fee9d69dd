package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.objective.Objective;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.objective.several.Balance;
import io.chiaro.objective.several.SeveralObjectives;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code --set} says of recipes that are learned beside the first on the same embeddings.
 *
 * <ul>
 *   <li>{@code also}: their names;
 *   <li>{@code also-weights}: how much each of them counts, where the first counts 1;
 *   <li>{@code combine}: how their gradients share a step, a {@link Balance}.
 * </ul>
 *
 * <p>{@code NAME.SLOT} fills a slot of one of them.
 *
 * @param told settings by name
 */
public record SeveralSettings(Map<String, String> told) {

    private static final String ALSO = "also";
    private static final String WEIGHTS = "also-weights";
    private static final String COMBINE = "combine";

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of(ALSO, WEIGHTS, COMBINE);

    public SeveralSettings {
        told = Map.copyOf(told);
        for (String beside : List.of(WEIGHTS, COMBINE)) {
            if (told.containsKey(beside) && !told.containsKey(ALSO)) {
                throw ChiaroException.usage("set " + beside + ": has no effect without set " + ALSO
                        + ", and nothing is ignored silently. Give both or neither.");
            }
        }
    }

    /** Those among other settings. */
    public static SeveralSettings parse(Map<String, String> all) {
        Map<String, String> own = new TreeMap<>(all);
        own.keySet().retainAll(NAMES);
        return new SeveralSettings(own);
    }

    /** The names as they were told, none if one recipe is learned alone. */
    public List<String> others() {
        return told.containsKey(ALSO) ? list(ALSO) : List.of();
    }

    /**
     * The objective of a run: that of its recipe, with those that are learned beside it.
     *
     * @param slots of all of them, those of the others behind their name and a point
     * @throws ChiaroException if a recipe or slot is unknown, or the objectives do not go together
     */
    public Objective objective(String recipe, Map<String, String> slots) {
        List<String> others = others();
        if (others.isEmpty()) {
            return Recipes.named(recipe).with(slots).create();
        }
        List<Double> weights = weights(others.size());
        Map<String, String> own = new LinkedHashMap<>(slots);
        List<SeveralObjectives.Part> parts = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            String other = alone(Recipes.named(others.get(i)));
            Map<String, String> of = new LinkedHashMap<>();
            slots.forEach((slot, value) -> {
                if (slot.startsWith(other + ".")) {
                    of.put(slot.substring(other.length() + 1), value);
                    own.remove(slot);
                }
            });
            parts.add(new SeveralObjectives.Part(
                    other, Recipes.named(other).with(of).create(), weights.get(i)));
        }
        parts.add(
                0,
                new SeveralObjectives.Part(
                        recipe, Recipes.named(recipe).with(own).create(), 1));
        return new SeveralObjectives(parts, balance());
    }

    /** A recipe that brings settings of the run would lose them beside another. */
    private static String alone(Recipe recipe) {
        if (!recipe.usual().isEmpty()) {
            throw ChiaroException.usage("set " + ALSO + ": recipe " + recipe.name() + " brings settings of the run, "
                    + recipe.usual() + ", which only the first recipe can bring. Make it the first.");
        }
        return recipe.name();
    }

    private List<Double> weights(int count) {
        if (!told.containsKey(WEIGHTS)) {
            return Collections.nCopies(count, 1.0);
        }
        List<Double> weights = new ArrayList<>();
        for (String written : list(WEIGHTS)) {
            try {
                weights.add(Double.parseDouble(written));
            } catch (NumberFormatException e) {
                throw wrong("numbers above 0, such as 0.1,1");
            }
        }
        if (weights.size() != count) {
            throw wrong("a number for each of the " + count + " recipes of also");
        }
        return weights;
    }

    private ChiaroException wrong(String expected) {
        return ChiaroException.usage("set " + WEIGHTS + ": expected " + expected + ", but found \"" + told.get(WEIGHTS)
                + "\". Mend the value.");
    }

    private Balance balance() {
        String written = told.getOrDefault(COMBINE, "fixed");
        List<String> valid = Arrays.stream(Balance.values())
                .map(balance -> balance.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!valid.contains(written)) {
            throw ChiaroException.usage(
                    "set " + COMBINE + ": unknown name \"" + written + "\". " + Names.hint(written, valid));
        }
        return Balance.valueOf(written.toUpperCase(Locale.ROOT));
    }

    private List<String> list(String key) {
        return Arrays.stream(told.getOrDefault(key, "").split(",", -1))
                .map(String::strip)
                .toList();
    }
}
