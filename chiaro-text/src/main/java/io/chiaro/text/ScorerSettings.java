package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Objective;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.StepSettings;
import io.chiaro.train.TuningSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code --set} says of a run that trains a {@link TextScorer}: {@code loss}, the recipe that compares what is made of texts, with
 * its slots; {@code dropout}; those of {@link StepSettings} and {@link TuningSettings}; and those of the kind of model.
 *
 * @param kind of model
 * @param shape of the data
 * @param told settings by name
 */
record ScorerSettings(Kind kind, ExampleShape shape, Map<String, String> told) {

    private static final String LOSS = "loss";
    private static final String DROPOUT = "dropout";
    /** Losses by the similarity of the kind. */
    static final List<String> CONTRASTS =
            List.of("info-nce", "symmetric-info-nce", "triplet", "margin-mse", "kl-distillation");

    /** Losses of pairs with a score, by a similarity of their own, which has bounds. */
    static final List<String> GRADED = List.of("cosent", "angle", "cosine-regression");

    /** A kind of model that is trained so. */
    interface Kind {

        /** The recipe of a run file that asks for it. */
        String recipe();

        /** The settings of its own. */
        List<String> names();

        /** The losses that it can learn by. */
        List<String> losses();

        /** Slots of the loss, where nothing else is told. */
        Map<String, String> slots();

        /** Loads the base. */
        TextScorer load(String base, long seed, ScorerSettings told);

        /** Tokens of a chunk, where nothing is told. */
        int chunkTokens();

        /**
         * What is learned beside the contrast.
         *
         * @param steps of the run
         * @param perEpoch batches of a pass over the data
         * @param accumulate batches of a step
         */
        List<AuxiliaryTerm<PackedSequences>> terms(ScorerSettings told, long steps, int perEpoch, int accumulate);
    }

    ScorerSettings {
        List<String> own = Stream.of(kind.names(), StepSettings.NAMES, TuningSettings.NAMES, List.of(LOSS, DROPOUT))
                .flatMap(List::stream)
                .toList();
        String loss = told.getOrDefault(LOSS, usualLoss(kind, shape));
        if (!kind.losses().contains(loss)) {
            throw ChiaroException.usage("set loss: unknown name \"" + loss + "\". " + Names.hint(loss, kind.losses()));
        }
        List<String> valid = Stream.concat(
                        own.stream(), numbers(Recipes.named(loss)).stream().filter(ScorerSettings::isMeant))
                .toList();
        for (String key : told.keySet()) {
            if (!valid.contains(key)) {
                throw ChiaroException.usage("set: recipe " + kind.recipe() + " with the loss " + loss
                        + " has no setting \"" + key + "\". " + Names.hint(key, valid));
            }
        }
        StepSettings.parse(told);
        EncoderTuning.parse(told);
    }

    /** What can be set of a loss: what it is, its name tells. */
    private static List<String> numbers(Recipe loss) {
        return loss.settable().stream()
                .filter(slot -> !slot.equals("views") && !loss.kinds().containsKey(slot))
                .toList();
    }

    /** What is no choice here: the similarity belongs to the model, and nothing is remembered from batch to batch. */
    private static boolean isMeant(String slot) {
        return !List.of(
                        "similarity",
                        "temperature-policy",
                        "heads",
                        "layers",
                        "layers-weight",
                        "layers-distillation",
                        "layers-temperature",
                        "matryoshka",
                        "matryoshka-weights",
                        "guide-margin",
                        "guide-form")
                .contains(slot);
    }

    static ScorerSettings of(Kind kind, RunFile run, ExampleShape shape) {
        return new ScorerSettings(kind, shape, run.set());
    }

    private static String usualLoss(Kind kind, ExampleShape shape) {
        return switch (shape.kind()) {
            case SCORED_NEGATIVES -> shape.scores() == 1 ? "margin-mse" : "kl-distillation";
            case SCORED_PAIRS -> kind.losses().contains("cosent") ? "cosent" : "info-nce";
            default -> "info-nce";
        };
    }

    private String loss() {
        return told.getOrDefault(LOSS, usualLoss(kind, shape));
    }

    /** The contrast, which the data must fit. */
    Objective objective() {
        Map<String, String> slots = new LinkedHashMap<>();
        List<String> settable = numbers(Recipes.named(loss()));
        kind.slots().forEach((slot, value) -> {
            if (CONTRASTS.contains(loss()) && settable.contains(slot)) {
                slots.put(slot, value);
            }
        });
        Map<String, String> others = new HashMap<>(told);
        others.keySet().retainAll(settable);
        Objective objective = Recipes.named(loss()).with(slots).with(others).create();
        TextRecipes.check(loss(), objective.needs(), shape, Optional.empty(), false);
        return objective;
    }

    /** What is said of a step. */
    StepSettings step() {
        return StepSettings.parse(told);
    }

    /** What of the encoder learns. */
    EncoderTuning tuning() {
        return EncoderTuning.parse(told);
    }

    double dropout(double ofModel) {
        return values().number(DROPOUT, ofModel, 0, 0.99);
    }

    /** The values of those that belong to the kind. */
    ToldValues values() {
        return new ToldValues(told);
    }

    /** What is made small, for people to read. */
    Map<String, String> written() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", kind.recipe());
        slots.put(LOSS, loss());
        slots.putAll(objective().slots());
        kind.names().stream().filter(told::containsKey).forEach(name -> slots.put(name, told.get(name)));
        return slots;
    }
}
