package io.chiaro.benchmarks.retrieval;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.nio.file.Path;
import java.util.List;

/**
 * What a study of sets is told.
 *
 * @param data the folder of the data sets
 * @param rows the file of rows
 * @param sets those named; all if none is, none if it is "none"
 * @param seeds further seeds of training
 */
record StudyArguments(Path data, Path rows, List<String> sets, List<Long> seeds) {

    private static final String NONE = "none";

    /** Reads {@code DATA ROWS [SET ... | none] [SEED ...]}. */
    static StudyArguments of(String study, List<String> arguments, List<String> known) {
        if (arguments.size() < 2) {
            throw ChiaroException.usage(
                    study + ": expected DATA ROWS [SET ... | none] [SEED ...], but found " + arguments + ".");
        }
        List<String> named = arguments.subList(2, arguments.size());
        List<String> sets = named.stream().filter(name -> !isSeed(name)).toList();
        for (String key : sets) {
            if (!key.equals(NONE) && !known.contains(key)) {
                throw ChiaroException.usage(study + ": unknown set \"" + key + "\". " + Names.hint(key, known));
            }
        }
        return new StudyArguments(
                Path.of(arguments.get(0)),
                Path.of(arguments.get(1)),
                sets,
                named.stream().filter(StudyArguments::isSeed).map(Long::valueOf).toList());
    }

    private static boolean isSeed(String name) {
        return name.matches("\\d{1,18}");
    }

    boolean asksFor(String set) {
        return sets.isEmpty() || sets.contains(set);
    }
}
