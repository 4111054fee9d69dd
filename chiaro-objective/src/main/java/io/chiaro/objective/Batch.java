package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch under evaluation: which row of each view belongs to which anchor, the rows that scores are made of, and the
 * gradients gathered so far. Item k of what follows is row k of the anchor view.
 */
final class Batch {

    private final Views views;
    private final Geometry geometry;
    private final int anchor;
    private final int positive;
    private final Rows[] rows;
    private final int[][] rowOfItem;
    private final boolean[] inOrder;
    private final long[][] ownContents;
    private final Tensor[] values;
    private final @Nullable Tensor[] gradients;

    Batch(Views views, Similarity similarity) {
        this.views = views;
        this.geometry = similarity.kind().geometry();
        this.anchor = only(views, ViewRole.ANCHOR);
        this.positive = only(views, ViewRole.POSITIVE);
        int count = views.list().size();
        rows = new Rows[count];
        values = new Tensor[count];
        gradients = new @Nullable Tensor[count];
        rowOfItem = new int[count][];
        inOrder = new boolean[count];
        for (int v = 0; v < count; v++) {
            rows[v] = new Rows(views.list().get(v));
        }
        for (int v = 0; v < count; v++) {
            Tensor given = views.list().get(v).values();
            if (given.rank() > 2 && !geometry.takesSeveral()) {
                throw ChiaroException.usage("objective: expected one vector for each text, [N, d], but found " + given
                        + ". Take the similarity max-sim for many of them.");
            }
            values[v] = geometry.rows(given);
            rowOfItem[v] = rowsOfItems(rows[v]);
            inOrder[v] = isRange(rowOfItem[v], views.list().get(v).rows());
        }
        ownContents = new long[items()][];
        for (int i = 0; i < ownContents.length; i++) {
            long query = anchorView().contents()[i];
            LongStream positives = Arrays.stream(positivesOf(i))
                    .mapToLong(row -> views.list().get(positive).contents()[row]);
            ownContents[i] = LongStream.concat(LongStream.of(query), positives)
                    .distinct()
                    .toArray();
        }
    }

    private static int only(Views views, ViewRole role) {
        int found = -1;
        for (int v = 0; v < views.list().size(); v++) {
            if (views.list().get(v).role() == role) {
                if (found >= 0) {
                    throw ChiaroException.usage("objective: expected one view of role " + RecordSlots.written(role)
                            + ", but found several. Give the others another role.");
                }
                found = v;
            }
        }
        if (found < 0) {
            throw ChiaroException.usage("objective: expected a view of role " + RecordSlots.written(role)
                    + ", but found none. Name its column.");
        }
        return found;
    }

    /** The k-th row of an item in the anchor view goes with its k-th row in another, or with its last one. */
    private int[] rowsOfItems(Rows others) {
        long[] items = anchorView().items();
        int[] result = new int[items.length];
        for (int i = 0; i < items.length; i++) {
            int[] candidates = others.ofItem(items[i]);
            int occurrence = Arrays.binarySearch(rows[anchor].ofItem(items[i]), i);
            result[i] = candidates.length == 0 ? -1 : candidates[Math.min(occurrence, candidates.length - 1)];
        }
        return result;
    }

    private static boolean isRange(int[] rows, int count) {
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != i) {
                return false;
            }
        }
        return rows.length == count;
    }

    /** The number of anchors. */
    int items() {
        return anchorView().rows();
    }

    View anchorView() {
        return views.list().get(anchor);
    }

    int anchorIndex() {
        return anchor;
    }

    int positiveIndex() {
        return positive;
    }

    View view(int index) {
        return views.list().get(index);
    }

    int count() {
        return views.list().size();
    }

    /** The views that are not the anchor, in their order but with the positive first. */
    int[] candidateViews() {
        List<Integer> order = new ArrayList<>();
        order.add(positive);
        for (int v = 0; v < count(); v++) {
            if (v != anchor && v != positive) {
                order.add(v);
            }
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    Rows rows(int view) {
        return rows[view];
    }

    /** The row of an item in a view, or -1. */
    int row(int view, int item) {
        return rowOfItem[view][item];
    }

    /** The rows of an item's positives. */
    int[] positivesOf(int item) {
        return rows[positive].ofItem(anchorView().items()[item]);
    }

    /** The texts that are no negatives of an item: its query and its positives. */
    long[] ownContents(int item) {
        return ownContents[item];
    }

    /** What the scores of a view are made of, one row for each of items {@code from..to - 1}; any row where an item has none. */
    Tensor itemRows(int view, int from, int to) {
        return itemRows(values[view], view, from, to);
    }

    /** The rows of {@code source} that belong to items {@code from..to - 1}. */
    Tensor itemRows(Tensor source, int view, int from, int to) {
        return inOrder[view] ? source.narrow(0, from, to - from) : source.indexSelect(0, indices(view, from, to));
    }

    /** What the scores of a view are made of. */
    Tensor rowsOf(int view) {
        return values[view];
    }

    /** Adds a gradient to the rows of items {@code from..to - 1}. */
    void addToItems(int view, int from, int to, Tensor gradient) {
        Tensor sum = gradient(view);
        if (inOrder[view]) {
            sum.narrow(0, from, to - from).addInPlace(gradient);
        } else {
            sum.addRowsInPlace(indices(view, from, to), gradient);
        }
    }

    /** Adds a gradient to rows {@code from..to - 1} of a view. */
    void addToRows(int view, int from, int to, Tensor gradient) {
        gradient(view).narrow(0, from, to - from).addInPlace(gradient);
    }

    private Tensor indices(int view, int from, int to) {
        int[] rows = Arrays.copyOfRange(rowOfItem[view], from, to);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Math.max(0, rows[i]);
        }
        return Tensor.indices(rows);
    }

    /** Makes the memory for gradients; called in the scope that holds the batch. */
    void open() {
        for (int v = 0; v < count(); v++) {
            gradients[v] = Tensor.zeros(values[v].shape()).to(values[v].type());
        }
    }

    /** Adds what the other workers say to every row. */
    void share(Gathered gathered) {
        for (int v = 0; v < count(); v++) {
            gradients[v] = gathered.sum(gradient(v));
        }
    }

    private Tensor gradient(int view) {
        Tensor gradient = gradients[view];
        if (gradient == null) {
            throw new IllegalStateException("Batch: open() comes before gradients");
        }
        return gradient;
    }

    /** The gradients to the embeddings of all views. */
    List<Tensor> gradients() {
        List<Tensor> result = new ArrayList<>();
        for (int v = 0; v < count(); v++) {
            result.add(geometry.values(view(v).values(), values[v], gradient(v)));
        }
        return result;
    }
}
