package io.chiaro.objective.recipe;

import io.chiaro.objective.BatchLoss;
import io.chiaro.objective.Objective;
import io.chiaro.objective.RecordSlots;
import io.chiaro.objective.TemperaturePolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can stand in a slot: every record that a recipe has there or elsewhere, as the first recipe has it that has it. A piece that a new
 * recipe brings can so be chosen in all others.
 */
final class Kinds {

    private static final List<Record> ALL = all();

    private Kinds() {}

    /** The records that fit a component of a type, by the names of their kinds. */
    static Map<String, Record> of(Class<?> type) {
        Map<String, Record> kinds = new LinkedHashMap<>();
        for (Record record : ALL) {
            if (type.isInstance(record)) {
                kinds.putIfAbsent(RecordSlots.kind(record), record);
            }
        }
        return kinds;
    }

    private static List<Record> all() {
        List<Record> found = new ArrayList<>();
        TemperaturePolicy.OF_RUNS.forEach(policy -> found.add((Record) policy));
        for (Recipe recipe : Recipes.all()) {
            if (recipe.pattern() instanceof Record pattern) {
                RecordSlots.eachPart(pattern, (slot, type, record) -> {
                    // A whole loss or objective is what a recipe is, and no part of it.
                    if (!(record instanceof BatchLoss) && !(record instanceof Objective)) {
                        found.add(record);
                    }
                });
            }
        }
        return List.copyOf(found);
    }
}
