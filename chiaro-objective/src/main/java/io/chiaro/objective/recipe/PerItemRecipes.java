package io.chiaro.objective.recipe;

import io.chiaro.objective.DirectionsAdded;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.TemperaturePolicy;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.item.BadPairs;
import io.chiaro.objective.item.MovingDenominators;
import io.chiaro.objective.item.NeighbourhoodInvariance;
import io.chiaro.objective.item.PrototypeContrast;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import java.util.List;

/** Recipes that keep something of each record. */
final class PerItemRecipes {

    private static final String LIBRARY = "libauc 2.0.1 GCLoss_v1";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "sogclr",
                    "Yuan et al., Provable Stochastic Optimization for Global Contrastive Learning: Small Batch Does Not Harm "
                            + "Performance, ICML 2022, algorithm 1",
                    LIBRARY,
                    globally(TemperaturePolicy.FIXED)),
            Recipe.of(
                    "isogclr",
                    "Qiu et al., Not All Semantics are Created Equal: Contrastive Self-supervised Learning with Automatic "
                            + "Temperature Individualization, ICML 2023, algorithm 1",
                    LIBRARY + " with enable_isogclr",
                    globally(new TemperaturePolicy.PerItem(0.05, 0.7, 0.3, 0.01, 0.9))),
            Recipe.of(
                    "invariance-propagation",
                    "Wang et al., Unsupervised Representation Learning by Invariance Propagation, NeurIPS 2020, section 3",
                    "no-reference",
                    new WholeBatch(new NeighbourhoodInvariance(0.07, 4, 3, 50, 4096, 0.6, 0.5, 30))),
            Recipe.of(
                    "proto-nce",
                    "Li et al., Prototypical Contrastive Learning of Unsupervised Representations, ICLR 2021, eq. 11 and 12",
                    "no-reference",
                    new WholeBatch(new PrototypeContrast(0.1, 1, 0.5)),
                    "pcl"),
            Recipe.of(
                    "bad-pairs",
                    "Lan et al., Towards Enhancing Time Series Contrastive Learning: A Dynamic Bad Pair Mining Approach, ICLR "
                            + "2024, section 4",
                    "no-reference",
                    SoftmaxRecipes.item(
                            Pairing.Among.BATCH,
                            0.5,
                            new BadPairs(2, 2, new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))),
                    "dbpm"));

    private PerItemRecipes() {}

    /** The sum over both views, as in the papers. */
    private static DirectionsAdded globally(TemperaturePolicy policy) {
        return new DirectionsAdded(SoftmaxRecipes.contrast(
                Pairing.Among.BATCH,
                Supervision.sameItem(),
                new Similarity(Similarity.Kind.COSINE, 10, policy),
                new MovingDenominators(0.9)));
    }
}
