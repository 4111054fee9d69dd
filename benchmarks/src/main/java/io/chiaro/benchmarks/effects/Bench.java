package io.chiaro.benchmarks.effects;

import java.nio.file.Path;
import java.util.Map;

/** Where arms are compared: the data to learn from, the budget and the judge are the same for all. */
interface Bench {

    /** Its name in rows and tables. */
    String name();

    /** The budget and the protocol, for rows and for people. */
    Map<String, Object> budget();

    /**
     * Trains an arm in a folder and judges it.
     *
     * @param data the folder of the data sets
     * @return figures by name, fractions from 0 to 1
     */
    Map<String, Double> figures(Arm arm, long seed, Path data, Path folder);

    /** An arm of a recipe as it comes. */
    default Arm arm(String recipe) {
        return new Arm(this, recipe, Map.of(), Map.of());
    }
}
