package io.chiaro.objective.item;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * The same for all records.
 *
 * @param temperature above 0
 */
public record OneTemperature(double temperature) implements Temperatures {

    public OneTemperature {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("OneTemperature: expected a number above 0, but found " + temperature);
        }
    }

    @Override
    public Tensor of(ViewBatch batch) {
        return Tensor.zeros(batch.items(), 1).to(batch.view(0).type()).add(temperature);
    }

    @Override
    public Map<String, Tensor> moved(ViewBatch batch, Tensor slopes) {
        return Map.of();
    }

    @Override
    public Set<String> memories() {
        return Set.of();
    }
}
