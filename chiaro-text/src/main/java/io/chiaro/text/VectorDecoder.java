package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.TransformerLayer;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;

/**
 * A decoder that writes a text from one vector. It shares the encoder's layers, in which a token sees itself and those before it; its
 * attention to the vector is new.
 *
 * <p>Attention to a single vector s has weight one whatever the query, so softmax(q k^T) v is v = W_v s, and the sub-layer
 * is {@code LayerNorm(x + dropout(W_o W_v s))}: queries and keys would have no effect and are left out.
 */
final class VectorDecoder {

    private static final String PREFIX = "head.decoder.layer.";

    private final BertEncoder encoder;
    private final TokenPredictionHead head;

    /** The decoder of an encoder that was created with {@link #declare}. */
    VectorDecoder(BertEncoder encoder) {
        this.encoder = encoder;
        this.head = new TokenPredictionHead(encoder);
    }

    /** @param dimension of the vectors that it writes from */
    static void declare(ParameterStore.Builder builder, BertConfig config, int dimension) {
        TokenPredictionHead.declare(builder, config);
        int hidden = config.hiddenSize();
        for (int i = 0; i < config.layers(); i++) {
            builder.add(PREFIX + i + ".value.weight", Kind.WEIGHT, hidden, dimension)
                    .add(PREFIX + i + ".value.bias", Kind.UNDECAYED, hidden)
                    .add(PREFIX + i + ".output.weight", Kind.WEIGHT, hidden, hidden)
                    .add(PREFIX + i + ".output.bias", Kind.UNDECAYED, hidden)
                    .add(PREFIX + i + ".LayerNorm.weight", Kind.UNDECAYED, hidden)
                    .add(PREFIX + i + ".LayerNorm.bias", Kind.UNDECAYED, hidden);
        }
    }

    /**
     * The sum over tokens of -log p(next token).
     *
     * @param embedded the embeddings of the texts without their last token
     * @param packed the same texts
     * @param vectors one for each text, in packed order
     * @param next the token behind each, in packed order
     */
    Tensor loss(Tensor embedded, PackedSequences packed, Tensor vectors, int[] next, Dropout masks) {
        return head.loss(decode(embedded, vectors, packed, masks), next);
    }

    private Tensor decode(Tensor embedded, Tensor vectors, PackedSequences packed, Dropout masks) {
        Tensor sequenceOfToken = Tensor.indices(packed.sequenceOfToken());
        Tensor states = embedded;
        for (int i = 0; i < encoder.layers().size(); i++) {
            TransformerLayer layer = encoder.layers().get(i);
            Tensor attended = layer.attend(states, packed, masks, true);
            Tensor told = vectors.linear(value(i, "value.weight"), value(i, "value.bias"))
                    .linear(value(i, "output.weight"), value(i, "output.bias"))
                    .indexSelect(0, sequenceOfToken);
            Tensor crossed = masks.addTo(attended, told)
                    .layerNorm(
                            value(i, "LayerNorm.weight"),
                            value(i, "LayerNorm.bias"),
                            encoder.config().layerNormEpsilon());
            states = layer.feedForward(crossed, masks);
        }
        return states;
    }

    private Tensor value(int layer, String name) {
        return encoder.parameters().parameter(PREFIX + layer + "." + name).value();
    }
}
