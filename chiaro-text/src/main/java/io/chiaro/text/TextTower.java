package io.chiaro.text;

import io.chiaro.model.Pooling;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * An encoder with its pooling: packed texts in, one vector a text out. Vectors are not normalised; that belongs to the
 * similarity in training and to the model file in use.
 *
 * <p>Not thread-safe. Closing it closes the encoder.
 */
public final class TextTower implements Encoder<PackedSequences> {

    private final BertEncoder encoder;
    private final List<Pooling> poolings;

    /** A tower of an encoder and one or more poolings, whose results are joined in this order. */
    public TextTower(BertEncoder encoder, List<Pooling> poolings) {
        if (poolings.isEmpty()) {
            throw new IllegalArgumentException("TextTower: at least one pooling is needed");
        }
        this.encoder = encoder;
        this.poolings = List.copyOf(poolings);
    }

    @Override
    public Pass forward(PackedSequences packed, Dropout dropout) {
        BertEncoder.States states = encoder.forward(packed, dropout);
        Tensor pooled = pool(states.tensor(), packed).indexSelect(0, Tensor.indices(packed.places()));
        return new Pass() {
            @Override
            public Tensor output() {
                return pooled;
            }

            @Override
            public void backward(Tensor gradient) {
                pooled.backward(gradient);
                states.finishBackward();
            }
        };
    }

    /** [tokens, hidden] to [texts, dimension], texts in packed order. */
    Tensor pool(Tensor states, PackedSequences packed) {
        List<Tensor> parts = states.split(0, packed.groupTokens());
        List<Tensor> pooled = new ArrayList<>(parts.size());
        for (int g = 0; g < parts.size(); g++) {
            PackedSequences.Group group = packed.groups().get(g);
            Tensor texts = parts.get(g)
                    .reshape(group.sequences(), group.length(), encoder.config().hiddenSize());
            List<Tensor> each = poolings.stream()
                    .map(pooling -> pool(texts, pooling, group.length()))
                    .toList();
            pooled.add(each.size() == 1 ? each.get(0) : Tensor.concatenate(each, 1));
        }
        return pooled.size() == 1 ? pooled.get(0) : Tensor.concatenate(pooled, 0);
    }

    /** [texts, length, hidden] to [texts, hidden]; the formulas stand at {@link Pooling}. */
    private static Tensor pool(Tensor texts, Pooling pooling, int length) {
        return switch (pooling) {
            case CLS -> texts.select(1, 0);
            case LAST -> texts.select(1, length - 1);
            case MAX -> texts.max(1, false);
            case MEAN -> texts.mean(1, false);
            case MEAN_SQRT -> texts.sum(1, false).divide(Math.sqrt(length));
            case WEIGHTED_MEAN -> {
                float[] weights = new float[length];
                for (int t = 0; t < length; t++) {
                    weights[t] = (t + 1) / (length * (length + 1) / 2f);
                }
                yield texts.multiply(Tensor.of(weights, 1, length, 1)).sum(1, false);
            }
        };
    }

    /** The encoder inside. */
    public BertEncoder encoder() {
        return encoder;
    }

    /** How token states become one vector. */
    public List<Pooling> poolings() {
        return poolings;
    }

    /** The length of a vector. */
    public int dimension() {
        return poolings.size() * encoder.config().hiddenSize();
    }

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }

    @Override
    public Coupling coupling() {
        return Coupling.SEPARABLE;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
