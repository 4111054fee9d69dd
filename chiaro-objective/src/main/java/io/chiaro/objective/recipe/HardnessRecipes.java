package io.chiaro.objective.recipe;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.BlockOfPositives;
import io.chiaro.objective.ranking.AreaUnderCurve;
import io.chiaro.objective.ranking.AreaUnderCurve.Step;
import io.chiaro.objective.ranking.GroupOrder;
import io.chiaro.objective.softmax.DualTemperatureSoftmax;
import io.chiaro.objective.softmax.FlatSoftmax;
import io.chiaro.objective.softmax.HardestSoftmax;
import java.util.List;

/** Recipes that change how much a hard negative or an anchor counts, and recipes of orders. */
final class HardnessRecipes {

    private static final String NONE = "no-reference";
    private static final String LIBRARY = "libauc 2.0.1 PairwiseAUCLoss";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "hard-contrastive",
                    "Wang and Liu, Understanding the Behaviour of Contrastive Loss, CVPR 2021, section 3.3",
                    NONE,
                    item(1, new HardestSoftmax(0.1))),
            Recipe.of(
                    "flat-nce",
                    "Chen et al., Simpler, Faster, Stronger: Breaking The log-K Curse On Contrastive Learners With FlatNCE, "
                            + "2021, section 3",
                    NONE,
                    item(0.1, new FlatSoftmax())),
            Recipe.of(
                    "dual-temperature",
                    "Zhang et al., Dual Temperature Helps Contrastive Learning Without Many Negative Samples: Towards "
                            + "Understanding and Simplifying MoCo, CVPR 2022, section 4",
                    NONE,
                    item(0.1, new DualTemperatureSoftmax(10)),
                    "simco"),
            Recipe.of(
                    "curl-block",
                    "Arora et al., A Theoretical Analysis of Contrastive Unsupervised Representation Learning, ICML 2019, "
                            + "section 7",
                    NONE,
                    new WholeBatch(new BlockOfPositives())),
            Recipe.of(
                    "mw",
                    "Optimizing What Matters: AUC-Driven Learning for Robust Neural Retrieval, 2025, section 3",
                    LIBRARY + "(logistic)",
                    new WholeBatch(new AreaUnderCurve(20, Step.LOGISTIC)),
                    "mann-whitney"),
            Recipe.of(
                    "auc-squared-hinge",
                    "Gao and Zhou, On the Consistency of AUC Pairwise Optimization, IJCAI 2015, the squared hinge",
                    LIBRARY + "(squared_hinge)",
                    new WholeBatch(new AreaUnderCurve(1, Step.SQUARED_HINGE))),
            Recipe.of(
                    "groco",
                    "Shvetsova et al., Learning by Sorting: Self-supervised Learning with Group Ordering Constraints, ICCV "
                            + "2023, section 3",
                    "diffsort 0.2.0 DiffSortNet (odd_even, cauchy) under the loss of the paper",
                    new WholeBatch(new GroupOrder(10, 1))));

    private HardnessRecipes() {}

    private static Contrast item(double temperature, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(
                Pairing.Among.BATCH, Supervision.sameItem(), Similarity.cosine(1 / temperature), divergence);
    }
}
