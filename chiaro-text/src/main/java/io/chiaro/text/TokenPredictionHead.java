package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * Predicts a token from a state (Devlin et al., 2019, appendix A.1): a layer with GELU and normalisation, then the product
 * with the table of token embeddings, which it shares with the encoder.
 */
final class TokenPredictionHead {

    private static final String PREFIX = "head.prediction.";
    private static final String IN_FILE = "cls.predictions.";

    /** So far above zero that GELU changes nothing five standard deviations below. */
    private static final float IDENTITY_OF_GELU = 8;

    private final ParameterStore parameters;
    private final Parameter tokenTable;
    private final double epsilon;

    TokenPredictionHead(BertEncoder encoder) {
        this.parameters = encoder.parameters();
        this.tokenTable = encoder.tokenTable();
        this.epsilon = encoder.config().layerNormEpsilon();
    }

    static void declare(ParameterStore.Builder builder, BertConfig config) {
        builder.add(PREFIX + "dense.weight", Kind.WEIGHT, config.hiddenSize(), config.hiddenSize())
                .add(PREFIX + "dense.bias", Kind.UNDECAYED, config.hiddenSize())
                .add(PREFIX + "LayerNorm.weight", Kind.UNDECAYED, config.hiddenSize())
                .add(PREFIX + "LayerNorm.bias", Kind.UNDECAYED, config.hiddenSize())
                .add(PREFIX + "output.bias", Kind.UNDECAYED, config.vocabularySize());
    }

    /**
     * The sum over tokens of -log p(target).
     *
     * @param states [n, hidden]
     * @param targets [n] token ids
     */
    Tensor loss(Tensor states, int[] targets) {
        Tensor scores = scores(states);
        Tensor ofTarget = scores.gather(1, Tensor.indices(targets).reshape(targets.length, 1));
        return scores.logSumExp(1, true).subtract(ofTarget).sum();
    }

    /**
     * The scores of all tokens of the vocabulary.
     *
     * @param states [n, hidden]
     * @return [n, vocabulary]
     */
    Tensor scores(Tensor states) {
        parameters.touchAllRows(tokenTable);
        Tensor hidden = states.linear(value("dense.weight"), value("dense.bias"))
                .gelu()
                .layerNorm(value("LayerNorm.weight"), value("LayerNorm.bias"), epsilon);
        return hidden.linear(tokenTable.value(), value("output.bias"));
    }

    /**
     * Fills the head so that its scores are scale p E_j + bias_j, where p is a linear map of the state, less the mean of its numbers and of length one.
     * A constant moves the layer's numbers to where GELU is the identity, and the normalisation takes it out again.
     *
     * @param map [hidden, hidden], which gives numbers of a standard deviation of about one
     * @param shift [hidden]
     * @param bias [vocabulary]
     */
    void fillLinear(float[] map, float[] shift, double scale, float[] bias) {
        float[] moved = new float[shift.length];
        float[] scales = new float[shift.length];
        for (int i = 0; i < shift.length; i++) {
            moved[i] = shift[i] + IDENTITY_OF_GELU;
            scales[i] = (float) (scale / Math.sqrt(shift.length));
        }
        parameters.array(PREFIX + "dense.weight").put(map);
        parameters.array(PREFIX + "dense.bias").put(moved);
        parameters.array(PREFIX + "LayerNorm.weight").put(scales);
        parameters.array(PREFIX + "LayerNorm.bias").put(new float[shift.length]);
        parameters.array(PREFIX + "output.bias").put(bias);
    }

    /** The name that a {@code BertForMaskedLM} gives a parameter of the head. */
    static String inFile(String name) {
        return IN_FILE
                + (name.equals(PREFIX + "output.bias") ? "bias" : "transform." + name.substring(PREFIX.length()));
    }

    /** The head's parameters. */
    static List<String> names() {
        return Stream.of("dense.weight", "dense.bias", "LayerNorm.weight", "LayerNorm.bias", "output.bias")
                .map(name -> PREFIX + name)
                .toList();
    }

    private Tensor value(String name) {
        return parameters.parameter(PREFIX + name).value();
    }
}
