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
import java.util.List;
import java.util.Map;

/**
 * Masked language modelling (Devlin et al., 2019, section 3.1): of the tokens that are not special a share is chosen; of
 * these 80 % become [MASK], 10 % another token and 10 % stay; the loss is the mean of -log p(original) over the chosen ones.
 * With it an encoder can start from nothing.
 *
 * <p>Which tokens are chosen depends on the step and on the text's place in the batch, not on how it is cut into chunks.
 */
final class MaskedLanguageModel implements Learning<PackedSequences> {

    private final BertEncoder encoder;
    private final Tokenizer tokenizer;
    private final TokenPredictionHead head;
    private final double share;
    private final double dropout;

    /**
     * Learning for an encoder that was created with {@link #declare}.
     *
     * @param share of the tokens that are predicted, 0.15 in the paper
     */
    MaskedLanguageModel(BertEncoder encoder, Tokenizer tokenizer, double share, double dropout) {
        this.encoder = encoder;
        this.tokenizer = tokenizer;
        this.head = new TokenPredictionHead(encoder);
        this.share = share;
        this.dropout = dropout;
    }

    static void declare(ParameterStore.Builder builder, BertConfig config) {
        TokenPredictionHead.declare(builder, config);
    }

    /** A chunk with some tokens replaced, and what stood there. */
    private record Masked(PackedSequences packed, int[] places, int[] targets) {}

    @Override
    public StepOutcome accumulate(Batch<PackedSequences> batch, long address) {
        List<Masked> chunks = new ArrayList<>();
        int chosen = 0;
        for (Batch.Chunk<PackedSequences> chunk : batch.chunks()) {
            Masked masked = mask(chunk, address);
            chunks.add(masked);
            chosen += masked.targets().length;
        }
        double loss = 0;
        for (int i = 0; i < chunks.size(); i++) {
            if (chunks.get(i).targets().length > 0) {
                loss += learn(
                        chunks.get(i),
                        chosen,
                        Dropout.at(dropout, address, batch.chunks().get(i).places()));
            }
        }
        return new StepOutcome(
                loss,
                Math.log(encoder.config().vocabularySize()),
                Map.of("predicted-tokens", (double) chosen),
                0,
                0,
                new float[0][],
                new float[0][]);
    }

    private double learn(Masked masked, int chosen, Dropout masks) {
        try (Scope scope = Scope.open("masked language model")) {
            BertEncoder.States states = encoder.forward(masked.packed(), masks);
            Tensor atPlaces = states.tensor().indexSelect(0, Tensor.indices(masked.places()));
            Tensor loss = head.loss(atPlaces, masked.targets()).divide(chosen);
            loss.backward();
            states.finishBackward();
            return loss.item();
        }
    }

    private Masked mask(Batch.Chunk<PackedSequences> chunk, long address) {
        List<int[]> texts = chunk.input().unpacked();
        List<int[]> replaced = new ArrayList<>(texts.size());
        List<int[]> originals = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            int[] ids = texts.get(i).clone();
            int[] original = new int[ids.length];
            RandomStream random = RandomStream.of(address, "mask", chunk.places()[i]);
            for (int t = 0; t < ids.length; t++) {
                boolean special = tokenizer.frames(ids[t]);
                original[t] = -1;
                if (!special && random.nextDouble() < share) {
                    original[t] = ids[t];
                    double kind = random.nextDouble();
                    if (kind < 0.8) {
                        ids[t] = tokenizer.maskId();
                    } else if (kind < 0.9) {
                        ids[t] = random.nextInt(tokenizer.vocabularySize());
                    }
                }
            }
            replaced.add(ids);
            originals.add(original);
        }
        PackedSequences packed = PackedSequences.of(replaced);
        int[] inPackedOrder = PackedSequences.of(originals).ids();
        int count = 0;
        for (int id : inPackedOrder) {
            count += id >= 0 ? 1 : 0;
        }
        int[] places = new int[count];
        int[] targets = new int[count];
        int at = 0;
        for (int t = 0; t < inPackedOrder.length; t++) {
            if (inPackedOrder[t] >= 0) {
                places[at] = t;
                targets[at++] = inPackedOrder[t];
            }
        }
        return new Masked(packed, places, targets);
    }

    @Override
    public ParameterStore parameters() {
        return encoder.parameters();
    }
}
