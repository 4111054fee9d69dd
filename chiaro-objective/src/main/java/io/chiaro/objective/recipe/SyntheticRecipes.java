package io.chiaro.objective.recipe;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.Synthetic;
import io.chiaro.objective.Towers;
import io.chiaro.objective.ViewSource;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.objective.synthetic.ContrastRegularized;
import io.chiaro.objective.synthetic.DualView;
import io.chiaro.objective.synthetic.Hallucinated;
import io.chiaro.objective.synthetic.HardMixtures;
import io.chiaro.objective.synthetic.MixedCorrelation;
import io.chiaro.objective.synthetic.MixedNumbers;
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
                    beside(Pairing.Among.QUEUE, 0.2, new HardMixtures(256, 128, 64))),
            Recipe.of(
                    "feature-transformation",
                    "Zhu et al., Improving Contrastive Learning by Visualizing Feature Transformation, ICCV 2021, section 4",
                    NONE,
                    beside(Pairing.Among.QUEUE, 0.2, new TransformedFeatures(2, 1.6))),
            Recipe.of(
                    "mixcse",
                    "Zhang et al., Unsupervised Sentence Representation via Contrastive Learning with Mixing Negatives, AAAI "
                            + "2022, section 3",
                    NONE,
                    beside(Pairing.Among.CROSS, 0.05, new MixtureWithPositive(0.2))
                            .withViews(ViewSource.DROPOUT)),
            Recipe.of(
                    "noise-negatives",
                    "Zhou et al., Debiased Contrastive Learning of Unsupervised Sentence Representations, ACL 2022, section "
                            + "3.2, without the weights of section 3.3",
                    NONE,
                    beside(Pairing.Among.CROSS, 0.05, new NoiseNegatives(1, 4, 0.5))
                            .withViews(ViewSource.DROPOUT)),
            Recipe.of(
                    "mixed-barlow-twins",
                    "Bandara, De Melo and Patel, Guarding Barlow Twins Against Overfitting with Mixed Samples, 2023, section 3",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_MIXED, new MixedCorrelation(0.005, 1e-5, 1))),
            Recipe.of(
                    "moco-dual-view",
                    "Hoang et al., Momentum Contrastive Learning with Enhanced Negative Sampling and Hard Negative Filtering, "
                            + "2025, as its words say",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new DualView(0.2, 1024, 0.5))),
            Recipe.of(
                    "core-tuning",
                    "Zhang et al., Unleashing the Power of Contrastive Self-Supervised Visual Models via Contrast-Regularized "
                            + "Fine-Tuning, NeurIPS 2021, section 4, on one embedding",
                    NONE,
                    new WholeBatch(new ContrastRegularized(0.07, 20, 1, 1, true, 1, 0.8))),
            Recipe.of(
                    "hallucinator",
                    "Wu, Hobbs and Hovakimyan, Hallucination Improves the Performance of Unsupervised Visual Representation "
                            + "Learning, ICCV 2023, section 3, from memory",
                    NONE,
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new Hallucinated(0.2, 1, 1))),
            Recipe.of(
                    "sup-re-mix",
                    "Wu et al., Mixup Your Own Pairs, 2023, section 3, with mixtures drawn",
                    NONE,
                    new WholeBatch(new MixedNumbers(0.1, 16, 16, 1, 1, 2, 8))));

    private SyntheticRecipes() {}

    private static Contrast beside(Pairing.Among among, double temperature, Synthetic synthetic) {
        return SoftmaxRecipes.item(among, temperature, new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))
                .withSynthetic(synthetic);
    }
}
