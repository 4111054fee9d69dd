package io.chiaro.objective;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all views of a batch one behind the other, behind them those of a memory, and what is known of each: what it has in common
 * with others, the number that supervises it, and what is remembered of its record.
 */
public final class BatchRows {

    /** A label for each row of the queue. */
    static final String QUEUE_LABELS = "queue-labels";

    /** The set of labels that rows of each class have, of zeros and ones. */
    static final String LABEL_SETS = "label-sets";

    private final Views views;
    private final List<View> compared;
    private final Geometry geometry;
    private final String memory;
    private final int own;
    private final int[] offsets;
    private final DType type;
    private final Tensor rows;
    private final double[] numbers;
    private int[] itemOfRow = {};

    /**
     * Reads them.
     *
     * @param comparedViews how many of the views are compared; the others have no rows here
     * @param memory whose rows stand behind the others; empty if none do
     * @param own how many of the last numbers of an embedding are no part of it
     */
    BatchRows(Views views, int comparedViews, Geometry geometry, String memory, int own) {
        this.views = views;
        this.compared = views.list().subList(0, comparedViews);
        this.geometry = geometry;
        this.memory = memory;
        this.own = own;
        this.type = views.list().get(0).values().type();
        offsets = new int[compared.size() + 1];
        List<Tensor> parts = new ArrayList<>();
        for (int v = 0; v < compared.size(); v++) {
            View view = compared.get(v);
            if (view.width() <= own) {
                throw ChiaroException.usage("objective: expected embeddings of more than " + own
                        + " numbers, as the last is a temperature, but found " + view.width() + ".");
            }
            parts.add(geometry.rows(embeddings(view.values())));
            offsets[v + 1] = offsets[v] + view.rows();
        }
        if (!memory.isEmpty()) {
            parts.add(geometry.rows(embeddings(memory(memory))));
        }
        rows = Tensor.concatenate(parts, 0);
        numbers = numbersOfRows();
    }

    private Tensor embeddings(Tensor values) {
        return own == 0 ? values : values.narrow(1, 0, values.size(1) - own);
    }

    Views views() {
        return views;
    }

    DType type() {
        return type;
    }

    /** All of them, as the similarity takes them, [N, d]. */
    Tensor all() {
        return rows;
    }

    /** How many there are. */
    int count() {
        return Math.toIntExact(rows.size(0));
    }

    /** How many are of views. */
    int ofViews() {
        return offsets[offsets.length - 1];
    }

    /** Where those of view v begin. */
    int first(int v) {
        return offsets[v];
    }

    /** One number as the rows have them, [1, 1]. */
    Tensor number(double value) {
        return Tensor.of(new double[] {value}, 1, 1).to(type);
    }

    /** The last number of every row of every view, [rows of views, 1]. */
    Tensor lastNumbers() {
        return Tensor.concatenate(
                compared.stream()
                        .map(view -> view.values().narrow(1, view.width() - 1, 1))
                        .toList(),
                0);
    }

    /**
     * The gradient of each view, from the gradient to all rows.
     *
     * @param ofLast the gradient to {@link #lastNumbers}, or null where no row has one of its own
     */
    List<Tensor> gradients(Tensor gradient, @Nullable Tensor ofLast) {
        List<Tensor> gradients = new ArrayList<>();
        for (int v = 0; v < compared.size(); v++) {
            int size = offsets[v + 1] - offsets[v];
            Tensor ofEmbeddings = geometry.values(
                    embeddings(compared.get(v).values()),
                    rows.narrow(0, offsets[v], size),
                    gradient.narrow(0, offsets[v], size));
            gradients.add(
                    ofLast == null
                            ? ofEmbeddings
                            : Tensor.concatenate(List.of(ofEmbeddings, ofLast.narrow(0, offsets[v], size)), 1));
        }
        views.list()
                .subList(compared.size(), views.list().size())
                .forEach(view -> gradients.add(view.values().multiply(0)));
        return gradients;
    }

    /** The gradient of the memory, from the gradient to all rows. */
    Tensor memoryGradient(Tensor gradient) {
        int size = count() - ofViews();
        return geometry.values(
                embeddings(memory(memory)), rows.narrow(0, ofViews(), size), gradient.narrow(0, ofViews(), size));
    }

    /**
     * What is remembered of the record of each of some rows of views, [to - from, width]; zeros where nothing is yet. Of a memory that holds the
     * rows of all records, those of this batch.
     */
    Tensor remembered(String name, int width, int from, int to) {
        int[] of = Arrays.copyOfRange(items(), from, to);
        return ofItems(name, width).indexSelect(0, Tensor.indices(of));
    }

    /** The same for every item, [B, width]. */
    Tensor ofItems(String name, int width) {
        int items = views.list().get(0).rows();
        Tensor found = views.memories().get(name);
        if (found == null) {
            return Tensor.zeros(items, width).to(type);
        }
        boolean all = Views.OF_ALL_RECORDS.contains(name);
        if (found.rank() != 2 || found.size(1) != width || !all && found.size(0) != items) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\" with the shape ["
                    + (all ? "records" : items) + ", " + width + "], but found " + found + ". Give such rows.");
        }
        return all ? found.to(type).indexSelect(0, records(found.size(0))) : found.to(type);
    }

    private Tensor records(long count) {
        long[] records = views.records();
        if (records == null) {
            throw ChiaroException.usage("objective: expected the number of every record, but found none.");
        }
        for (long record : records) {
            if (record < 0 || record >= count) {
                throw ChiaroException.usage("objective: expected a memory with a row for every record, but it has "
                        + count + " rows, and found record " + record + ". Give more rows.");
            }
        }
        return Tensor.of(records, records.length);
    }

    /**
     * The mean over the anchors of every item, [B, width].
     *
     * @param values of the rows of views, those of rows that are no anchors zero
     * @param anchors which rows are anchors
     */
    Tensor meanOfItems(double[] values, int width, boolean[] anchors) {
        int count = compared.get(0).rows();
        double[] sums = new double[count * width];
        double[] counts = new double[count];
        int[] items = items();
        for (int row = 0; row < items.length; row++) {
            if (anchors[row]) {
                counts[items[row]]++;
                for (int k = 0; k < width; k++) {
                    sums[items[row] * width + k] += values[row * width + k];
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= Math.max(1, counts[i / width]);
        }
        return Tensor.of(sums, count, width).to(type);
    }

    private Tensor memory(String name) {
        Tensor memory = views.memories().get(name);
        if (memory == null) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\", but found "
                    + (views.memories().isEmpty() ? "none" : views.memories().keySet()) + ". Give its rows.");
        }
        if (memory.rank() != 2 || memory.size(1) != views.list().get(0).width()) {
            throw ChiaroException.usage("objective: expected the memory \"" + name + "\" with rows of width "
                    + views.list().get(0).width() + ", but found " + memory + ".");
        }
        return memory.to(type);
    }

    /** The classes of the rows of the memory {@code queue}, which the memory {@code queue-labels} tells. */
    long[] pastKeys() {
        int rows = count() - ofViews();
        Tensor labels = views.memories().get(QUEUE_LABELS);
        if (labels == null || labels.count() != rows) {
            throw ChiaroException.usage("objective: expected the memory \"" + QUEUE_LABELS + "\" with " + rows
                    + " labels, one for each row of the queue, but found " + (labels == null ? "none" : labels) + ".");
        }
        return Arrays.stream(labels.to(DType.DOUBLE).toDoubles())
                .mapToLong(label -> (long) label)
                .toArray();
    }

    /** What rows have in common if they belong together, for each row of each view. */
    long[] keys(boolean byLabel) {
        if (byLabel) {
            int[] labels = views.labels();
            if (labels == null) {
                throw ChiaroException.usage(
                        "objective: expected a label for every item, but found none. Name its column.");
            }
            return Arrays.stream(items()).mapToLong(item -> labels[item]).toArray();
        }
        return compared.stream()
                .flatMapToLong(view -> Arrays.stream(view.items()))
                .toArray();
    }

    /** What degrees are made of, row by row; null for the numbers that supervise rows. */
    @Nullable
    Tensor known(Supervision.Basis basis) {
        return switch (basis) {
            case NUMBERS -> null;
            case GUIDE -> {
                List<Tensor> guided = views.guides();
                yield guided == null
                        ? null
                        : Tensor.concatenate(
                                        guided.stream()
                                                .map(guide -> guide.to(type))
                                                .toList(),
                                        0)
                                .normalize(-1);
            }
            case LABEL_SETS -> labelSets();
            case SECOND_VIEW -> rows;
        };
    }

    /** The rows of the second view that belong to the items of some rows of the first, [to - from, d]. */
    Tensor secondOf(int from, int to) {
        long[] first = compared.get(0).items();
        long[] second = compared.get(1).items();
        Map<Long, Integer> found = new HashMap<>();
        for (int i = 0; i < second.length; i++) {
            found.putIfAbsent(second[i], i);
        }
        long[] of = new long[to - from];
        for (int i = 0; i < of.length; i++) {
            Integer at = found.get(first[from + i]);
            if (at == null) {
                throw ChiaroException.usage(
                        "objective: item " + first[from + i] + " has no row in the second view, which teaches.");
            }
            of[i] = offsets[1] + at;
        }
        return rows.indexSelect(0, Tensor.of(of, of.length));
    }

    /** The set of labels of every row, of zeros and ones, [rows, labels]. */
    private Tensor labelSets() {
        Tensor sets = views.memories().get(LABEL_SETS);
        if (sets == null || sets.rank() != 2) {
            throw ChiaroException.usage("objective: expected the memory \"" + LABEL_SETS
                    + "\" with a row of zeros and ones for every label, but found " + (sets == null ? "none" : sets)
                    + ". Give its rows.");
        }
        for (double value : sets.to(DType.DOUBLE).toDoubles()) {
            if (value != 0 && value != 1) {
                throw ChiaroException.data("objective: expected zeros and ones in the memory \"" + LABEL_SETS
                        + "\", but found " + value + ". Mend its rows.");
            }
        }
        long[] labels = keys(true);
        Views.requireLabels(Arrays.stream(labels), sets.size(0), "sets of labels");
        return sets.to(type).indexSelect(0, Tensor.of(labels, labels.length));
    }

    /** Which item of the first view each row of views belongs to; made once, and only where it is asked for. */
    int[] items() {
        if (itemOfRow.length == 0) {
            Map<Long, Integer> places = new HashMap<>();
            long[] first = compared.get(0).items();
            for (int i = 0; i < first.length; i++) {
                places.putIfAbsent(first[i], i);
            }
            int[] made = new int[ofViews()];
            for (int v = 0; v < compared.size(); v++) {
                long[] ids = compared.get(v).items();
                for (int i = 0; i < ids.length; i++) {
                    Integer place = places.get(ids[i]);
                    if (place == null) {
                        throw ChiaroException.usage("objective: item " + ids[i] + " has no row in the first view.");
                    }
                    made[offsets[v] + i] = place;
                }
            }
            itemOfRow = made;
        }
        return itemOfRow;
    }

    /** The number that supervises each of some rows, [n]; null where there is none. */
    @Nullable
    Tensor numbers(int from, int to) {
        return numbers.length == 0
                ? null
                : Tensor.of(Arrays.copyOfRange(numbers, from, to), to - from).to(type);
    }

    /** The number that supervises each row, by its item; empty if there is none. */
    private double[] numbersOfRows() {
        double[] scores = views.scores();
        return scores == null
                ? new double[0]
                : Arrays.stream(items()).mapToDouble(item -> scores[item]).toArray();
    }
}
