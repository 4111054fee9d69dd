package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.LowRankUpdate;
import io.chiaro.objective.Towers;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.train.TuningSettings;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What learns of an encoder of texts: all of its numbers, none, or something small in their place, {@link LowRankUpdate}s of its
 * matrices and a {@link SoftPrompt}. It is declared before a head is, which learns in any case, and merged into the encoder at the end.
 *
 * @param told what was said
 */
record EncoderTuning(TuningSettings told) {

    /** All numbers learn. */
    static final EncoderTuning WHOLE = new EncoderTuning(TuningSettings.parse(Map.of()));

    private static final int MOST_VECTORS = 10_000;

    EncoderTuning {
        if (told.trainsBesidePrompt()) {
            throw ChiaroException.usage("set encoder: vectors before every text are learned while the encoder stands "
                    + "still. Leave it out beside set " + TuningSettings.SOFT_PROMPT + ".");
        }
    }

    /** What some settings say. */
    static EncoderTuning parse(Map<String, String> all) {
        return new EncoderTuning(TuningSettings.parse(all));
    }

    /** How many vectors are learned before every text; 0 if none. */
    int softPrompt() {
        return told.softPrompt(MOST_VECTORS);
    }

    private Optional<TuningSettings.LowRank> lowRank(BertConfig config) {
        return told.lowRank(config.hiddenSize(), LayerMatrix.names(), LayerMatrix.USUAL);
    }

    /** Nothing of an encoder that stands still as a whole could be followed. */
    void refuseBesideTwin(String recipe, Towers towers) {
        told.refuseBesideTwin(recipe, towers);
    }

    /** A run without a number that moves is an error. */
    void requireSomethingLearned(String recipe, ParameterStore parameters) {
        told.requireSomethingLearned(recipe, parameters.count());
    }

    /** Refuses settings that do not fit an encoder, before anything of it is opened. */
    void requireFit(BertConfig config) {
        lowRank(config);
    }

    /** The tokenizer of a model, with the tokens of the prompt if there is one; its own is closed then. */
    Tokenizer tokens(Tokenizer own, int maxTokens) {
        return softPrompt() == 0 ? own : SoftPrompt.tokens(own, maxTokens, softPrompt());
    }

    /** Refuses a prompt that leaves a text of so many tokens no place beside it. */
    void requireRoom(Tokenizer prompted, int maxTokens) {
        int most = maxTokens - (prompted.specialTokens() - softPrompt()) - 1;
        if (softPrompt() > most) {
            throw SoftPrompt.tooMany(softPrompt(), most, maxTokens);
        }
    }

    /** Declares what learns, where nothing but the encoder was declared before. */
    void declare(ParameterStore.Builder builder, BertConfig config) {
        if (told.freezes()) {
            builder.freeze();
        }
        lowRank(config)
                .ifPresent(low ->
                        low.on().forEach(name -> LayerMatrix.named(name).declareUpdates(builder, config, low.rank())));
        if (softPrompt() > 0) {
            SoftPrompt.declare(builder, config, softPrompt());
        }
    }

    /** Sets what was declared to what it is before the first step. */
    void start(BertEncoder encoder, long seed) {
        lowRank(encoder.config()).ifPresent(low -> LowRankUpdate.start(encoder.parameters(), low.alpha(), seed));
        encoder.prompt().ifPresent(prompt -> prompt.start(encoder.parameters(), seed));
    }

    /** Makes what was learned part of the encoder, which leaves what it computes as it is. */
    void merge(BertEncoder encoder) {
        LowRankUpdate.merge(encoder.parameters());
        encoder.prompt().ifPresent(prompt -> prompt.merge(encoder.parameters()));
    }

    /** How many numbers there are and how many of them learn, for people to read. */
    String describe(BertEncoder encoder) {
        ParameterStore parameters = encoder.parameters();
        long trained = parameters.count();
        if (!told.freezes()) {
            return String.format(Locale.ROOT, "%,d parameters", trained);
        }
        long all = encoder.arrayNames().stream()
                .mapToLong(name -> parameters.array(name).count())
                .sum();
        // The rows of a soft prompt stand empty in the table, and what is learned stands beside it.
        long empty = encoder.prompt().map(SoftPrompt::count).orElse(0)
                * (long) encoder.config().hiddenSize();
        return String.format(
                Locale.ROOT, "%,d parameters that stand still, %,d that are trained", all - empty, trained);
    }
}
