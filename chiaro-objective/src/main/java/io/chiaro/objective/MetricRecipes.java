package io.chiaro.objective;

import static io.chiaro.objective.Pairing.Among.BATCH;
import static io.chiaro.objective.Pairing.Among.CLASSES;

import io.chiaro.objective.feature.ProxyAnchor;
import io.chiaro.objective.metric.Circle;
import io.chiaro.objective.metric.ClassMargin;
import io.chiaro.objective.metric.LiftedSum;
import io.chiaro.objective.metric.MarginAroundBoundary;
import io.chiaro.objective.metric.MultiSimilarity;
import io.chiaro.objective.metric.PairMargins;
import io.chiaro.objective.metric.TripletMargin;
import io.chiaro.objective.metric.TupletMargin;
import java.util.List;

/** Recipes of metric learning: pairs, triplets and classes. */
final class MetricRecipes {

    private static final String LIBRARY = "pytorch-metric-learning 2.9.0 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "triplet-margin",
                    "Schroff, Kalenichenko and Philbin, FaceNet, CVPR 2015, eq. 3",
                    LIBRARY + "TripletMarginLoss",
                    distance(new TripletMargin(0.05, false))),
            Recipe.of(
                    "contrastive",
                    "Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006, eq. 4",
                    LIBRARY + "ContrastiveLoss",
                    distance(new PairMargins(0, 1))),
            Recipe.of(
                    "margin",
                    "Wu et al., Sampling Matters in Deep Embedding Learning, ICCV 2017, eq. 5",
                    LIBRARY + "MarginLoss",
                    distance(new MarginAroundBoundary(0.2, 1.2))),
            Recipe.of(
                    "generalized-lifted-structure",
                    "Hermans, Beyer and Leibe, In Defense of the Triplet Loss for Person Re-Identification, 2017, eq. 8",
                    LIBRARY + "GeneralizedLiftedStructureLoss",
                    distance(new LiftedSum(0, 1))),
            Recipe.of(
                    "multi-similarity",
                    "Wang et al., Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning, CVPR 2019, "
                            + "eq. 12",
                    LIBRARY + "MultiSimilarityLoss",
                    cosine(1, new MultiSimilarity(2, 50, 0.5))),
            Recipe.of(
                    "circle",
                    "Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, CVPR 2020, eq. 6",
                    LIBRARY + "CircleLoss",
                    cosine(80, new Circle(0.4))),
            Recipe.of(
                    "tuplet-margin",
                    "Yu and Tao, Deep Metric Learning with Tuplet Margin Loss, ICCV 2019, eq. 5",
                    LIBRARY + "TupletMarginLoss",
                    cosine(64, new TupletMargin(5.73))),
            Recipe.of(
                    "arcface",
                    "Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019, eq. 3",
                    LIBRARY + "ArcFaceLoss",
                    classes(64, new ClassMargin(ClassMargin.Kind.ANGLE, 28.6))),
            Recipe.of(
                    "cosface",
                    "Wang et al., CosFace: Large Margin Cosine Loss for Deep Face Recognition, CVPR 2018, eq. 4",
                    LIBRARY + "CosFaceLoss",
                    classes(64, new ClassMargin(ClassMargin.Kind.COSINE, 0.35))),
            Recipe.of(
                    "normalized-softmax",
                    "Zhai and Wu, Classification is a Strong Baseline for Deep Metric Learning, BMVC 2019, eq. 3",
                    LIBRARY + "NormalizedSoftmaxLoss",
                    classes(20, new ClassMargin(ClassMargin.Kind.NONE, 0))),
            Recipe.of(
                    "proxy-anchor",
                    "Kim et al., Proxy Anchor Loss for Deep Metric Learning, CVPR 2020, eq. 4",
                    LIBRARY + "ProxyAnchorLoss",
                    new WholeBatch(new ProxyAnchor(0.1, 32))));

    private MetricRecipes() {}

    private static Contrast distance(RowDivergence divergence) {
        Similarity distance = new Similarity(Similarity.Kind.UNIT_NEGATIVE_DISTANCE, 1);
        return SoftmaxRecipes.contrast(BATCH, Supervision.sameLabel(), distance, divergence);
    }

    private static Contrast cosine(double scale, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(BATCH, Supervision.sameLabel(), Similarity.cosine(scale), divergence);
    }

    private static Contrast classes(double scale, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(CLASSES, Supervision.sameLabel(), Similarity.cosine(scale), divergence);
    }
}
