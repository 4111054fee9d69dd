package io.chiaro.cli.console;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of option values that several commands share. */
public final class OptionValues {

    private OptionValues() {}

    /** Refuses a number below 1; an option that was not given is fine. */
    public static void positive(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw ChiaroException.usage(option + ": expected at least 1, but found " + value + ".");
        }
    }

    /** Refuses a number outside 0 to 1; an option that was not given is fine. */
    public static void share(String option, @Nullable Double value) {
        if (value != null && !(value >= 0 && value <= 1)) {
            throw ChiaroException.usage(option + ": expected a number from 0 to 1, but found " + value + ".");
        }
    }

    /** Refuses a name that is not one of the valid ones. */
    public static void oneOf(String option, String value, String... valid) {
        if (!List.of(valid).contains(value)) {
            throw ChiaroException.usage(option + ": expected another name, but found \"" + value + "\". "
                    + Names.hint(value, List.of(valid)));
        }
    }
}
