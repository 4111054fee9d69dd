package io.chiaro.objective;

import java.util.List;

/** All recipes, by name. */
public final class Recipes {

    private Recipes() {}

    /** The names, without aliases. */
    public static List<String> names() {
        return List.of();
    }

    /** Every recipe. */
    public static List<Recipe> all() {
        return List.of();
    }

    /**
     * The recipe of a name or alias.
     *
     * @throws io.chiaro.core.ChiaroException naming the nearest valid name
     */
    public static Recipe named(String name) {
        throw new UnsupportedOperationException(name);
    }
}
