package io.chiaro.train;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.objective.Tower;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a model that stands still says of a batch. Used by the thread that trains, inside its scope.
 *
 * @param <C> what a chunk is
 */
public interface Guide<C> {

    /**
     * A row for each record of the batch, for each tower's input, [rows, dg].
     *
     * @param towers of the objective, in its order
     */
    List<Tensor> embeddings(Batch<C> batch, List<Tower> towers);

    /** What an encoder makes of each input, without dropout. */
    static <C> Guide<C> encoding(Encoder<C> frozen) {
        return (batch, towers) -> {
            Set<Integer> inputs = ContrastiveLearning.inputs(towers, tower -> true);
            List<Batch.Chunk<C>> chunks = ContrastiveLearning.holding(batch, inputs);
            List<Tensor> found = new ArrayList<>();
            for (Batch.Chunk<C> chunk : chunks) {
                found.add(ContrastiveLearning.embed(frozen, chunk, Dropout.off()));
            }
            Map<Integer, Tensor> byColumn = ContrastiveLearning.columns(found, chunks, batch, inputs);
            return towers.stream()
                    .map(tower -> Objects.requireNonNull(byColumn.get(tower.input())))
                    .toList();
        };
    }

    /**
     * The same of every view of a record.
     *
     * @param vectors one for each record of the data, [records][dg]; not copied
     */
    static <C> Guide<C> ofRecords(float[][] vectors) {
        int width = vectors[0].length;
        return (batch, towers) -> {
            float[] rows = new float[batch.rows() * width];
            for (int i = 0; i < batch.rows(); i++) {
                System.arraycopy(vectors[Math.toIntExact(batch.records()[i])], 0, rows, i * width, width);
            }
            return Collections.nCopies(towers.size(), Tensor.of(rows, batch.rows(), width));
        };
    }
}
