package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.Prompts;
import io.chiaro.model.Tokenizer;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.Memories;
import io.chiaro.train.MemorySettings;
import io.chiaro.train.TemperatureSchedule;
import io.chiaro.train.TowerSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * What {@code --set} says: slots of the recipe, and the settings that belong to text and not to an objective.
 *
 * <ul>
 *   <li>{@code dropout}: the share of numbers set to zero, in place of the model's own;
 *   <li>{@code max-tokens}: where texts are cut, in place of the model's own limit;
 *   <li>{@code guide}: the model that marks false negatives;
 *   <li>{@code share}: of tokens that are masked, deleted or replaced;
 *   <li>{@code prompts}: {@code roles} puts the model's query prompt before anchors and its document prompt before the
 *       others, {@code text} its prompt for a text on its own before all, {@code none} nothing;
 *   <li>those of {@link MemorySettings}, where the recipe reads such a memory;
 *   <li>{@code text-views}: how a text becomes two views of itself, see {@link TextView};
 *   <li>{@code view-rate}: how much of it is repeated, kept or left out;
 *   <li>{@code batches}, {@code teacher}, {@code group}, {@code skipped-ranks}: which records stand in a batch together, see
 *       {@link BatchGroups};
 *   <li>{@code score-range}: {@code LOWEST:HIGHEST} of the scores as they are written, taken to 0 and 1;
 *   <li>{@code remine}, {@code remine-steps}, {@code remine-ratio}, {@code remine-bound}: which of a row's negatives are used, see
 *       {@link RemineSettings};
 *   <li>those of {@link OptimisationSettings} and {@link AuxiliarySettings}.
 * </ul>
 *
 * @param text the settings of text, by name
 * @param slots the slots of the recipe, by name
 * @param temperature how it changes, if it does
 */
record TextSettings(Map<String, String> text, Map<String, String> slots, Optional<TemperatureSchedule> temperature) {

    private static final String VIEWS = "text-views";
    private static final String RATE = "view-rate";
    /** Of tokens that are masked or deleted; some recipes have a slot of this name. */
    private static final String SHARE = "share";

    private static final List<String> OWN = List.of(
            "dropout",
            "max-tokens",
            "guide",
            SHARE,
            "prompts",
            "score-range",
            VIEWS,
            RATE,
            BatchGroups.KIND,
            BatchGroups.TEACHER,
            BatchGroups.NUMBER,
            BatchGroups.SKIPPED);

    static final List<String> NAMES = Stream.of(
                    OWN,
                    RemineSettings.NAMES,
                    MemorySettings.NAMES,
                    TowerSettings.NAMES,
                    OptimisationSettings.NAMES,
                    AuxiliarySettings.NAMES)
            .flatMap(List::stream)
            .toList();

    private static final List<String> VIEW_NAMES = List.of("dropout", "repetition", "crop", "deletion", "shuffle");
    private static final List<String> PROMPTS = List.of("roles", "text", "none");

    /**
     * The settings of a run.
     *
     * @param usual those that belong to its recipe, where it is not told otherwise
     */
    static TextSettings of(RunFile run, Map<String, String> usual) {
        return of(run, usual, false);
    }

    /** The settings of a run by the canonical name of its recipe, whose own slot comes first where a setting is called alike. */
    static TextSettings of(RunFile run, String recipe) {
        boolean own = !TextRecipes.isAuxiliary(recipe)
                && Recipes.named(recipe).settable().contains(SHARE)
                && !run.set().containsKey(AuxiliarySettings.TERM)
                && !TextRecipes.usual(recipe).containsKey(AuxiliarySettings.TERM);
        return of(run, TextRecipes.usual(recipe), own);
    }

    private static TextSettings of(RunFile run, Map<String, String> usual, boolean ownShare) {
        Map<String, String> text = new TreeMap<>(usual);
        Map<String, String> slots = new LinkedHashMap<>();
        run.set().forEach((key, value) -> {
            boolean slot = !NAMES.contains(key) || (ownShare && key.equals(SHARE));
            (slot ? slots : text).put(key, value);
        });
        Optional<TemperatureSchedule> temperature = TemperatureSchedule.of(slots);
        return new TextSettings(
                text, temperature.map(schedule -> schedule.filled(slots)).orElse(slots), temperature);
    }

    /** Nothing is ignored silently: a setting that the recipe does not look at is an error. */
    void refuseWithoutEffect(String recipe, Optional<Objective> objective, ExampleShape.Kind kind) {
        boolean auxiliary = objective.isEmpty();
        if (text.containsKey(SHARE) && !auxiliary && !auxiliary().detects()) {
            throw ChiaroException.usage("recipe " + recipe + ": has no setting \"share\", which belongs to "
                    + TextRecipes.MASKED + ", " + TextRecipes.DENOISING + " and set " + AuxiliarySettings.TERM + "="
                    + ReplacedTokenDetection.NAME + ". Leave it out.");
        }
        if (auxiliary().isPresent() && auxiliary) {
            throw ChiaroException.usage("recipe " + recipe + ": compares no embeddings, so set "
                    + AuxiliarySettings.TERM + " has nothing to stand beside. Leave it out.");
        }
        if (auxiliary().writes()) {
            refuseBesideWriting(recipe, objective, kind);
        }
        if (guide().isPresent() && !objective.map(made -> made.needs().guide()).orElse(false)) {
            throw ChiaroException.usage("recipe " + recipe + ": has no use for a guide. Leave it out, or take the "
                    + "recipe gist, or set guide-margin where the recipe has that slot.");
        }
        for (String tower : TowerSettings.NAMES) {
            if (text.containsKey(tower) && auxiliary) {
                throw ChiaroException.usage("recipe " + recipe + ": has no " + tower + ". Leave it out.");
            }
        }
        for (String memory : MemorySettings.NAMES) {
            if (text.containsKey(memory) && auxiliary) {
                throw ChiaroException.usage(
                        "recipe " + recipe + ": has no memories, so set " + memory + " has no effect. Leave it out.");
            }
        }
        objective.ifPresent(made -> MemorySettings.refuseUnread(text, recipe, made.needs()));
        if (text.containsKey(SoftPrompt.NAME) && auxiliary) {
            throw ChiaroException.usage("recipe " + recipe + ": predicts tokens, and those of set " + SoftPrompt.NAME
                    + " are none to predict. Leave it out, or take a recipe that compares embeddings.");
        }
        optimisation()
                .refuseBesidePrompt(Stream.of("guide", BatchGroups.TEACHER)
                        .filter(text::containsKey)
                        .toList());
        if (text.containsKey(VIEWS) && auxiliary) {
            throw ChiaroException.usage("recipe " + recipe + ": contrasts no views of a text, so " + VIEWS
                    + " has no effect. Leave it out.");
        }
        if (text.containsKey(RemineSettings.NUMBER)) {
            boolean plain = objective
                    .map(made -> made.needs().towers() == Towers.ONLINE)
                    .orElse(false);
            if (!plain) {
                throw ChiaroException.usage("recipe " + recipe + ": set " + RemineSettings.NUMBER
                        + " looks at cosines of negatives that the model itself encodes, and this recipe has none. Leave it"
                        + " out.");
            }
        }
        String views = text.getOrDefault(VIEWS, "dropout");
        if (text.containsKey(RATE) && (views.equals("dropout") || views.equals("shuffle"))) {
            throw ChiaroException.usage("set " + RATE + ": text-views=" + views + " has no rate. Leave it out, or set "
                    + "text-views to repetition, crop or deletion.");
        }
        boolean scored = objective
                .map(Objective::needs)
                .map(needs -> needs.scores() || needs.teacherScores())
                .orElse(false);
        if (text.containsKey("score-range") && !scored) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": does not look at scores, so score-range has no effect. Leave it out.");
        }
        if (text.containsKey("score-range") && kind == ExampleShape.Kind.LABELLED_PAIRS) {
            throw ChiaroException.usage(
                    "set score-range: the records have labels, 0 or 1, and no scores that have a range."
                            + " Leave it out, or give the column the role score.");
        }
    }

    /** A decoder writes the second of two texts that belong together, and the tokens of a prompt are none to write. */
    private void refuseBesideWriting(String recipe, Optional<Objective> objective, ExampleShape.Kind kind) {
        boolean belong = switch (kind) {
            case PAIRS, TRIPLETS, PAIRS_WITH_NEGATIVES, SCORED_NEGATIVES -> true;
            case TEXTS, LABELLED_TEXTS -> twice(objective.map(Objective::needs));
            case SCORED_PAIRS, LABELLED_PAIRS -> false;
        };
        if (!belong) {
            throw ChiaroException.usage("recipe " + recipe + ": " + Captioning.NAME
                    + " has the second of two texts written that belong together, and the data have none, or say of pairs that"
                    + " they may not. Give pairs, or leave set " + AuxiliarySettings.TERM + " out.");
        }
        if (text.containsKey(SoftPrompt.NAME)) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": " + Captioning.NAME + " has tokens written, and those of" + " set "
                            + SoftPrompt.NAME + " are none to write. Leave one of them out.");
        }
    }

    /**
     * What stands between encoder and objective; no projection head unless told.
     *
     * @param encoded the width of an embedding, or of those of several layers side by side
     */
    TowerSettings towers(Needs needs, int encoded) {
        if (needs.layers() > 0) {
            refuseBesideLayers(needs);
        }
        return TowerSettings.parse(text, needs.towers(), encoded, Optional.empty());
    }

    /** Earlier layers stand side by side where others look for one embedding. */
    private void refuseBesideLayers(Needs needs) {
        String beside = needs.towers() != Towers.ONLINE
                ? "a recipe of several towers"
                : Stream.of("head", AuxiliarySettings.TERM, RemineSettings.NUMBER)
                        .filter(text::containsKey)
                        .map(setting -> "set " + setting)
                        .findFirst()
                        .orElse("");
        if (!beside.isEmpty()) {
            throw ChiaroException.usage(
                    "set layers: embeddings of earlier layers are compared side by side, which " + beside
                            + ", asked for or usual for the recipe, does not know. Leave it out, or take another recipe.");
        }
    }

    /** How the run learns, whatever its recipe. */
    OptimisationSettings optimisation() {
        Map<String, String> told = new TreeMap<>(text);
        told.keySet().retainAll(OptimisationSettings.NAMES);
        return new OptimisationSettings(told);
    }

    /** What is learned beside the contrast. */
    AuxiliarySettings auxiliary() {
        Map<String, String> told = new TreeMap<>(text);
        told.keySet().retainAll(AuxiliarySettings.NAMES);
        return new AuxiliarySettings(told);
    }

    /** How many rows of each kind a run remembers. */
    Memories.Sizes memories(int batch, List<String> classes, int records) {
        return MemorySettings.parse(text, batch, classes, records);
    }

    /** When a row's negatives give way to its next ones, if they do. */
    Optional<RemineSettings> remining() {
        return RemineSettings.parse(text);
    }

    Optional<String> guide() {
        return Optional.ofNullable(text.get("guide"));
    }

    /** Whether two views are made of each text. */
    boolean twice(Optional<Needs> needs) {
        return text.containsKey(VIEWS) || needs.map(Needs::sameText).orElse(false);
    }

    /**
     * How they are made.
     *
     * @param tokenizer tells which tokens stand around every text
     * @param maxTokens of a text
     */
    TextViews views(Tokenizer tokenizer, int maxTokens) {
        String told = text.getOrDefault(VIEWS, "dropout");
        TextView view = switch (told) {
            case "dropout" -> new TextView.Unchanged();
            case "repetition" -> new TextView.Repetition(number(RATE, 0.32, 0, 1), maxTokens);
            case "crop" -> new TextView.Crop(number(RATE, 0.5, TextView.Crop.LEAST, 1));
            case "deletion" -> new TextView.Deletion(number(RATE, 0.1, 0, 0.99));
            case "shuffle" -> new TextView.Shuffle();
            default ->
                throw ChiaroException.usage(
                        "set " + VIEWS + ": unknown views \"" + told + "\". " + Names.hint(told, VIEW_NAMES));
        };
        return new TextViews(view, tokenizer::frames);
    }

    double dropout(double ofModel) {
        return number("dropout", ofModel, 0, 0.99);
    }

    int maxTokens(int ofModel, int least, int positions) {
        double value = number("max-tokens", ofModel, least, positions);
        if (value != Math.rint(value)) {
            throw ChiaroException.usage("set max-tokens: expected a whole number from " + least + " to " + positions
                    + ", but found \"" + text.get("max-tokens") + "\".");
        }
        return (int) value;
    }

    double share(double usual) {
        return number(SHARE, usual, 0.01, 0.99);
    }

    /**
     * What stands before an anchor and before the other texts. Unless told, pairs that are contrasted with the rest of their
     * batch are taken for question and answer, all else for texts on their own.
     */
    PromptedTokenizer.Before before(Prompts prompts, Optional<Needs> needs) {
        boolean searched = !twice(needs) && needs.map(Needs::inBatchNegatives).orElse(false);
        String told = text.getOrDefault("prompts", searched ? "roles" : "text");
        return switch (told) {
            case "roles" -> new PromptedTokenizer.Before(prompts.query(), prompts.document());
            case "text" -> new PromptedTokenizer.Before(prompts.text(), prompts.text());
            case "none" -> new PromptedTokenizer.Before("", "");
            default ->
                throw ChiaroException.usage(
                        "set prompts: expected one of " + String.join(", ", PROMPTS) + ", but found \"" + told + "\".");
        };
    }

    /** How a written score becomes the one that is learned. */
    DoubleUnaryOperator score() {
        String told = text.get("score-range");
        if (told == null) {
            return DoubleUnaryOperator.identity();
        }
        String[] ends = told.split(":", -1);
        try {
            double lowest = Double.parseDouble(ends[0]);
            double highest = Double.parseDouble(ends.length == 2 ? ends[1] : "");
            if (lowest < highest && Double.isFinite(highest - lowest)) {
                return score -> (score - lowest) / (highest - lowest);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage(
                "set score-range: expected LOWEST:HIGHEST, for example 0:5, but found \"" + told + "\".");
    }

    private double number(String key, double standard, double least, double most) {
        String written = text.get(key);
        if (written == null) {
            return standard;
        }
        try {
            double value = Double.parseDouble(written);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage("set " + key + ": expected a number from " + least + " to " + most
                + ", but found \"" + written + "\".");
    }
}
