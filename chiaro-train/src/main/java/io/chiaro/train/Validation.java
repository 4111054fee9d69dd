package io.chiaro.train;

import java.util.Map;
import java.util.Set;

/** Judges the model while it trains. The loop knows no task; it asks for metrics by name. */
public interface Validation {

    /** The keys that {@link #judge} will give, known before training. */
    Set<String> metrics();

    /** Judges the parameters as they are now. */
    Map<String, Double> judge();

    /** No judging. */
    static Validation none() {
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return Set.of();
            }

            @Override
            public Map<String, Double> judge() {
                return Map.of();
            }
        };
    }
}
