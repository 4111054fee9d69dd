package io.chiaro.objective.recipe;

import io.chiaro.objective.Towers;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.synthetic.HardMixtures;
import io.chiaro.objective.synthetic.MixedCorrelation;
import io.chiaro.objective.synthetic.MixtureWithPositive;
import io.chiaro.objective.synthetic.NoiseNegatives;
import io.chiaro.objective.synthetic.TransformedFeatures;
import java.util.List;

/** Recipes with keys that no encoder has made. */
final class SyntheticRecipes {

    private static final String NONE = "no-reference";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "mochi",
                    "Kalantidis et al., Hard Negative Mixing for Contrastive Learning, NeurIPS 2020, section 4",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new HardMixtures(0.2, 256, 128, 64))),
            Recipe.of(
                    "feature-transformation",
                    "Zhu et al., Improving Contrastive Learning by Visualizing Feature Transformation, ICCV 2021, section 4",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new TransformedFeatures(0.2, 2, 1.6))),
            Recipe.of(
                    "mixcse",
                    "Zhang et al., Unsupervised Sentence Representation via Contrastive Learning with Mixing Negatives, AAAI "
                            + "2022, section 3",
                    NONE,
                    new WholeBatch(new MixtureWithPositive(0.05, 0.2))),
            Recipe.of(
                    "noise-negatives",
                    "Zhou et al., Debiased Contrastive Learning of Unsupervised Sentence Representations, ACL 2022, section "
                            + "3.2, without the weights of section 3.3",
                    NONE,
                    new WholeBatch(new NoiseNegatives(0.05, 1, 4, 0.5))),
            Recipe.of(
                    "mixed-barlow-twins",
                    "Bandara, De Melo and Patel, Guarding Barlow Twins Against Overfitting with Mixed Samples, 2023, section 3",
                    NONE,
                    new WholeBatch(new MixedCorrelation(0.005, 1e-5, 1))));

    private SyntheticRecipes() {}
}
