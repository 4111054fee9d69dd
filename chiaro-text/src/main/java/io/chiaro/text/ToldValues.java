package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of settings, each within its bounds or an error.
 *
 * @param told settings by name
 */
record ToldValues(Map<String, String> told) {

    boolean has(String key) {
        return told.containsKey(key);
    }

    double number(String key, double usual, double least, double most) {
        return has(key) ? bounded(key, "a number", least, most) : usual;
    }

    /** A whole number, if it was told. */
    Optional<Integer> whole(String key, int least, int most) {
        if (!has(key)) {
            return Optional.empty();
        }
        double value = bounded(key, "a whole number", least, most);
        if (value != Math.rint(value)) {
            throw wrong(key, "a whole number from " + least + " to " + most);
        }
        return Optional.of((int) value);
    }

    private double bounded(String key, String kind, double least, double most) {
        try {
            double value = Double.parseDouble(String.valueOf(told.get(key)));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(key, kind + " from " + shown(least) + " to " + shown(most));
    }

    private static String shown(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }

    /** A truth value, if it was told. */
    Optional<Boolean> truth(String key) {
        String written = told.get(key);
        if (written != null && !written.equals("true") && !written.equals("false")) {
            throw wrong(key, "true or false");
        }
        return Optional.ofNullable(written).map("true"::equals);
    }

    /** One of some names, if it was told. */
    Optional<String> choice(String key, List<String> names) {
        String written = told.get(key);
        if (written != null && !names.contains(written)) {
            throw ChiaroException.usage(
                    "set " + key + ": unknown name \"" + written + "\". " + Names.hint(written, names));
        }
        return Optional.ofNullable(written);
    }

    private ChiaroException wrong(String key, String expected) {
        return ChiaroException.usage(
                "set " + key + ": expected " + expected + ", but found \"" + told.get(key) + "\". Mend the value.");
    }
}
