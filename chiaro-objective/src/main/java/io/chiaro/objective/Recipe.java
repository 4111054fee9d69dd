package io.chiaro.objective;

import java.util.List;
import java.util.Map;

/**
 * A method by name: the paper it comes from, the reference it agrees with, and how it fills the slots.
 *
 * @param name kebab case
 * @param aliases other names for the same
 * @param paper authors, title and year
 * @param reference whose values it reproduces
 * @param slots what fills each slot, as written on the command line
 */
public record Recipe(String name, List<String> aliases, String paper, String reference, Map<String, String> slots) {

    public Recipe {
        aliases = List.copyOf(aliases);
    }

    /**
     * This recipe with another filling of one slot, for example {@code with("temperature", "0.05")}.
     *
     * @throws io.chiaro.core.ChiaroException if the recipe has no such slot, or the value does not fit it
     */
    public Recipe with(String slot, String value) {
        throw new UnsupportedOperationException(slot + value);
    }

    /** The objective. */
    public Objective create() {
        throw new UnsupportedOperationException(name);
    }
}
