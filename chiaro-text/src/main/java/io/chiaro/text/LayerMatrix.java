package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
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

    private final String inLayer;

    LayerMatrix(String inLayer) {
        this.inLayer = inLayer;
    }

    static LayerMatrix named(String name) {
        List<String> valid = Arrays.stream(values()).map(LayerMatrix::kebab).toList();
        int found = valid.indexOf(name);
        if (found < 0) {
            throw ChiaroException.usage("set lora-on: unknown name \"" + name + "\". " + Names.hint(name, valid));
        }
        return values()[found];
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
