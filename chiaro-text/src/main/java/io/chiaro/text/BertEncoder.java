package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.TransformerLayer;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * An encoder of the BERT family (Devlin et al., 2019): the sum of token, position and type embeddings, normalised, then
 * transformer layers. It works on packed texts and gives one state a token.
 *
 * <p>The rows of the embedding tables are looked up outside the recorded graph, and their gradients are added to the rows
 * that occurred: the table is half of a small encoder, and a batch meets few of its rows.
 *
 * <p>Not thread-safe. Closing it releases its parameters.
 */
public final class BertEncoder implements AutoCloseable {

    static final String TOKENS = "embeddings.word_embeddings.weight";
    static final String POSITIONS = "embeddings.position_embeddings.weight";
    static final String TYPES = "embeddings.token_type_embeddings.weight";
    private static final String EMBEDDING_SCALE = "embeddings.LayerNorm.weight";
    private static final String EMBEDDING_SHIFT = "embeddings.LayerNorm.bias";

    private final BertConfig config;
    private final ParameterStore parameters;
    private final List<TransformerLayer> layers = new ArrayList<>();
    private final Parameter tokenTable;
    private final Parameter positionTable;
    private final Parameter typeTable;
    private final Optional<SoftPrompt> prompt;

    private BertEncoder(BertConfig config, ParameterStore parameters, int firstOfPrompt) {
        this.config = config;
        this.parameters = parameters;
        this.prompt = SoftPrompt.of(parameters, firstOfPrompt);
        this.tokenTable = parameters.parameter(TOKENS);
        this.positionTable = parameters.parameter(POSITIONS);
        this.typeTable = parameters.parameter(TYPES);
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new TransformerLayer(parameters, layerPrefix(i), layerShape(config)));
        }
    }

    /** An encoder whose numbers are all zero, to be filled from weights. */
    public static BertEncoder create(BertConfig config) {
        return create(config, builder -> {});
    }

    /** An encoder whose numbers are all zero; more parameters, such as a training head's, may be declared beside its own. */
    static BertEncoder create(BertConfig config, Consumer<ParameterStore.Builder> more) {
        return create(config, config.vocabularySize(), more);
    }

    /**
     * As {@link #create(BertConfig, Consumer)}, for an encoder that may have a {@link SoftPrompt}.
     *
     * @param firstOfPrompt id of the first token of the prompt, if one is declared
     */
    static BertEncoder create(BertConfig config, int firstOfPrompt, Consumer<ParameterStore.Builder> more) {
        ParameterStore.Builder builder = ParameterStore.builder("encoder");
        builder.add(TOKENS, Kind.TABLE, config.vocabularySize(), config.hiddenSize())
                .add(POSITIONS, Kind.TABLE, config.maxPositions(), config.hiddenSize())
                .add(TYPES, Kind.TABLE, config.typeVocabularySize(), config.hiddenSize())
                .add(EMBEDDING_SCALE, Kind.UNDECAYED, config.hiddenSize())
                .add(EMBEDDING_SHIFT, Kind.UNDECAYED, config.hiddenSize());
        for (int i = 0; i < config.layers(); i++) {
            TransformerLayer.declare(builder, layerPrefix(i), layerShape(config));
        }
        more.accept(builder);
        return new BertEncoder(config, builder.create(), firstOfPrompt);
    }

    static String layerPrefix(int layer) {
        return "encoder.layer." + layer + ".";
    }

    static TransformerLayer.Shape layerShape(BertConfig config) {
        return new TransformerLayer.Shape(
                config.hiddenSize(),
                config.heads(),
                config.intermediateSize(),
                config.layerNormEpsilon(),
                config.domains().size());
    }

    /**
     * Draws fresh parameters for the arrays of some names: matrices and tables normal with the config's standard deviation, scales one, shifts zero. Each
     * array has a stream of its own, so that its numbers do not depend on the order or on other arrays; experts begin as copies of each other.
     */
    static void initialize(ParameterStore parameters, Predicate<String> which, double standardDeviation, long seed) {
        parameters.named().forEach((name, array) -> {
            if (!which.test(name)) {
                return;
            }
            float[] values = new float[Math.toIntExact(array.count())];
            if (name.endsWith("LayerNorm.weight")) {
                java.util.Arrays.fill(values, 1f);
            } else if (!name.endsWith(".bias")) {
                RandomStream random = RandomStream.of(seed, "initialize " + BertWeightNames.withoutExpert(name));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (standardDeviation * random.nextGaussian());
                }
            }
            array.put(values);
        });
    }

    /** Sets an array of the store, or of the token table the rows that are not of a new soft prompt, which was never saved. */
    void fill(String name, float[] values) {
        Tensor array = parameters.array(name);
        if (name.equals(TOKENS)) {
            array.put(0, values, 0, values.length);
        } else {
            array.put(values);
        }
    }

    /** The encoder's shape. */
    public BertConfig config() {
        return config;
    }

    /** What is trained. */
    public ParameterStore parameters() {
        return parameters;
    }

    /** The table of token embeddings, for output layers that share it. */
    Parameter tokenTable() {
        return tokenTable;
    }

    /** The vectors that are learned before every text, if there are any. */
    Optional<SoftPrompt> prompt() {
        return prompt;
    }

    /** The layers, first to last, for decoders that share them. */
    List<TransformerLayer> layers() {
        return layers;
    }

    /** The canonical names of the encoder's own arrays, without those of a training head. */
    List<String> arrayNames() {
        return parameters.named().keySet().stream()
                .filter(name -> name.startsWith("embeddings.") || name.startsWith("encoder."))
                .toList();
    }

    /** A run over packed texts, with the leaf into which the gradient of the embedding rows flows. */
    final class States {

        private final PackedSequences packed;
        private final Tensor rows;
        private final Tensor states;

        private States(PackedSequences packed, Tensor rows, Tensor states) {
            this.packed = packed;
            this.rows = rows;
            this.states = states;
        }

        /** [tokens, hidden], in packed order. */
        Tensor tensor() {
            return states;
        }

        /** After a backward pass through {@link #tensor}: adds the gradients of the looked-up rows to their tables. */
        void finishBackward() {
            Tensor gradient = rows.gradient();
            if (gradient == null) {
                return;
            }
            parameters.addRowGradients(tokenTable, packed.ids(), gradient);
            parameters.addRowGradients(positionTable, packed.positions(), gradient);
            if (packed.types().length > 0) {
                parameters.addRowGradients(typeTable, packed.types(), gradient);
                return;
            }
            try (Scope scope = Scope.open("type gradient");
                    Grad off = Grad.disabled()) {
                parameters.addRowGradients(typeTable, new int[] {0}, gradient.sum(0, true));
            }
        }
    }

    /** The sum of the three embeddings of each token, normalised: what enters the first layer. */
    States embed(PackedSequences packed, Dropout dropout) {
        Tensor rows = lookUp(packed);
        if (Grad.isEnabled() && tokenTable.kind() != Kind.FROZEN) {
            rows = rows.leaf();
        }
        Tensor scale = parameters.parameter(EMBEDDING_SCALE).value();
        Tensor shift = parameters.parameter(EMBEDDING_SHIFT).value();
        Tensor entering = prompt.isEmpty() ? rows : rows.add(prompt.get().of(packed.ids()));
        Tensor states = dropout.apply(entering.layerNorm(scale, shift, config.layerNormEpsilon()));
        return new States(packed, rows, states);
    }

    private Tensor lookUp(PackedSequences packed) {
        int longest = packed.groups().get(packed.groups().size() - 1).length();
        if (longest > config.maxPositions()) {
            throw new IllegalArgumentException("BertEncoder: a text of " + longest + " tokens is longer than the "
                    + config.maxPositions() + " positions of the encoder");
        }
        try (Scope scope = Scope.open("look up");
                Grad off = Grad.disabled()) {
            Tensor rows = tokenTable.value().detach().indexSelect(0, Tensor.indices(packed.ids()));
            rows.addInPlace(positionTable.value().detach().indexSelect(0, Tensor.indices(packed.positions())));
            Tensor types = typeTable.value().detach();
            rows.addInPlace(
                    packed.types().length > 0
                            ? types.indexSelect(0, Tensor.indices(packed.types()))
                            : types.select(0, 0));
            return scope.escape(rows);
        }
    }

    /** The states of all tokens after the last layer. */
    States forward(PackedSequences packed, Dropout dropout) {
        List<States> all = statesOfLayers(packed, dropout);
        return all.get(all.size() - 1);
    }

    /** What enters the first layer, then the states of all tokens after each layer. A backward pass is finished once, by any of them. */
    List<States> statesOfLayers(PackedSequences packed, Dropout dropout) {
        Dropout masks = dropout.over(packed.order(), packed.lengths());
        States embedded = embed(packed, masks);
        List<States> all = new ArrayList<>();
        all.add(embedded);
        Tensor states = embedded.states;
        for (TransformerLayer layer : layers) {
            states = layer.forward(states, packed, masks);
            all.add(new States(packed, embedded.rows, states));
        }
        return all;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
