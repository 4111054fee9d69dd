package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.Objective;
import io.chiaro.train.SeveralSettings;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TuningSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code --set} says of the way in which a run learns, whatever its recipe.
 *
 * <ul>
 *   <li>{@code sharpness-radius}: how far the weights climb before the gradient is taken (sharpness-aware minimisation);
 *   <li>{@code average}: the decay of an average of the weights, which is judged and kept in their place;
 *   <li>those of {@link TuningSettings}, where a soft prompt is so many vectors before the tokens of every text;
 *   <li>those of {@link SeveralSettings}.
 * </ul>
 *
 * @param told settings by name
 */
record OptimisationSettings(Map<String, String> told) {

    static final List<String> NAMES = Stream.of(StepSettings.NAMES, TuningSettings.NAMES, SeveralSettings.NAMES)
            .flatMap(List::stream)
            .toList();

    OptimisationSettings {
        StepSettings.parse(told); // an error before anything is loaded
        SeveralSettings.parse(told);
        EncoderTuning.parse(told);
    }

    /** What is said of a step. */
    StepSettings step() {
        return StepSettings.parse(told);
    }

    /** What is said of the encoder's own numbers. */
    EncoderTuning tuning() {
        return EncoderTuning.parse(told);
    }

    /** The store holds the tokens of the prompt, which another model does not have. */
    void refuseBesidePrompt(List<String> models) {
        for (String setting : models) {
            if (told.containsKey(TuningSettings.SOFT_PROMPT)) {
                throw ChiaroException.usage("set " + setting + ": names a model that would read the tokens of set "
                        + TuningSettings.SOFT_PROMPT + ", which it does not have. Leave one of them out.");
            }
        }
    }

    /** Recipes that are learned beside the first. */
    SeveralSettings several() {
        return SeveralSettings.parse(told);
    }

    /**
     * The objective of a run: that of its recipe, with those that are learned beside it.
     *
     * @param slots of all of them, those of the others behind their name and a point
     */
    Objective objective(String recipe, Map<String, String> slots) {
        for (String other : several().others()) {
            if (TextRecipes.isAuxiliary(TextRecipes.canonical(other))) {
                throw ChiaroException.usage("set also: recipe " + TextRecipes.canonical(other)
                        + " is no objective on embeddings and cannot be learned beside another. Train with it first, and take"
                        + " its model as --base.");
            }
        }
        return several().objective(recipe, slots);
    }
}
