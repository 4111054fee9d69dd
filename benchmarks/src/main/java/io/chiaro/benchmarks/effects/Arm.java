package io.chiaro.benchmarks.effects;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * One side of a comparison: a recipe with its settings, under the budget of its bench.
 *
 * @param bench what it learns from, how long, and how it is judged
 * @param recipe its name
 * @param set slots and settings that differ from the recipe's own
 * @param run what the run is told otherwise: batch, optimiser and the like
 */
record Arm(Bench bench, String recipe, Map<String, String> set, Map<String, Object> run) {

    Arm {
        set = new TreeMap<>(set);
        run = new TreeMap<>(run);
    }

    /** For people and for finding finished runs: all that is not the bench's or the recipe's own. */
    String name() {
        Map<String, Object> told = new LinkedHashMap<>(set);
        told.putAll(run);
        StringBuilder name = new StringBuilder(recipe);
        told.forEach((key, value) -> name.append(' ').append(key).append('=').append(value));
        return name.toString();
    }

    /** The same with one more setting. */
    Arm with(String setting, String value) {
        Map<String, String> changed = new TreeMap<>(set);
        changed.put(setting, value);
        return new Arm(bench, recipe, changed, run);
    }

    /** The same with another word to the run. */
    Arm told(String key, Object value) {
        Map<String, Object> changed = new TreeMap<>(run);
        changed.put(key, value);
        return new Arm(bench, recipe, set, changed);
    }
}
