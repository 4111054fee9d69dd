package io.chiaro.objective.recipe;

import io.chiaro.objective.Towers;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.softmax.BatchAndQueue;
import java.util.List;

/** Recipes for embeddings of sentences. */
final class SentenceRecipes {

    private static final String NONE = "no-reference";

    static final List<Recipe> ALL = List.of(Recipe.of(
                    "esimcse",
                    "Wu et al., ESimCSE: Enhanced Sample Building Method for Contrastive Learning of Unsupervised Sentence "
                            + "Embedding, COLING 2022, section 3",
                    NONE,
                    new WholeBatch(Towers.BOTH_AND_FIRST_AVERAGED, new BatchAndQueue(0.05)))
            .usually("text-views", "repetition")
            .usually("queue", "2.5x")
            .usually("momentum", "0.995"));

    private SentenceRecipes() {}
}
