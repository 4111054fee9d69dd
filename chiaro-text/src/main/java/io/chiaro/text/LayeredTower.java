package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.BertConfig;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.Encoder;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A tower that gives beside the vector of a text those that it would have if the encoder ended earlier: [texts, (1 + earlier)
 * dimension], of the last layer first, then of the layers before it, the nearest first.
 *
 * <p>Not thread-safe. Closing it does nothing: the tower inside belongs to its model.
 */
final class LayeredTower implements Encoder<PackedSequences> {

    private final TextTower tower;
    private final int earlier;

    /**
     * A tower with so many earlier layers.
     *
     * @throws ChiaroException of kind usage if the encoder has fewer
     */
    LayeredTower(TextTower tower, int earlier) {
        refuseTooMany(earlier, tower.encoder().config());
        this.tower = tower;
        this.earlier = earlier;
    }

    /**
     * Refuses more layers than there are before the last one.
     *
     * @throws ChiaroException of kind usage
     */
    static void refuseTooMany(int earlier, BertConfig config) {
        int most = config.layers() - 1;
        if (earlier > most) {
            throw ChiaroException.usage("set layers: expected at most " + most
                    + ", the layers before the last one of the encoder, but found " + earlier + ". Take fewer.");
        }
    }

    @Override
    public Pass forward(PackedSequences packed, Dropout dropout) {
        List<BertEncoder.States> layers = tower.encoder().statesOfLayers(packed, dropout);
        int last = layers.size() - 1;
        List<Tensor> pooled = new ArrayList<>();
        for (int before = 0; before <= earlier; before++) {
            pooled.add(tower.pool(layers.get(last - before).tensor(), packed));
        }
        Tensor rows = Tensor.concatenate(pooled, 1).indexSelect(0, Tensor.indices(packed.places()));
        return new Pass() {
            @Override
            public Tensor output() {
                return rows;
            }

            @Override
            public void backward(Tensor gradient) {
                rows.backward(gradient);
                layers.get(last).finishBackward();
            }
        };
    }

    @Override
    public ParameterStore parameters() {
        return tower.parameters();
    }

    @Override
    public Coupling coupling() {
        return tower.coupling();
    }

    @Override
    public void close() {}
}
