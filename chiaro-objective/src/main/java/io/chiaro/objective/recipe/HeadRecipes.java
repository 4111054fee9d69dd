package io.chiaro.objective.recipe;

import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.AdaptiveHeads;
import io.chiaro.objective.feature.GatedPairs;
import java.util.List;

/** Recipes that compare rows in several subspaces of their own. */
final class HeadRecipes {

    private static final String NONE = "no-reference";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "amcl",
                    "Wang et al., Adaptive Multi-head Contrastive Learning, ECCV 2024, the likelihood of a positive with a variance of its own",
                    NONE,
                    new WholeBatch(new AdaptiveHeads(2, 0.1, 1, 0.01, 1)),
                    "adaptive-multi-head"),
            Recipe.of(
                    "hydra",
                    "Wu et al., Rethinking Positive Pairs in Contrastive Learning, 2024, gates of pairs of classes",
                    NONE,
                    new WholeBatch(new GatedPairs(0.1, 1, true))));

    private HeadRecipes() {}
}
