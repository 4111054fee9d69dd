package io.chiaro.train;

import io.chiaro.objective.ViewRole;
import java.util.List;

/**
 * The records of one step, ready to be encoded. Its inputs stand in a grid of columns (anchor, positive, negatives) and
 * rows (records); input {@code column * rows + row} is called the place of a cell. Chunks hold the same inputs in any
 * order that is good for memory.
 *
 * @param <C> what a chunk is
 * @param rows number of records
 * @param columns what each column is
 * @param chunks the inputs, cut to the memory budget
 * @param scores one number a record, or empty
 * @param teacherScores for each record one number a candidate column, or empty
 * @param labels a class for each record, or empty
 * @param records the number of each record among all records of the data, or empty if nobody asks for it
 * @param tokens real tokens (or pixels, nodes) of all inputs
 * @param paddingShare the share of computed positions that is padding
 * @param epoch passes over the data at the end of this batch, with its fraction
 * @param task the number of what is learned from it, where a run learns several things; else 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch<C>(
        int rows,
        List<Column> columns,
        List<Chunk<C>> chunks,
        double[] scores,
        double[][] teacherScores,
        int[] labels,
        long[] records,
        long tokens,
        double paddingShare,
        double epoch,
        int task) {

    /** A batch of a run that learns one thing. */
    public Batch(
            int rows,
            List<Column> columns,
            List<Chunk<C>> chunks,
            double[] scores,
            double[][] teacherScores,
            int[] labels,
            long[] records,
            long tokens,
            double paddingShare,
            double epoch) {
        this(rows, columns, chunks, scores, teacherScores, labels, records, tokens, paddingShare, epoch, 0);
    }

    /** The same as part of another task. */
    public Batch<C> withTask(int number) {
        return new Batch<>(
                rows, columns, chunks, scores, teacherScores, labels, records, tokens, paddingShare, epoch, number);
    }

    /**
     * A column of the grid.
     *
     * @param role what its inputs are to their records
     * @param contents a 64-bit hash of each input's content, [rows]
     */
    public record Column(ViewRole role, long[] contents) {}

    /**
     * Inputs that are encoded together.
     *
     * @param input what the encoder takes
     * @param places the place in the grid of each of its items
     */
    public record Chunk<C>(C input, int[] places) {}

    public Batch {
        columns = List.copyOf(columns);
        chunks = List.copyOf(chunks);
        if (rows < 1 || columns.isEmpty() || chunks.isEmpty()) {
            throw new IllegalArgumentException("Batch: expected rows, columns and chunks, but found " + rows + ", "
                    + columns.size() + " and " + chunks.size());
        }
        if (records.length > 0 && records.length != rows) {
            throw new IllegalArgumentException(
                    "Batch: expected the numbers of " + rows + " records, but found " + records.length);
        }
    }

    /** The number of inputs. */
    public int inputs() {
        return rows * columns.size();
    }
}
