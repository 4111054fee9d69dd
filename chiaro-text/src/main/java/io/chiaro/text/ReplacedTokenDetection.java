package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.TransformerLayer;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A discriminator is shown the embedding of a text and an edited copy of the text, and says of each token whether it was
 * replaced; an embedding that tells it is one that notices small edits (Chuang et al., "DiffCSE: Difference-based Contrastive
 * Learning for Sentence Embeddings", NAACL 2022, section 3). With h the embedding of x, x' the edited text, D the discriminator's
 * logit and y = 1 where a token of x' differs from that of x:
 *
 * <pre>
 * L = mean over ordinary tokens t of the batch of  softplus(D(x', h)_t) - y_t D(x', h)_t
 * value of the step = contrast + weight L
 * </pre>
 *
 * <p>D has transformer layers of its own, which begin as the encoder's first ones. Its input are the encoder's token embeddings of x',
 * held fixed, and in place of the first token's a projection of h: so the encoder learns from L through h alone. Edits are drawn
 * by {@link ReplacementTokens}, where the paper has a frozen masked language model.
 *
 * <p>Which tokens are replaced, and with what, depends on the step and on the text's place in the batch, not on its chunk.
 */
final class ReplacedTokenDetection implements AuxiliaryTerm<PackedSequences> {

    /** As {@code --set auxiliary=} names it. */
    static final String NAME = "replaced-token-detection";

    private static final String PREFIX = "head.discriminator.";

    /**
     * How it is done.
     *
     * @param weight of the term, 0.005 in the paper
     * @param share of the tokens that are drawn anew, 0.3 in the paper
     * @param layers of the discriminator
     * @param dropout inside it
     */
    record Settings(double weight, double share, int layers, double dropout) {}

    private final BertEncoder encoder;
    private final Tokenizer tokenizer;
    private final ReplacementTokens replacements;
    private final Settings settings;
    private final List<TransformerLayer> layers = new ArrayList<>();

    /** The term beside an encoder that was created with {@link #declare}. */
    ReplacedTokenDetection(
            BertEncoder encoder, Tokenizer tokenizer, ReplacementTokens replacements, Settings settings) {
        this.encoder = encoder;
        this.tokenizer = tokenizer;
        this.replacements = replacements;
        this.settings = settings;
        for (int i = 0; i < settings.layers(); i++) {
            layers.add(new TransformerLayer(
                    encoder.parameters(), layerPrefix(i), BertEncoder.layerShape(encoder.config())));
        }
    }

    private static String layerPrefix(int layer) {
        return PREFIX + "layer." + layer + ".";
    }

    /**
     * Declares its parameters.
     *
     * @param dimension of an embedding
     * @param layers of the discriminator, at most those of the encoder
     */
    static void declare(ParameterStore.Builder builder, BertConfig config, int dimension, int layers) {
        int hidden = config.hiddenSize();
        builder.add(PREFIX + "sentence.weight", Kind.WEIGHT, hidden, dimension)
                .add(PREFIX + "sentence.bias", Kind.UNDECAYED, hidden);
        for (int i = 0; i < layers; i++) {
            TransformerLayer.declare(builder, layerPrefix(i), BertEncoder.layerShape(config));
        }
        builder.add(PREFIX + "dense.weight", Kind.WEIGHT, hidden, hidden)
                .add(PREFIX + "dense.bias", Kind.UNDECAYED, hidden)
                .add(PREFIX + "verdict.weight", Kind.WEIGHT, 1, hidden)
                .add(PREFIX + "verdict.bias", Kind.UNDECAYED, 1);
    }

    /** Makes its layers equal to the first ones of the encoder. */
    void start() {
        ParameterStore parameters = encoder.parameters();
        try (Grad off = Grad.disabled()) {
            for (int i = 0; i < settings.layers(); i++) {
                String own = layerPrefix(i);
                String model = BertEncoder.layerPrefix(i);
                parameters.named().forEach((name, array) -> {
                    if (name.startsWith(own)) {
                        array.copyInPlace(parameters.array(model + name.substring(own.length())));
                    }
                });
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    /** The edited texts of a chunk and the places of the originals in the batch. */
    private record Edits(List<ReplacementTokens.Edited> texts, int[] places) {

        int judged() {
            int count = 0;
            for (ReplacementTokens.Edited text : texts) {
                for (boolean each : text.judged()) {
                    count += each ? 1 : 0;
                }
            }
            return count;
        }
    }

    @Override
    public Found accumulate(Batch<PackedSequences> batch, Map<Integer, Tensor> embeddings, long address) {
        List<Edits> chunks = new ArrayList<>();
        int judged = 0;
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            Edits edits = edits(chunk, batch.rows(), embeddings, address);
            if (edits.judged() > 0) {
                chunks.add(edits);
                judged += edits.judged();
            }
        }
        List<Integer> columns = new ArrayList<>(embeddings.keySet());
        Tensor vectors;
        Tensor gradients;
        try (Grad off = Grad.disabled()) {
            vectors = Tensor.concatenate(
                    columns.stream()
                            .map(column -> Objects.requireNonNull(embeddings.get(column)))
                            .toList(),
                    0);
            gradients = vectors.multiply(0);
        }
        double value = 0;
        for (Edits edits : chunks) {
            int[] rows = Arrays.stream(edits.places())
                    .map(place -> columns.indexOf(place / batch.rows()) * batch.rows() + place % batch.rows())
                    .toArray();
            value += learn(edits, rows, vectors, gradients, judged, address);
        }
        Map<Integer, Tensor> byColumn = new LinkedHashMap<>();
        try (Grad off = Grad.disabled()) {
            for (int c = 0; c < columns.size(); c++) {
                byColumn.put(columns.get(c), gradients.narrow(0, (long) c * batch.rows(), batch.rows()));
            }
        }
        return new Found(value, settings.weight(), Math.log(2), byColumn);
    }

    private Edits edits(Batch.Chunk<PackedSequences> chunk, int rows, Map<Integer, Tensor> embeddings, long address) {
        List<int[]> texts = chunk.input().unpacked();
        List<ReplacementTokens.Edited> edited = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            int place = chunk.places()[i];
            if (embeddings.containsKey(place / rows)) {
                edited.add(replacements.edit(
                        texts.get(i), settings.share(), tokenizer::frames, RandomStream.of(address, "replace", place)));
                places.add(place);
            }
        }
        return new Edits(edited, places.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Adds the gradients of a chunk to the parameters and to the rows of its embeddings; gives its part of the mean. */
    private double learn(Edits edits, int[] rows, Tensor vectors, Tensor gradients, int judged, long address) {
        PackedSequences packed = PackedSequences.of(
                edits.texts().stream().map(ReplacementTokens.Edited::ids).toList());
        Dropout masks = Dropout.at(settings.dropout(), RandomStream.address(address, "discriminator"), edits.places())
                .over(packed.order(), packed.lengths());
        try (Scope scope = Scope.open("replaced token detection")) {
            Tensor indices = Tensor.indices(rows);
            Tensor sentences;
            Tensor tokens;
            try (Grad off = Grad.disabled()) {
                sentences = vectors.indexSelect(0, indices);
                tokens = encoder.embed(packed, masks).tensor();
            }
            try (Grad on = Grad.enabled()) {
                Tensor leaf = sentences.leaf();
                Tensor told = leaf.linear(value("sentence.weight"), value("sentence.bias"))
                        .indexSelect(0, Tensor.indices(packed.order()));
                Tensor states = Tensor.concatenate(List.of(told, tokens), 0)
                        .indexSelect(0, Tensor.indices(withSentenceFirst(packed)));
                for (TransformerLayer layer : layers) {
                    states = layer.forward(states, packed, masks);
                }
                Tensor loss = loss(states, packed, edits).divide(judged);
                loss.multiply(settings.weight()).backward();
                try (Grad off = Grad.disabled()) {
                    gradients.copyRowsInPlace(indices, Objects.requireNonNull(leaf.gradient()));
                }
                return loss.item();
            }
        }
    }

    /** Which row of the sentences, and then the tokens, enters at each place: a text's first token gives way. */
    private static int[] withSentenceFirst(PackedSequences packed) {
        int[] positions = packed.positions();
        int[] sequences = packed.sequenceOfToken();
        int[] entering = new int[positions.length];
        Arrays.setAll(entering, t -> positions[t] == 0 ? sequences[t] : packed.sequences() + t);
        return entering;
    }

    /** The sum over judged tokens. */
    private Tensor loss(Tensor states, PackedSequences packed, Edits edits) {
        List<Integer> places = new ArrayList<>();
        List<Float> targets = new ArrayList<>();
        int at = 0;
        for (int sequence : packed.order()) {
            ReplacementTokens.Edited text = edits.texts().get(sequence);
            for (int t = 0; t < text.ids().length; t++, at++) {
                if (text.judged()[t]) {
                    places.add(at);
                    targets.add(text.replaced()[t] ? 1f : 0f);
                }
            }
        }
        float[] replaced = new float[targets.size()];
        for (int i = 0; i < replaced.length; i++) {
            replaced[i] = targets.get(i);
        }
        Tensor logits = states.indexSelect(
                        0,
                        Tensor.indices(
                                places.stream().mapToInt(Integer::intValue).toArray()))
                .linear(value("dense.weight"), value("dense.bias"))
                .gelu()
                .linear(value("verdict.weight"), value("verdict.bias"));
        return logits.softplus()
                .subtract(logits.multiply(Tensor.of(replaced, replaced.length, 1)))
                .sum();
    }

    private Tensor value(String name) {
        return encoder.parameters().parameter(PREFIX + name).value();
    }
}
