package io.chiaro.objective;

import io.chiaro.tensor.DType;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all workers as one batch, each view in the order of workers, and which of them are this worker's own. Memories
 * are the same with every worker and are not gathered, but for those of which a batch holds the rows of its records.
 *
 * @param collective the workers
 * @param whole the batch
 * @param first for each view the first own row
 * @param rows for each view how many rows are own
 */
@SuppressWarnings("ArrayRecordComponent")
record Gathered(Collective collective, Views whole, int[] first, int[] rows) {

    private static final int HALF = 32;
    private static final long LOW = 0xFFFFFFFFL;

    static Gathered of(Views own, Collective collective) {
        int count = own.list().size();
        int[] rows = own.list().stream().mapToInt(View::rows).toArray();
        int[] first = new int[count];
        if (collective.workers() == 1) {
            return new Gathered(collective, own, first, rows);
        }
        List<View> views = new ArrayList<>();
        for (int v = 0; v < count; v++) {
            View view = own.list().get(v);
            List<double[]> sizes = collective.gather(new double[] {rows[v]});
            for (int w = 0; w < collective.worker(); w++) {
                first[v] += (int) sizes.get(w)[0];
            }
            views.add(new View(
                    view.role(),
                    rowsOfAll(view.values(), collective),
                    longs(view.items(), collective),
                    longs(view.contents(), collective)));
        }
        Views whole = Views.of(views).withMemories(memories(own, collective)).withAddress(own.address());
        long @Nullable [] records = own.records();
        if (records != null) {
            whole = whole.withRecords(longs(records, collective));
        }
        double @Nullable [] scores = own.scores();
        if (scores != null) {
            whole = whole.withScores(joined(collective.gather(scores)));
        }
        double @Nullable [][] teacher = own.teacherScores();
        if (teacher != null) {
            whole = whole.withTeacherScores(table(teacher, collective));
        }
        int @Nullable [] labels = own.labels();
        if (labels != null) {
            double[] all = joined(
                    collective.gather(Arrays.stream(labels).asDoubleStream().toArray()));
            whole = whole.withLabels(
                    Arrays.stream(all).mapToInt(label -> (int) label).toArray());
        }
        List<Tensor> guides = own.guides();
        if (guides != null) {
            whole = whole.withGuides(
                    guides.stream().map(guide -> rowsOfAll(guide, collective)).toList());
        }
        return new Gathered(collective, whole, first, rows);
    }

    private static Map<String, Tensor> memories(Views own, Collective collective) {
        Map<String, Tensor> memories = new LinkedHashMap<>();
        // All workers take them in one order.
        for (String name : new TreeSet<>(own.memories().keySet())) {
            Tensor held = Objects.requireNonNull(own.memories().get(name));
            memories.put(name, Views.ofOwnRecords(name) ? rowsOfAll(held, collective) : held);
        }
        return memories;
    }

    /** The view to whose rows belong scores, labels, records and memories of records. */
    static int anchor(Views views) {
        for (int v = 0; v < views.list().size(); v++) {
            if (views.list().get(v).role() == ViewRole.ANCHOR) {
                return v;
            }
        }
        return 0;
    }

    private static Tensor rowsOfAll(Tensor values, Collective collective) {
        long[] shape = values.shape();
        double[] all = joined(collective.gather(Numbers.of(values).values()));
        shape[0] = all.length / Numbers.width(shape);
        return new Numbers(all, shape, values.type()).tensor();
    }

    private static double[] joined(List<double[]> parts) {
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** A double holds no 64 bits of integer, but two hold its halves. */
    private static long[] longs(long[] values, Collective collective) {
        double[] halves = new double[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            halves[2 * i] = values[i] >> HALF;
            halves[2 * i + 1] = values[i] & LOW;
        }
        double[] all = joined(collective.gather(halves));
        long[] result = new long[all.length / 2];
        Arrays.setAll(result, i -> (long) all[2 * i] << HALF | (long) all[2 * i + 1]);
        return result;
    }

    /** Each row tells its length first, as a worker without rows knows none. */
    private static double[][] table(double[][] rows, Collective collective) {
        double[] told = Arrays.stream(rows)
                .flatMapToDouble(row ->
                        Arrays.stream(new double[][] {{row.length}, row}).flatMapToDouble(Arrays::stream))
                .toArray();
        double[] all = joined(collective.gather(told));
        List<double[]> table = new ArrayList<>();
        for (int at = 0; at < all.length; ) {
            int length = (int) all[at];
            table.add(Arrays.copyOfRange(all, at + 1, at + 1 + length));
            at += 1 + length;
        }
        return table.toArray(double[][]::new);
    }

    /** Stretches of own rows among the rows of all views one behind the other, each as first and last + 1. */
    List<int[]> stretches() {
        int all = whole.list().stream().mapToInt(View::rows).sum();
        if (collective.workers() == 1) {
            return List.of(new int[] {0, all});
        }
        List<int[]> stretches = new ArrayList<>();
        int offset = 0;
        for (int v = 0; v < rows.length; v++) {
            stretches.add(new int[] {offset + first[v], offset + first[v] + rows[v]});
            offset += whole.list().get(v).rows();
        }
        return stretches;
    }

    /** The sum over workers of tensors of one shape. */
    Tensor sum(Tensor tensor) {
        if (collective.workers() == 1) {
            return tensor;
        }
        Numbers own = Numbers.of(tensor.to(DType.DOUBLE));
        return new Numbers(collective.sum(own.values()), own.shape(), tensor.type()).tensor();
    }

    /** What was found for the whole batch, with the gradients of own rows only. */
    Evaluation own(Evaluation found) {
        if (collective.workers() == 1) {
            return found;
        }
        List<Tensor> gradients = new ArrayList<>();
        for (int v = 0; v < rows.length; v++) {
            gradients.add(found.gradients().get(v).narrow(0, first[v], rows[v]));
        }
        return new Evaluation(
                found.loss(),
                found.chance(),
                found.floor(),
                found.components(),
                gradients,
                own(found.memoryGradients()),
                own(found.remembered()),
                found.anchors(),
                found.skippedAnchors(),
                found.maskedCells());
    }

    private Map<String, Tensor> own(Map<String, Tensor> memories) {
        int anchor = anchor(whole);
        Map<String, Tensor> own = new LinkedHashMap<>(memories);
        own.replaceAll((name, values) ->
                Views.PER_RECORD.contains(name) ? values.narrow(0, first[anchor], rows[anchor]) : values);
        return own;
    }
}
