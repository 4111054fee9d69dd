package io.chiaro.train;

import io.chiaro.objective.View;
import io.chiaro.objective.Views;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Learned vectors of which one that nothing has touched is zero; the first row that it should stand for becomes its value, of
 * length one (Qi, Brown and Lowe, "Low-Shot Learning with Imprinted Weights", CVPR 2018).
 */
final class ImprintedMemory implements Memory {

    private final StoredMemory vectors;
    private final int classes;
    private final int perClass;
    /** Whether some were imprinted in this step. */
    private boolean imprinting;

    private ImprintedMemory(StoredMemory vectors, int classes, int perClass) {
        this.vectors = vectors;
        this.classes = classes;
        this.perClass = perClass;
    }

    /** So many vectors of each class, which stand for its rows. */
    static ImprintedMemory ofClasses(String name, int classes, int perClass, int width) {
        return new ImprintedMemory(StoredMemory.learned(name, (long) classes * perClass, width), classes, perClass);
    }

    /** So many vectors that stand for any row. */
    static ImprintedMemory ofAny(String name, int count, int width) {
        return new ImprintedMemory(StoredMemory.learned(name, count, width), 0, count);
    }

    @Override
    public String name() {
        return vectors.name();
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        vectors.declare(builder);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        vectors.start(parameters, seed);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        Tensor stored = parameters.array(PREFIX + name());
        float[] lengths = stored.norm(1, false).toFloats();
        imprinting = false;
        for (float length : lengths) {
            imprinting |= length == 0;
        }
        return (imprinting ? imprinted(stored, lengths, views) : stored).multiply(FASTER);
    }

    private Tensor imprinted(Tensor stored, float[] lengths, Views views) {
        View first = views.list().get(0);
        float[][] rows = first.values().normalize(1).toRows();
        float[][] values = stored.toRows();
        int[] labels = classes > 0 ? Memories.labels(views) : new int[0];
        int next = 0;
        for (int i = 0; i < rows.length; i++) {
            int from = classes > 0 ? labels[i] * perClass : next;
            int to = classes > 0 ? from + perClass : lengths.length;
            for (int k = from; k < to; k++) {
                if (lengths[k] == 0) {
                    lengths[k] = 1;
                    for (int f = 0; f < rows[i].length; f++) {
                        values[k][f] = rows[i][f] / FASTER;
                    }
                    next = k + 1;
                    break;
                }
            }
        }
        return Tensor.of(values);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {
        Tensor becomes = left;
        if (becomes == null && imprinting) {
            becomes = Objects.requireNonNull(views.memories().get(name()));
        }
        if (becomes != null) {
            parameters.array(PREFIX + name()).copyInPlace(becomes.divide(FASTER));
        }
    }
}
