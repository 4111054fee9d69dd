package io.chiaro.objective.item;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/** The temperature of each record. */
public sealed interface Temperatures permits OneTemperature, OwnTemperature {

    /** The temperatures of a batch's records, [B, 1]. */
    Tensor of(ViewBatch batch);

    /**
     * What becomes of them, by the name of the memory.
     *
     * @param slopes of the value by each temperature, [B, 1]
     */
    Map<String, Tensor> moved(ViewBatch batch, Tensor slopes);

    /** The memories that are read. */
    Set<String> memories();
}
