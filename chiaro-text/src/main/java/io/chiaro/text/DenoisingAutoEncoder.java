package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.train.Batch;
import io.chiaro.train.Learning;
import io.chiaro.train.StepOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * TSDAE (Wang, Reimers and Gurevych, 2021): most tokens of a text are deleted, the rest is encoded to one vector, and a
 * decoder must write the whole text from that vector alone.
 *
 * <p>The decoder is a {@link VectorDecoder}. Tokens are deleted, where the paper deletes words.
 */
final class DenoisingAutoEncoder implements Learning<PackedSequences> {

    private final TextTower tower;
    private final BertEncoder encoder;
    private final Tokenizer tokenizer;
    private final VectorDecoder decoder;
    private final double deleted;
    private final double dropout;

    /**
     * Learning for a tower whose encoder was created with {@link #declare}.
     *
     * @param deleted the share of tokens that is deleted, 0.6 in the paper
     */
    DenoisingAutoEncoder(TextTower tower, Tokenizer tokenizer, double deleted, double dropout) {
        this.tower = tower;
        this.encoder = tower.encoder();
        this.tokenizer = tokenizer;
        this.decoder = new VectorDecoder(encoder);
        this.deleted = deleted;
        this.dropout = dropout;
    }

    static void declare(ParameterStore.Builder builder, BertConfig config, int dimension) {
        VectorDecoder.declare(builder, config, dimension);
    }

    @Override
    public StepOutcome accumulate(Batch<PackedSequences> batch, long address) {
        int targets = 0;
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            targets += chunk.input().tokens() - chunk.input().sequences();
        }
        double loss = 0;
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < batch.chunks().size(); i++) {
            loss += learn(batch.chunks().get(i), targets, address, vectors);
        }
        return new StepOutcome(
                loss,
                Math.log(encoder.config().vocabularySize()),
                Map.of("predicted-tokens", (double) targets),
                0,
                0,
                vectors.toArray(float[][]::new),
                new float[0][]);
    }

    private double learn(Batch.Chunk<PackedSequences> chunk, int targets, long address, List<float[]> vectors) {
        List<int[]> texts = chunk.input().unpacked();
        List<int[]> noisy = new ArrayList<>();
        List<int[]> inputs = new ArrayList<>();
        List<int[]> outputs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            int[] text = texts.get(i);
            noisy.add(delete(text, RandomStream.of(address, "delete", chunk.places()[i])));
            inputs.add(Arrays.copyOf(text, text.length - 1));
            outputs.add(Arrays.copyOfRange(text, 1, text.length));
        }
        PackedSequences encoderInput = PackedSequences.of(noisy);
        PackedSequences decoderInput = PackedSequences.of(inputs);
        int[] decoderTargets = PackedSequences.of(outputs).ids();
        Dropout masks = Dropout.at(dropout, address, chunk.places());
        Dropout decoderMasks = Dropout.at(dropout, RandomStream.address(address, "decoder"), chunk.places())
                .over(decoderInput.order(), decoderInput.lengths());
        try (Scope scope = Scope.open("denoising auto-encoder")) {
            BertEncoder.States encoded = encoder.forward(encoderInput, masks);
            Tensor pooled =
                    tower.pool(encoded.tensor(), encoderInput).indexSelect(0, Tensor.indices(encoderInput.places()));
            Tensor inDecoderOrder = pooled.indexSelect(0, Tensor.indices(decoderInput.order()));
            BertEncoder.States embedded = encoder.embed(decoderInput, decoderMasks);
            Tensor loss = decoder.loss(embedded.tensor(), decoderInput, inDecoderOrder, decoderTargets, decoderMasks)
                    .divide(targets);
            loss.backward();
            encoded.finishBackward();
            embedded.finishBackward();
            for (float[] vector : pooled.detach().toRows()) {
                if (vectors.size() < 256) {
                    vectors.add(vector);
                }
            }
            return loss.item();
        }
    }

    /** The text without a share of its tokens; special tokens and at least one other stay. */
    private int[] delete(int[] text, RandomStream random) {
        int[] kept = new int[text.length];
        int count = 0;
        int ordinary = 0;
        int spare = text.length > 2 ? 1 + random.nextInt(text.length - 2) : -1;
        for (int t = 0; t < text.length; t++) {
            boolean special = tokenizer.frames(text[t]);
            if (special || t == spare || random.nextDouble() >= deleted) {
                kept[count++] = text[t];
                ordinary += special ? 0 : 1;
            }
        }
        return ordinary == 0 ? text : Arrays.copyOf(kept, count);
    }

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }
}
