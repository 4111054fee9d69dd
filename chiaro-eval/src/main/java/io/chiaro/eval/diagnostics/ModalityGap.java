package io.chiaro.eval.diagnostics;

/**
 * How far apart two sides of pairs live on the sphere: captions and pictures, or queries and documents. With the means of
 * both sides (Liang et al., "Mind the gap", NeurIPS 2022, section 2),
 *
 * <pre>  gap = mean_i x_i - mean_i y_i,   distance = |gap|,   direction = gap / |gap|</pre>
 *
 * <p>{@code separability} is the share of rows that the plane across the gap, halfway between the means, puts on their own
 * side: 1 if a straight cut tells the sides apart, about 1/2 if both fill the same region (Fahim et al., "It's not a
 * modality gap", 2024, measure it with a fitted plane, which can only do better). {@code agreement} says whether the gap is
 * one shift for all pairs: the mean cosine of {@code x_i - y_i} with the direction, 1 if every pair is moved alike.
 *
 * @param distance of the means of both sides, from 0 to 2
 * @param direction of length one, [d]; all 0 without a gap
 * @param agreement from -1 to 1; 0 without a gap
 * @param separability from 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record ModalityGap(double distance, double[] direction, double agreement, double separability) {

    /** Of pairs [N, d]. */
    public static ModalityGap of(float[][] first, float[][] second) {
        UnitRows.expectPaired("ModalityGap.of", first, second);
        UnitRows x = UnitRows.of("ModalityGap.of", first);
        UnitRows y = UnitRows.of("ModalityGap.of", second);
        double[] meanX = x.mean();
        double[] meanY = y.mean();
        double[] direction = UnitRows.minus(meanX, meanY);
        double distance = UnitRows.length(direction);
        // Means that agree up to rounding have no direction.
        if (distance < 1e-12) {
            return new ModalityGap(distance, new double[direction.length], 0, 0.5);
        }
        double middle = 0;
        for (int k = 0; k < direction.length; k++) {
            direction[k] /= distance;
            middle += direction[k] * (meanX[k] + meanY[k]) / 2;
        }
        double agreement = 0;
        int right = 0;
        for (int i = 0; i < x.size(); i++) {
            double[] shift = UnitRows.minus(x.row(i), y.row(i));
            double length = UnitRows.length(shift);
            agreement += length == 0 ? 0 : UnitRows.dot(shift, direction) / length;
            right += UnitRows.dot(x.row(i), direction) > middle ? 1 : 0;
            right += UnitRows.dot(y.row(i), direction) < middle ? 1 : 0;
        }
        return new ModalityGap(distance, direction, agreement / x.size(), right / (2.0 * x.size()));
    }
}
