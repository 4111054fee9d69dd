package io.chiaro.train;

import io.chiaro.objective.Towers;
import io.chiaro.objective.View;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows, first in, first out, random at first (He et al., "MoCo", CVPR 2020). Without labels they are those of the first
 * view that is held fixed, else of the second; with labels those of all views, and {@link #labels} are filled beside them.
 *
 * @param vectors the rows
 * @param towers which make the views
 * @param labelled whether there are labels beside them
 */
record QueueMemory(StoredMemory vectors, Towers towers, boolean labelled) implements Memory {

    static final String NAME = "queue";
    static final String LABELS = "queue-labels";

    private static final String PLACE = PREFIX + "queue-place";
    private static final double NO_CLASS = -1;

    static QueueMemory of(int rows, int width, Towers towers, boolean labelled) {
        return new QueueMemory(
                StoredMemory.kept(NAME, rows, width).startingAs(StoredMemory.Start.normal(NAME, 1)), towers, labelled);
    }

    /** The class of each row of a queue, which the queue itself fills. */
    static Memory labels(int rows) {
        return StoredMemory.kept(LABELS, rows, 1).startingAs((seed, count) -> {
            float[] none = new float[count];
            Arrays.fill(none, (float) NO_CLASS);
            return none;
        });
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        vectors.declare(builder);
        builder.add(PLACE, Parameter.Kind.STATE, 1);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        vectors.start(parameters, seed);
        parameters.array(PLACE).put(new float[1]);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        return vectors.read(parameters, views, address);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        List<Tensor> parts = labelled
                ? views.list().stream().map(View::values).toList()
                : List.of(
                        views.list().get(towers.remembered(views.list().size())).values());
        Tensor rows = Tensor.concatenate(parts, 0);
        int size = Math.toIntExact(vectors.rows());
        int count = Math.toIntExact(Math.min(size, rows.size(0)));
        Tensor place = parameters.array(PLACE);
        int at = (int) place.item();
        int[] places = new int[count];
        Arrays.setAll(places, i -> (at + i) % size);
        Tensor indices = Tensor.indices(places);
        parameters.array(PREFIX + NAME).copyRowsInPlace(indices, rows.narrow(0, rows.size(0) - count, count));
        if (labelled) {
            int[] labels = Memories.labels(views);
            int all = Math.toIntExact(rows.size(0));
            float[] kept = new float[count];
            for (int i = 0; i < count; i++) {
                kept[i] = labels[(all - count + i) % labels.length];
            }
            parameters.array(PREFIX + LABELS).copyRowsInPlace(indices, Tensor.of(kept, count, 1));
        }
        place.put(new float[] {(at + count) % size});
    }
}
