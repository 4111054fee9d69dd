package io.chiaro.objective.classes;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.ViewBatch;
import io.chiaro.tensor.Tensor;

/** Several vectors for each class. */
final class Centres {

    private Centres() {}

    /** The cosines of all rows with all centres, [N, classes, centres of a class]. */
    static Tensor cosines(ViewBatch batch, int perClass) {
        Tensor centres = batch.memory("centres");
        long count = centres.size(0);
        if (perClass < 1 || count % perClass != 0) {
            throw ChiaroException.usage("objective: expected the memory \"centres\" with " + perClass
                    + " rows for each class, but found " + count + " rows. Set centres-per-class.");
        }
        Tensor rows = batch.rows().normalize(-1);
        return rows.matmul(centres.normalize(-1).transpose(0, 1)).reshape(rows.size(0), count / perClass, perClass);
    }
}
