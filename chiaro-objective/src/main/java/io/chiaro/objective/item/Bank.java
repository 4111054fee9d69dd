package io.chiaro.objective.item;

import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;
import java.util.Map;

/** The memory that holds a vector of length one for each record of the data. */
final class Bank {

    static final String NAME = "bank";

    private Bank() {}

    static void requireShare(double gamma) {
        if (!(gamma >= 0 && gamma < 1)) {
            throw new IllegalArgumentException("expected a gamma from 0 to below 1, but found " + gamma);
        }
    }

    /** The vectors of all records, held fixed. */
    static Tensor of(ViewBatch batch) {
        return batch.memory(NAME).normalize(-1).detach();
    }

    /** The vectors of the records of a batch alone, held fixed. */
    static Tensor own(ViewBatch batch) {
        Tensor bank = batch.memory(NAME).detach();
        return bank.indexSelect(0, Tensor.indices(batch.records(Math.toIntExact(bank.size(0)))))
                .normalize(-1);
    }

    /** {@code v = gamma v + (1 - gamma) f} for the records of a batch, f the mean of their rows, scaled to length one. */
    static Map<String, Tensor> moved(ViewBatch batch, double gamma) {
        Tensor rows = batch.units().stream()
                .reduce(Tensor::add)
                .orElseThrow()
                .divide(batch.views().size())
                .normalize(-1);
        Tensor moved = own(batch).multiply(gamma).add(rows.multiply(1 - gamma)).normalize(-1);
        return Map.of(NAME, moved);
    }
}
