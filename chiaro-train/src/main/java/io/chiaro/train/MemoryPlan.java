package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run will need in memory, in bytes, told before its first step.
 *
 * @param parts bytes by name: parameters, gradients, optimizer, activations, embeddings, token store, heap, libraries
 */
public record MemoryPlan(Map<String, Long> parts) {

    public MemoryPlan {
        parts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    /** All parts together. */
    public long total() {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Holds the plan against the machine.
     *
     * @param available bytes that the process may use
     * @throws ChiaroException of kind resources if the plan does not fit
     */
    public void check(long available) {
        if (total() > available) {
            throw ChiaroException.resources("memory plan: the run needs " + megabytes(total()) + " (" + this
                    + "), but the machine has " + megabytes(available)
                    + ". Use a smaller --chunk-tokens, a smaller --base, or a machine with more memory.");
        }
    }

    /** One line: each part and the total. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        parts.forEach((name, bytes) ->
                line.append(name).append(' ').append(megabytes(bytes)).append(", "));
        return line.append("total ").append(megabytes(total())).toString();
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", Math.round(bytes / 1e6));
    }
}
