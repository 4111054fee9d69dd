package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.nn.LowRankUpdate;
import io.chiaro.tensor.ParameterStore;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A matrix that every layer of an encoder has. */
enum LayerMatrix {
    QUERY("attention.self.query.weight"),
    KEY("attention.self.key.weight"),
    VALUE("attention.self.value.weight"),
    ATTENTION_OUTPUT("attention.output.dense.weight"),
    INNER("intermediate.dense.weight"),
    OUTER("output.dense.weight");

    /** Those that have updates unless told otherwise (Hu et al., section 4.2). */
    static final List<String> USUAL = List.of(QUERY.kebab(), VALUE.kebab());

    private final String inLayer;

    LayerMatrix(String inLayer) {
        this.inLayer = inLayer;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(LayerMatrix::kebab).toList();
    }

    /** One of {@link #names}. */
    static LayerMatrix named(String name) {
        return values()[names().indexOf(name)];
    }

    private String kebab() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Declares a low-rank update of this matrix in every layer. */
    void declareUpdates(ParameterStore.Builder builder, BertConfig config, int rank) {
        int outputs = this == INNER ? config.intermediateSize() : config.hiddenSize();
        int inputs = this == OUTER ? config.intermediateSize() : config.hiddenSize();
        for (int layer = 0; layer < config.layers(); layer++) {
            LowRankUpdate.declare(builder, BertEncoder.layerPrefix(layer) + inLayer, outputs, inputs, rank);
        }
    }
}
