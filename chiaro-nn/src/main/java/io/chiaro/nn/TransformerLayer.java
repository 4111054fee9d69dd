package io.chiaro.nn;

import io.chiaro.core.ChiaroException;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One layer of an encoder (Vaswani et al., 2017, section 3.1; Devlin et al., 2019), with the normalisation after each
 * sub-layer:
 *
 * <pre>
 * a = LayerNorm(x + dropout(W_o attention(W_q x, W_k x, W_v x)))
 * y = LayerNorm(a + dropout(W_2 gelu(W_1 a)))
 * </pre>
 *
 * <p>A layer may have several feed-forward parts, W_1 and W_2 with their biases, one for each domain of texts; the rest is shared. Which one
 * a text takes is told and not learned ({@link PackedSequences#withExpert}; Hallee et al., "Contrastive learning and mixture of experts
 * enables precise vector embeddings", 2024).
 *
 * <p>Queries, keys and values come from one product. Sequences of equal length share one call of attention, so that it too
 * computes nothing on padding.
 */
public final class TransformerLayer {

    /**
     * The sizes of a layer.
     *
     * @param hiddenSize width of a token state
     * @param heads attention heads; divides hiddenSize
     * @param intermediateSize width between W_1 and W_2
     * @param epsilon added to the variance in normalisation
     * @param experts feed-forward parts of which each text takes one; 0 for one that all texts share
     */
    public record Shape(int hiddenSize, int heads, int intermediateSize, double epsilon, int experts) {

        /** A layer that all texts share. */
        public Shape(int hiddenSize, int heads, int intermediateSize, double epsilon) {
            this(hiddenSize, heads, intermediateSize, epsilon, 0);
        }

        /** What stands before the names of each feed-forward part. */
        private List<String> feedForward(String prefix) {
            return experts == 0
                    ? List.of(prefix)
                    : IntStream.range(0, experts)
                            .mapToObj(expert -> prefix + "experts." + expert + ".")
                            .toList();
        }
    }

    private static final List<String> PROJECTIONS = List.of("query", "key", "value");

    private final Shape shape;
    private final Linear projection;
    private final Linear attentionOutput;
    private final Tensor attentionScale;
    private final Tensor attentionShift;
    private final List<Linear> inner;
    private final List<Linear> outer;
    private final Tensor outputScale;
    private final Tensor outputShift;

    /** The layer whose parameters were declared under this prefix. */
    public TransformerLayer(ParameterStore parameters, String prefix, Shape shape) {
        this.shape = shape;
        this.projection = new Linear(parameters, projections(prefix, "weight"), projections(prefix, "bias"));
        this.attentionOutput = dense(parameters, prefix + "attention.output.dense");
        this.attentionScale = value(parameters, prefix + "attention.output.LayerNorm.weight");
        this.attentionShift = value(parameters, prefix + "attention.output.LayerNorm.bias");
        this.inner = shape.feedForward(prefix).stream()
                .map(part -> dense(parameters, part + "intermediate.dense"))
                .toList();
        this.outer = shape.feedForward(prefix).stream()
                .map(part -> dense(parameters, part + "output.dense"))
                .toList();
        this.outputScale = value(parameters, prefix + "output.LayerNorm.weight");
        this.outputShift = value(parameters, prefix + "output.LayerNorm.bias");
    }

    /** Declares the parameters of a layer, under the names of a Hugging Face BERT. */
    public static void declare(ParameterStore.Builder builder, String prefix, Shape shape) {
        int hidden = shape.hiddenSize();
        int intermediate = shape.intermediateSize();
        builder.addFused(projections(prefix, "weight"), Kind.WEIGHT, hidden, hidden)
                .addFused(projections(prefix, "bias"), Kind.UNDECAYED, hidden)
                .add(prefix + "attention.output.dense.weight", Kind.WEIGHT, hidden, hidden)
                .add(prefix + "attention.output.dense.bias", Kind.UNDECAYED, hidden)
                .add(prefix + "attention.output.LayerNorm.weight", Kind.UNDECAYED, hidden)
                .add(prefix + "attention.output.LayerNorm.bias", Kind.UNDECAYED, hidden);
        for (String part : shape.feedForward(prefix)) {
            builder.add(part + "intermediate.dense.weight", Kind.WEIGHT, intermediate, hidden)
                    .add(part + "intermediate.dense.bias", Kind.UNDECAYED, intermediate)
                    .add(part + "output.dense.weight", Kind.WEIGHT, hidden, intermediate)
                    .add(part + "output.dense.bias", Kind.UNDECAYED, hidden);
        }
        builder.add(prefix + "output.LayerNorm.weight", Kind.UNDECAYED, hidden)
                .add(prefix + "output.LayerNorm.bias", Kind.UNDECAYED, hidden);
    }

    private static List<String> projections(String prefix, String kind) {
        return PROJECTIONS.stream()
                .map(name -> prefix + "attention.self." + name + "." + kind)
                .toList();
    }

    private static Linear dense(ParameterStore parameters, String name) {
        return new Linear(parameters, name + ".weight", name + ".bias");
    }

    private static Tensor value(ParameterStore parameters, String name) {
        Parameter parameter = parameters.parameter(name);
        return parameter.value();
    }

    /**
     * The states after this layer.
     *
     * @param states [tokens, hidden]
     * @return [tokens, hidden]
     */
    public Tensor forward(Tensor states, PackedSequences packed, Dropout dropout) {
        return feedForward(attend(states, packed, dropout, false), packed.expert(), dropout);
    }

    /** The first sub-layer; a causal one lets each token see only itself and those before it. */
    public Tensor attend(Tensor states, PackedSequences packed, Dropout dropout, boolean causal) {
        Tensor context = selfAttention(projection.apply(states), packed, causal);
        Tensor mixed = attentionOutput.apply(context);
        return dropout.addTo(states, mixed).layerNorm(attentionScale, attentionShift, shape.epsilon());
    }

    /** The second sub-layer, of a layer that all texts share. */
    public Tensor feedForward(Tensor states, Dropout dropout) {
        return feedForward(states, PackedSequences.NO_EXPERT, dropout);
    }

    /** The second sub-layer of texts that take an expert. A layer that all share has no other way. */
    private Tensor feedForward(Tensor states, int expert, Dropout dropout) {
        int part = shape.experts() == 0 ? 0 : expert;
        if (part < 0 || part >= inner.size()) {
            throw ChiaroException.usage(
                    "domain: expected one of the " + inner.size()
                            + " that this model has experts for, but the texts have none. Name it, or export the model of a domain.");
        }
        Tensor activated = inner.get(part).apply(states).gelu();
        return dropout.addTo(states, outer.get(part).apply(activated))
                .layerNorm(outputScale, outputShift, shape.epsilon());
    }

    /** Attention of each sequence to itself: [tokens, 3 hidden] to [tokens, hidden]. */
    private Tensor selfAttention(Tensor projected, PackedSequences packed, boolean causal) {
        List<PackedSequences.Group> groups = packed.groups();
        List<Tensor> parts = projected.split(0, packed.groupTokens());
        List<Tensor> contexts = new ArrayList<>(parts.size());
        int headSize = shape.hiddenSize() / shape.heads();
        for (int g = 0; g < parts.size(); g++) {
            PackedSequences.Group group = groups.get(g);
            List<Tensor> three = parts.get(g)
                    .reshape(group.sequences(), group.length(), 3, shape.heads(), headSize)
                    .unbind(2);
            Tensor queries = three.get(0).transpose(1, 2);
            Tensor keys = three.get(1).transpose(1, 2);
            Tensor values = three.get(2).transpose(1, 2);
            Tensor context = causal ? queries.causalAttention(keys, values) : queries.attention(keys, values);
            contexts.add(context.transpose(1, 2).reshape(group.tokens(), shape.hiddenSize()));
        }
        return contexts.size() == 1 ? contexts.get(0) : Tensor.concatenate(contexts, 0);
    }
}
