package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.Needs;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@code --set} says of memories: how many rows each has. */
public final class MemorySettings {

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of("queue", "prototypes", "latents");

    private static final int SLICES = 256;
    private static final int MOST = 1 << 20;

    /** The memories that have their size from a setting, where they are not called as it is. */
    private static final Map<String, Set<String>> READ_AS = Map.of(
            "latents",
            Set.of("encoder"),
            "queue",
            Set.of(QueueMemory.NAME, BankMemory.NAME),
            "prototypes",
            Set.of("prototypes", ClusterMemory.NAME));

    private MemorySettings() {}

    /**
     * How many rows of each kind a run remembers.
     *
     * @param told {@code queue} (of each label, where each has one) a whole number, or a multiple of the batch such as {@code 2.5x}; {@code prototypes} and {@code
     *     latents} whole numbers
     * @param batch items of a step
     * @param classes names of those of the data
     * @param records of the data
     */
    public static Memories.Sizes parse(Map<String, String> told, int batch, List<String> classes, int records) {
        return new Memories.Sizes(
                classes.size(),
                queue(told.getOrDefault("queue", "4096"), batch),
                whole("prototypes", told.getOrDefault("prototypes", "256")),
                SLICES,
                records,
                whole("latents", told.getOrDefault("latents", "2048")),
                classes);
    }

    /** A setting of a memory that the objective does not read is an error. */
    public static void refuseUnread(Map<String, String> told, String recipe, Needs needs) {
        for (String memory : NAMES) {
            if (told.containsKey(memory)
                    && READ_AS.getOrDefault(memory, Set.of(memory)).stream().noneMatch(needs.memories()::contains)) {
                throw ChiaroException.usage("recipe " + recipe + ": reads no " + memory + ", so set " + memory
                        + " has no effect. Leave it out.");
            }
        }
    }

    private static int queue(String written, int batch) {
        if (!written.matches("[0-9]{1,6}(\\.[0-9]{1,6})?x")) {
            return whole("queue", written);
        }
        double rows = Double.parseDouble(written.substring(0, written.length() - 1)) * batch;
        if (rows < 1 || rows > MOST) {
            throw ChiaroException.usage("set queue: expected from 1 to " + MOST + " rows, but found " + written
                    + " of a " + "batch of " + batch + ".");
        }
        return (int) rows;
    }

    private static int whole(String key, String written) {
        if (!written.matches("[1-9][0-9]{0,7}") || Integer.parseInt(written) > MOST) {
            throw ChiaroException.usage(
                    "set " + key + ": expected a whole number from 1 to " + MOST + ", but found \"" + written + "\".");
        }
        return Integer.parseInt(written);
    }
}
