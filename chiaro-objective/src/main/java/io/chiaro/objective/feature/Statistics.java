package io.chiaro.objective.feature;

import io.chiaro.tensor.Tensor;

/** The statistics of a batch [B, d] that several objectives share. */
public final class Statistics {

    private Statistics() {}

    /** Rows minus their mean. */
    static Tensor centred(Tensor values) {
        return values.subtract(values.mean(0, true));
    }

    /** X^T X / (B - 1) of centred rows, [d, d]. */
    static Tensor covariance(Tensor values) {
        Tensor centred = centred(values);
        return centred.transpose(0, 1).matmul(centred).divide(Math.max(1, values.size(0) - 1));
    }

    /** The sum of the squared covariances of different features, divided by their number d. */
    static Tensor squaredCovariances(Tensor values) {
        int d = Math.toIntExact(values.size(1));
        return covariance(values).square().maskedFill(diagonal(d), 0).sum().divide(d);
    }

    /** The variance of each feature with the divisor B - 1, [d]. */
    static Tensor variance(Tensor values) {
        return centred(values).square().sum(0, false).divide(Math.max(1, values.size(0) - 1));
    }

    /** The mean over features of max(0, 1 - sqrt(variance + epsilon)). */
    static Tensor hingeOfDeviation(Tensor values, double epsilon) {
        return variance(values).add(epsilon).sqrt().negate().add(1).relu().mean();
    }

    /** Each feature with mean 0 and variance 1, after the biased variance and {@code epsilon}. */
    public static Tensor standardised(Tensor values, double epsilon) {
        Tensor centred = centred(values);
        return centred.divide(centred.square().mean(0, true).add(epsilon).sqrt());
    }

    /** True on the diagonal of a square, [n, n]. */
    public static Tensor diagonal(int n) {
        Tensor places = Tensor.range(n);
        return places.unsqueeze(0).isEqual(places.unsqueeze(1));
    }

    /** The identity times a number, of a tensor's type. */
    public static Tensor identity(int n, double value, Tensor like) {
        return diagonal(n).to(like.type()).multiply(value);
    }

    /** log det of a positive definite matrix. */
    static Tensor logDeterminant(Tensor matrix) {
        Tensor factor = matrix.cholesky();
        Tensor diagonal = factor.maskedFill(
                        diagonal(Math.toIntExact(matrix.size(0))).not(), 0)
                .sum(1, false);
        return diagonal.log().sum().multiply(2);
    }

    /** The place of the nearest of {@code candidates} for each of {@code rows}, both of length one, [n]. */
    static Tensor nearestPlaces(Tensor rows, Tensor candidates) {
        return rows.matmul(candidates.transpose(0, 1))
                .sortedIndices(1, true)
                .narrow(1, 0, 1)
                .reshape(-1);
    }

    /** The nearest row of a memory, brought to length one, for each of some rows of length one. */
    static Tensor nearest(Tensor rows, Tensor memory) {
        Tensor units = memory.normalize(-1);
        return units.indexSelect(0, nearestPlaces(rows, units));
    }

    /** The mean over rows of the cosine of two batches. */
    static Tensor meanCosine(Tensor first, Tensor second) {
        return first.normalize(-1).multiply(second.normalize(-1)).sum(-1, false).mean();
    }

    /** Squared distances of all rows, [n, n]. */
    public static Tensor squaredDistances(Tensor rows) {
        Tensor squares = rows.square().sum(1, true);
        return squares.add(squares.transpose(0, 1))
                .subtract(rows.matmul(rows.transpose(0, 1)).multiply(2))
                .atLeast(0);
    }

    /** log mean exp of the marked cells of a matrix; 0, and without gradient, if there is none. */
    public static Tensor logMeanExp(Tensor values, Tensor mask, double count) {
        if (count == 0) {
            return values.sum().multiply(0);
        }
        return values.maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
                .reshape(-1)
                .logSumExp(0, false)
                .add(-Math.log(count));
    }
}
