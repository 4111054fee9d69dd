package io.chiaro.text;

import io.chiaro.model.BertConfig;
import io.chiaro.nn.Dropout;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;

/**
 * One number, or one for each class, from the state h of the first token, as the head of a {@code BertForSequenceClassification} makes it
 * (Devlin et al., 2019, section 4.1; Nogueira and Cho, "Passage Re-ranking with BERT", 2019, section 3):
 *
 * <pre>
 * s = V dropout(tanh(W h + b)) + c
 * </pre>
 */
final class ScoringHead {

    private static final String POOLER = "pooler.dense.";
    private static final String CLASSIFIER = "classifier.";

    private final ParameterStore parameters;

    /** The head whose parameters were declared in this store. */
    ScoringHead(ParameterStore parameters) {
        this.parameters = parameters;
    }

    /** @param outputs numbers that a state becomes */
    static void declare(ParameterStore.Builder builder, BertConfig config, int outputs) {
        int hidden = config.hiddenSize();
        builder.add(POOLER + "weight", Kind.WEIGHT, hidden, hidden)
                .add(POOLER + "bias", Kind.UNDECAYED, hidden)
                .add(CLASSIFIER + "weight", Kind.WEIGHT, outputs, hidden)
                .add(CLASSIFIER + "bias", Kind.UNDECAYED, outputs);
    }

    /**
     * The numbers of states.
     *
     * @param states [n, hidden]
     * @param dropout of one pass, announced for as many items
     * @param order which item each state belongs to
     * @return [n, outputs]
     */
    Tensor score(Tensor states, Dropout dropout, int[] order) {
        int[] ones = new int[order.length];
        Arrays.fill(ones, 1);
        Tensor pooled =
                states.linear(value(POOLER + "weight"), value(POOLER + "bias")).tanh();
        return dropout.apart("head")
                .over(order, ones)
                .apply(pooled)
                .linear(value(CLASSIFIER + "weight"), value(CLASSIFIER + "bias"));
    }

    private Tensor value(String name) {
        return parameters.parameter(name).value();
    }
}
