package io.chiaro.objective;

import org.jspecify.annotations.Nullable;

/**
 * What a divergence says of a {@link ScoreTable}.
 *
 * @param loss a mean over the anchors that count
 * @param chance the value for equal scores
 * @param floor a bound that the value cannot fall below, or null
 * @param gradient d loss / d score for each cell
 * @param anchors how many anchors count
 */
@SuppressWarnings("ArrayRecordComponent")
public record Judgement(
        double loss, double chance, @Nullable Double floor, double[][] gradient, long anchors) {}
