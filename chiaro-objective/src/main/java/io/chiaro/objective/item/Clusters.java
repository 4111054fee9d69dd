package io.chiaro.objective.item;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The memory that holds the centres that k-means finds in the {@link Bank}: all zero until it was filled once. */
final class Clusters {

    static final String NAME = "clusters";
    static final String CONCENTRATIONS = "concentrations";

    /** A cluster of equal rows is infinitely narrow; its temperature is not. */
    private static final double LEAST = 0.05;

    private final Tensor centres;
    private final Tensor own;

    private Clusters(Tensor centres, Tensor own) {
        this.centres = centres;
        this.own = own;
    }

    /** Those of a batch, or null before there are any. */
    static @Nullable Clusters of(ViewBatch batch) {
        Tensor centres = batch.memory(NAME).detach();
        if (centres.abs().sum().item() == 0) {
            return null;
        }
        Tensor units = centres.normalize(-1);
        Tensor own = Bank.own(batch).matmul(units.transpose(0, 1)).largestIndices(1);
        return new Clusters(units, own);
    }

    /**
     * {@code -log( exp(f c_own / t_own) / sum over all j of exp(f c_j / t_j) )}, the mean over rows.
     *
     * @param rows of length one, [B, d]
     * @param temperatures of all clusters, [k]
     */
    Tensor crossEntropy(ViewBatch batch, Tensor rows, Tensor temperatures) {
        Tensor target =
                own.isEqual(Tensor.range(Math.toIntExact(centres.size(0))).unsqueeze(0));
        return batch.crossEntropy(
                target.to(rows.type()), rows.matmul(centres.transpose(0, 1)).divide(temperatures.unsqueeze(0)));
    }

    /** One temperature for all. */
    Tensor even(double temperature) {
        double[] all = new double[Math.toIntExact(centres.size(0))];
        Arrays.fill(all, temperature);
        return Tensor.of(all, all.length).to(centres.type());
    }

    /**
     * Temperatures as far apart as clusters are wide: phi over its mean, times a temperature, where what is below the 10th and above
     * the 90th percentile of phi is brought to these.
     */
    Tensor byWidth(ViewBatch batch, double temperature) {
        double[] phi = batch.memory(CONCENTRATIONS).detach().toDoubles();
        double[] sorted = phi.clone();
        Arrays.sort(sorted);
        double low = percentile(sorted, 0.1);
        double high = percentile(sorted, 0.9);
        double[] within = Arrays.stream(phi)
                .map(each -> Math.min(high, Math.max(low, each)))
                .toArray();
        double mean = Arrays.stream(within).average().orElseThrow();
        if (mean <= 0) {
            return even(temperature);
        }
        return Tensor.of(
                        Arrays.stream(within)
                                .map(each -> temperature * Math.max(each, LEAST * mean) / mean)
                                .toArray(),
                        within.length)
                .to(centres.type());
    }

    private static double percentile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
