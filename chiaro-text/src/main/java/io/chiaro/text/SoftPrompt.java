package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Tokenizer;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.Optional;

/**
 * Learned vectors before the tokens of every text, while the encoder stands still (Lester, Al-Rfou and Constant, "The Power of
 * Scale for Parameter-Efficient Prompt Tuning", EMNLP 2021, section 2; for sentence embeddings Jiang et al., "Improved Universal
 * Sentence Embeddings with Prompt-based Contrastive Learning and Energy-based Learning", Findings of EMNLP 2022, who put them
 * before every layer and not only before the first):
 *
 * <pre>
 * encoder([CLS] p_1 ... p_n x_1 ... x_m [SEP])        p [n, hidden]
 * </pre>
 *
 * They are ordinary tokens of the model's tokenizer. Their rows of the token table are zero while it stands still, and what is
 * looked up there has the learned vectors added to it. {@link #merge} moves these into the table, after which the model is an
 * ordinary one with a larger vocabulary.
 */
final class SoftPrompt {

    /** The name of the learned vectors. */
    static final String NAME = "soft-prompt";

    private final Tensor vectors;
    private final int first;

    private SoftPrompt(Tensor vectors, int first) {
        this.vectors = vectors;
        this.first = first;
    }

    /** Declares the vectors. They are not decayed: a normalisation follows, behind which their length means little. */
    static void declare(ParameterStore.Builder builder, BertConfig config, int count) {
        builder.add(NAME, Kind.UNDECAYED, count, config.hiddenSize());
    }

    /**
     * The prompt of a store, if it was declared.
     *
     * @param first id of the first token of the prompt; the others follow
     */
    static Optional<SoftPrompt> of(ParameterStore parameters, int first) {
        return parameters.has(NAME)
                ? Optional.of(new SoftPrompt(parameters.parameter(NAME).value(), first))
                : Optional.empty();
    }

    /**
     * A tokenizer that puts the tokens of a prompt before every text; the one that it was is closed.
     *
     * @param maxTokens of a text, special tokens counted
     */
    static Tokenizer tokens(Tokenizer own, int maxTokens, int count) {
        try (own) {
            int most = maxTokens - own.specialTokens() - 1;
            if (count > most) {
                throw tooMany(count, most, maxTokens);
            }
            return own.withLeadingTokens(count);
        }
    }

    static ChiaroException tooMany(int count, int most, int maxTokens) {
        return ChiaroException.usage("set " + NAME + ": expected at most " + most + " vectors, since the model takes "
                + maxTokens + " tokens and a text needs one of them, but found " + count + ". Take fewer.");
    }

    /** How many vectors there are. */
    int count() {
        return (int) vectors.size(0);
    }

    /** What is added to the looked-up rows of tokens: the vector of a token of the prompt, zero for another; [n, hidden]. */
    Tensor of(int[] ids) {
        int count = count();
        float[] chosen = new float[ids.length * count];
        for (int t = 0; t < ids.length; t++) {
            int number = ids[t] - first;
            if (number >= 0 && number < count) {
                chosen[t * count + number] = 1;
            }
        }
        return Tensor.of(chosen, ids.length, count).matmul(vectors);
    }

    /**
     * Sets the vectors to what they are before the first step: as a row of the table might be, normal with the mean and the
     * deviation that each column has over the tokens before them.
     */
    void start(ParameterStore parameters, long seed) {
        try (Scope scope = Scope.open("start soft prompt");
                Grad off = Grad.disabled()) {
            Tensor table = parameters.array(BertEncoder.TOKENS);
            Tensor tokens = table.narrow(0, 0, first);
            Tensor mean = tokens.mean(0, true);
            float[] deviations =
                    tokens.subtract(mean).square().mean(0, false).sqrt().toFloats();
            float[] means = mean.toFloats();
            RandomStream random = RandomStream.of(seed, NAME);
            float[] values = new float[Math.toIntExact(vectors.count())];
            for (int i = 0; i < values.length; i++) {
                int column = i % means.length;
                values[i] = (float) (means[column] + deviations[column] * random.nextGaussian());
            }
            parameters.array(NAME).put(values);
            table.narrow(0, first, count()).fillInPlace(0);
        }
    }

    /** Moves the vectors into the table, which leaves what the model computes as it is. */
    void merge(ParameterStore parameters) {
        try (Scope scope = Scope.open("merge soft prompt");
                Grad off = Grad.disabled()) {
            Tensor learned = parameters.array(NAME);
            parameters.array(BertEncoder.TOKENS).narrow(0, first, count()).addInPlace(learned);
            learned.fillInPlace(0);
        }
    }
}
