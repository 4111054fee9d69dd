package io.chiaro.objective;

import io.chiaro.tensor.Tensor;

/**
 * One column of a batch after encoding.
 *
 * @param role what the texts are to their items
 * @param values the embeddings, float [N, d], raw (the similarity normalises if it needs to), without recorded gradients; or [N, L, d]
 *     for {@link Similarity.Kind#MAX_SIM}, up to L vectors a row, where zeros stand for a vector that is not there
 * @param items the item (record) that each row comes from, [N]; a hard negative has the id of the record that names it
 * @param contents a 64-bit hash of each row's text, [N]: equal texts are never held to be negatives of each other
 */
@SuppressWarnings("ArrayRecordComponent")
public record View(ViewRole role, Tensor values, long[] items, long[] contents) {

    public View {
        if (values.rank() < 2
                || values.rank() > 3
                || values.size(0) != items.length
                || items.length != contents.length) {
            throw new IllegalArgumentException(
                    "View: expected values [N, d] or [N, L, d] with N items and N contents, but found " + values + ", "
                            + items.length + " items and " + contents.length + " contents");
        }
    }

    /** The number of rows. */
    public int rows() {
        return items.length;
    }

    /** The width of the embeddings. */
    public int width() {
        return Math.toIntExact(values.size(values.rank() - 1));
    }
}
