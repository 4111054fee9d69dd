package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A decoder must write the second text of a pair from the embedding of the first, token by token (Yu et al., "CoCa: Contrastive
 * Captioners are Image-Text Foundation Models", TMLR 2022, eq. 3 and 4, with a text in the picture's place). With h the embedding of the
 * first text and y the second one:
 *
 * <pre>
 * L = mean over the tokens y_t of the batch but the first of each text of  -log p( y_t | y_1 ... y_(t-1), h )
 * value of the step = contrast + weight L
 * </pre>
 *
 * <p>The decoder is a {@link VectorDecoder}. The paper's has layers that see no picture first, whose last state is the second tower of the
 * contrast; here that is the encoder itself, whose layers the decoder shares.
 */
final class Captioning implements AuxiliaryTerm<PackedSequences> {

    /** As {@code --set auxiliary=} names it. */
    static final String NAME = "captioning";

    private static final int SHOWN = 0;
    private static final int WRITTEN = 1;

    private final BertEncoder encoder;
    private final VectorDecoder decoder;
    private final double weight;
    private final double dropout;

    /**
     * The term beside an encoder that was created with {@link #declare}.
     *
     * @param weight of the term, 2 in the paper
     * @param dropout inside the decoder
     */
    Captioning(BertEncoder encoder, double weight, double dropout) {
        this.encoder = encoder;
        this.decoder = new VectorDecoder(encoder);
        this.weight = weight;
        this.dropout = dropout;
    }

    /** @param dimension of an embedding */
    static void declare(ParameterStore.Builder builder, BertConfig config, int dimension) {
        VectorDecoder.declare(builder, config, dimension);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** The texts of a chunk that are to be written, and their records. */
    private record Captions(List<int[]> texts, int[] records) {

        int tokens() {
            return texts.stream().mapToInt(text -> text.length - 1).sum();
        }
    }

    @Override
    public Found accumulate(Batch<PackedSequences> batch, Map<Integer, Tensor> embeddings, long address) {
        List<Captions> chunks = batch.chunks().stream()
                .map(chunk -> captions(chunk, batch.rows()))
                .filter(each -> each.tokens() > 0)
                .toList();
        int tokens = chunks.stream().mapToInt(Captions::tokens).sum();
        Tensor vectors = Objects.requireNonNull(embeddings.get(SHOWN));
        Tensor gradients;
        try (Grad off = Grad.disabled()) {
            gradients = vectors.multiply(0);
        }
        double value = 0;
        for (Captions captions : chunks) {
            value += learn(captions, vectors, gradients, tokens, address);
        }
        return new Found(value, weight, Math.log(encoder.config().vocabularySize()), Map.of(SHOWN, gradients));
    }

    private static Captions captions(Batch.Chunk<PackedSequences> chunk, int rows) {
        List<int[]> all = chunk.input().unpacked();
        List<int[]> texts = new ArrayList<>();
        List<Integer> records = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            int place = chunk.places()[i];
            if (place / rows == WRITTEN && all.get(i).length > 1) {
                texts.add(all.get(i));
                records.add(place % rows);
            }
        }
        return new Captions(texts, records.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Adds the gradients of a chunk to the parameters and to the rows of its embeddings; gives its part of the mean. */
    private double learn(Captions captions, Tensor vectors, Tensor gradients, int tokens, long address) {
        PackedSequences packed = PackedSequences.of(captions.texts().stream()
                .map(text -> Arrays.copyOf(text, text.length - 1))
                .toList());
        int[] next = PackedSequences.of(captions.texts().stream()
                        .map(text -> Arrays.copyOfRange(text, 1, text.length))
                        .toList())
                .ids();
        Dropout masks = Dropout.at(dropout, RandomStream.address(address, NAME), captions.records())
                .over(packed.order(), packed.lengths());
        try (Scope scope = Scope.open(NAME);
                Grad on = Grad.enabled()) {
            Tensor rows = Tensor.indices(captions.records());
            Tensor shown;
            try (Grad off = Grad.disabled()) {
                shown = vectors.indexSelect(0, rows);
            }
            Tensor leaf = shown.leaf();
            BertEncoder.States embedded = encoder.embed(packed, masks);
            Tensor loss = decoder.loss(
                            embedded.tensor(), packed, leaf.indexSelect(0, Tensor.indices(packed.order())), next, masks)
                    .divide(tokens);
            loss.multiply(weight).backward();
            embedded.finishBackward();
            try (Grad off = Grad.disabled()) {
                gradients.copyRowsInPlace(rows, Objects.requireNonNull(leaf.gradient()));
            }
            return loss.item();
        }
    }
}
