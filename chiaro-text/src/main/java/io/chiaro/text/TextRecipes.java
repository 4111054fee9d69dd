package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.data.ExampleShape;
import io.chiaro.objective.Needs;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.Memories;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which recipes there are for text, which one fits a data set best, and whether a recipe and a data set fit each other.
 */
public final class TextRecipes {

    /** Masked language modelling. */
    static final String MASKED = "masked-language-model";
    /** Denoising auto-encoding. */
    static final String DENOISING = "tsdae";

    private static final List<String> AUXILIARY = List.of(MASKED, DENOISING);

    private TextRecipes() {}

    /** The names of all recipes that {@code fit} takes. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(Recipes.names());
        names.addAll(AUXILIARY);
        return names;
    }

    /** The canonical name of a recipe; {@code mlm} is short for masked language modelling. */
    static String canonical(String name) {
        if (name.equals("mlm")) {
            return MASKED;
        }
        if (AUXILIARY.contains(name)) {
            return name;
        }
        boolean known = Recipes.all().stream()
                .anyMatch(
                        recipe -> recipe.name().equals(name) || recipe.aliases().contains(name));
        if (!known) {
            List<String> valid = new ArrayList<>(names());
            valid.addAll(ScorerTraining.recipes());
            throw ChiaroException.usage("recipe: unknown name \"" + name + "\". " + Names.hint(name, valid));
        }
        return Recipes.named(name).name();
    }

    /** The settings of a run that belong to a recipe, where it is not told otherwise. */
    static Map<String, String> usual(String canonical) {
        return isAuxiliary(canonical) ? Map.of() : Recipes.named(canonical).usual();
    }

    static boolean isAuxiliary(String canonical) {
        return AUXILIARY.contains(canonical);
    }

    /** The recipe that a data set of this shape is made for. */
    static String defaultFor(ExampleShape shape) {
        return switch (shape.kind()) {
            case TEXTS -> "simcse";
            case PAIRS, TRIPLETS, PAIRS_WITH_NEGATIVES -> "info-nce";
            case SCORED_PAIRS, LABELLED_PAIRS -> "cosent";
            case SCORED_NEGATIVES -> shape.scores() == 1 ? "margin-mse" : "kl-distillation";
            case LABELLED_TEXTS -> "sup-con";
        };
    }

    /**
     * Refuses a data set that lacks what the objective needs, or has what it would ignore.
     *
     * @param twice whether two views are made of each text
     */
    static void check(String recipe, Needs needs, ExampleShape shape, Optional<String> guide, boolean twice) {
        Memories.requireRun(recipe, needs);
        List<String> lacking = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        boolean pairs = shape.texts() >= 2;
        if (needs.roles().contains(ViewRole.POSITIVE) && !pairs && !twice) {
            lacking.add("a column with the role positive");
        }
        if (twice && pairs) {
            ignored.add("positive");
        }
        if (needs.roles().contains(ViewRole.NEGATIVE) && shape.negatives() == 0) {
            lacking.add("a column with the role negative");
        }
        if (!needs.negatives() && !needs.roles().contains(ViewRole.NEGATIVE) && shape.negatives() > 0) {
            ignored.add("negative");
        }
        boolean scored = shape.scored() || shape.kind() == ExampleShape.Kind.LABELLED_PAIRS;
        if (needs.scores() && !scored) {
            lacking.add("a column with the role score");
        }
        if (needs.labels() && !shape.labelled()) {
            lacking.add("a column with the role label");
        }
        if (needs.teacherScores() && shape.scores() < 2) {
            lacking.add("a score for the positive and each negative");
        }
        if (!needs.scores() && !needs.teacherScores() && shape.scored()) {
            ignored.add("score");
        }
        boolean labelsServe = needs.labels() || (needs.scores() && shape.kind() == ExampleShape.Kind.LABELLED_PAIRS);
        if (shape.labelled() && !labelsServe) {
            ignored.add("label");
        }
        if (needs.guide() && guide.isEmpty()) {
            throw ChiaroException.usage("recipe " + recipe + ": needs a guide model that marks likely false negatives. "
                    + "Give --set guide=NAME or --set guide=DIR.");
        }
        if (!lacking.isEmpty()) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": expected " + String.join(" and ", lacking) + ", but the data are " + shape
                            + ". Name the columns with --roles" + alternative(recipe, shape) + ".");
        }
        int inputs = twice ? 2 * shape.texts() : Math.max(2, shape.texts());
        if (needs.inputs() > inputs) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": compares " + needs.inputs() + " views of an item, but the "
                            + "data are " + shape
                            + "; \"chiaro explain\" evaluates it on arrays. For these data take the recipe "
                            + defaultFor(shape) + ".");
        }
        if (!ignored.isEmpty()) {
            throw ChiaroException.usage("recipe " + recipe + ": would ignore the role " + String.join(" and ", ignored)
                    + ", and nothing is ignored silently. Leave it out by naming the other columns, as --roles "
                    + "anchor=COLUMN" + alternative(recipe, shape) + ".");
        }
    }

    private static String alternative(String recipe, ExampleShape shape) {
        String other = defaultFor(shape);
        return other.equals(recipe) ? "" : ", or take the recipe " + other;
    }
}
