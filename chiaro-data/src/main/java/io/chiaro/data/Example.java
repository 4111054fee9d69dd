package io.chiaro.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One example, its values found by role.
 *
 * @param line the line of the file where its row begins
 * @param texts anchor, positive, negatives
 * @param scores in the order of the columns or of the list; empty without scores
 * @param label the class or the domain, or null without either
 */
public record Example(
        long line,
        List<String> texts,
        List<Double> scores,
        @Nullable String label) {

    public Example {
        texts = List.copyOf(texts);
        scores = List.copyOf(scores);
    }
}
