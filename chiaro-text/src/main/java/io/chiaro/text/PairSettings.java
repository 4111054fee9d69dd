package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TuningSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code --set} says of any run that trains a {@link CrossEncoder}: {@code dropout} and {@code max-tokens} in place of the model's
 * own, and those of {@link StepSettings} and {@link TuningSettings}.
 *
 * @param step of a step
 * @param tuning what of the encoder learns
 * @param told settings by name
 */
record PairSettings(StepSettings step, EncoderTuning tuning, Map<String, String> told) {

    /** Three special tokens and one of each text. */
    private static final int FEWEST_TOKENS = 5;

    private static final String DROPOUT = "dropout";
    private static final String TOKENS = "max-tokens";

    private static final List<String> NAMES = Stream.of(
                    List.of(DROPOUT, TOKENS), StepSettings.NAMES, TuningSettings.NAMES)
            .flatMap(List::stream)
            .toList();

    /**
     * Reads what was told.
     *
     * @param own names that the kind of run has besides
     */
    static PairSettings of(Map<String, String> told, List<String> own) {
        List<String> names = Stream.concat(own.stream(), NAMES.stream()).toList();
        for (String key : told.keySet()) {
            if (!names.contains(key)) {
                throw ChiaroException.usage(
                        "set: a cross-encoder has no setting \"" + key + "\". " + Names.hint(key, names));
            }
        }
        return new PairSettings(StepSettings.parse(told), EncoderTuning.parse(told), told);
    }

    /** The share of numbers that dropout sets to zero. */
    double dropout(CrossEncoder model) {
        return new ToldValues(told).number(DROPOUT, model.config().hiddenDropout(), 0, 0.99);
    }

    /** Loads what a run starts from, and sets where it cuts pairs. */
    CrossEncoder load(String base, long seed, List<String> classes) {
        CrossEncoder model = CrossEncoder.load(base, seed, tuning, classes);
        try {
            new ToldValues(told)
                    .whole(TOKENS, FEWEST_TOKENS, model.config().maxPositions())
                    .ifPresent(model::limit);
            requireRoom(model);
            return model;
        } catch (ChiaroException e) {
            model.close();
            throw e;
        }
    }

    /** A pair needs a token of each text beside those around them and those of a prompt. */
    private void requireRoom(CrossEncoder model) {
        int prompt = tuning.softPrompt();
        int limit = model.specification().maxTokens();
        int[] nothing = new int[model.tokenizer().specialTokens()];
        int around = model.tokenizer().pairTokens(nothing, nothing);
        if (prompt > 0 && around + 2 > limit) {
            throw SoftPrompt.tooMany(prompt, limit - (around - prompt) - 2, limit);
        }
    }
}
