package io.chiaro.objective.item;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A temperature for each record, which grows for records with many near neighbours (Qiu et al., "Not All Semantics are Created
 * Equal: Contrastive Self-supervised Learning with Automatic Temperature Individualization", ICML 2023, algorithm 1). With g the
 * slope of the value by the temperature:
 *
 * <pre>
 * v_i   = (1 - beta) v_i + beta (g_i + rho)
 * tau_i = tau_i - eta v_i, held between least and most
 * </pre>
 *
 * @param temperature of a record that was not seen before
 * @param least above 0
 * @param most at least {@code least}
 * @param rho what keeps temperatures low
 * @param eta the step
 * @param beta the share of the batch in the slope
 */
public record OwnTemperature(double temperature, double least, double most, double rho, double eta, double beta)
        implements Temperatures {

    private static final String TEMPERATURES = "temperatures";

    public OwnTemperature {
        if (!(least > 0 && least <= most && temperature > 0)) {
            throw new IllegalArgumentException(
                    "OwnTemperature: expected 0 < least <= most and a temperature above 0, but " + "found " + least
                            + ", " + most + " and " + temperature);
        }
    }

    /** The temperature and v of each record, [B, 2]; both are zero where the record was not seen before. */
    private static Tensor kept(ViewBatch batch) {
        return batch.memoryOrZeros(TEMPERATURES, batch.items(), 2);
    }

    @Override
    public Tensor of(ViewBatch batch) {
        Tensor kept = kept(batch).narrow(1, 0, 1);
        return kept.where(kept.isGreater(0), kept.multiply(0).add(temperature));
    }

    @Override
    public Map<String, Tensor> moved(ViewBatch batch, Tensor slopes) {
        Tensor slope = kept(batch)
                .narrow(1, 1, 1)
                .multiply(1 - beta)
                .add(slopes.add(rho).multiply(beta));
        Tensor moved = of(batch).subtract(slope.multiply(eta)).atLeast(least).atMost(most);
        return Map.of(TEMPERATURES, Tensor.concatenate(List.of(moved, slope), 1));
    }

    @Override
    public Set<String> memories() {
        return Set.of(TEMPERATURES);
    }
}
