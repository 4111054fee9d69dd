package io.chiaro.train;

import io.chiaro.objective.Towers;
import io.chiaro.objective.Views;
import io.chiaro.objective.softmax.OwnBank;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue for each label, of the newest rows of the view that is held fixed: first in, first out, random at first. Rows of one label never
 * push out those of another, so that a rare one keeps as many.
 *
 * @param vectors the rows, those of label 0 first
 * @param each rows of a label
 * @param towers which make the views
 */
record BankMemory(StoredMemory vectors, int each, Towers towers) implements Memory {

    static final String NAME = OwnBank.BANKS;
    static final String LABELS = OwnBank.LABELS;

    private static final String PLACES = PREFIX + "bank-places";

    static BankMemory of(int classes, int each, int width, Towers towers) {
        return new BankMemory(
                StoredMemory.kept(NAME, (long) classes * each, width).startingAs(StoredMemory.Start.normal(NAME, 1)),
                each,
                towers);
    }

    /** The label of each row, which stays as it is. */
    static Memory labels(int classes, int each) {
        return StoredMemory.kept(LABELS, (long) classes * each, 1).startingAs((seed, count) -> {
            float[] labels = new float[count];
            for (int i = 0; i < count; i++) {
                labels[i] = i / each;
            }
            return labels;
        });
    }

    private int classes() {
        return Math.toIntExact(vectors.rows() / each);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        vectors.declare(builder);
        builder.add(PLACES, Parameter.Kind.STATE, classes());
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        vectors.start(parameters, seed);
        parameters.array(PLACES).put(new float[classes()]);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        return vectors.read(parameters, views, address);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        Tensor rows = views.list().get(towers.remembered(views.list().size())).values();
        int[] labels = Memories.labels(views);
        Tensor kept = parameters.array(PLACES);
        float[] next = kept.toFloats();
        int[] ofLabel = new int[next.length];
        Arrays.stream(labels).forEach(label -> ofLabel[label]++);
        int[] seen = new int[next.length];
        int[] from = new int[labels.length];
        int[] to = new int[labels.length];
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            // Of more rows than a bank holds only the last are kept, so that no place is written twice.
            if (seen[label]++ >= ofLabel[label] - each) {
                from[count] = i;
                to[count++] = label * each + (int) next[label];
                next[label] = (next[label] + 1) % each;
            }
        }
        parameters
                .array(PREFIX + NAME)
                .copyRowsInPlace(
                        Tensor.indices(Arrays.copyOf(to, count)),
                        rows.indexSelect(0, Tensor.indices(Arrays.copyOf(from, count))));
        kept.put(next);
    }
}
