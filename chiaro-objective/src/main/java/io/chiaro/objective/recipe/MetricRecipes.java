package io.chiaro.objective.recipe;

import static io.chiaro.objective.Pairing.Among.BATCH;
import static io.chiaro.objective.Pairing.Among.PAST;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.metric.AngularMargin;
import io.chiaro.objective.metric.Circle;
import io.chiaro.objective.metric.ConsistentThresholds;
import io.chiaro.objective.metric.DynamicSoftMargin;
import io.chiaro.objective.metric.IntraPairVariance;
import io.chiaro.objective.metric.LiftedStructure;
import io.chiaro.objective.metric.LiftedSum;
import io.chiaro.objective.metric.MarginAroundBoundary;
import io.chiaro.objective.metric.Mined;
import io.chiaro.objective.metric.Mined.Choice;
import io.chiaro.objective.metric.MultiSimilarity;
import io.chiaro.objective.metric.PairMargins;
import io.chiaro.objective.metric.PairOfEachClass;
import io.chiaro.objective.metric.TripletMargin;
import io.chiaro.objective.metric.TupletMargin;
import java.util.List;

/** Recipes of metric learning: pairs and triplets by label. */
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
                    "batch-hard",
                    "Hermans, Beyer and Leibe, In Defense of the Triplet Loss for Person Re-Identification, 2017, eq. 5",
                    LIBRARY + "TripletMarginLoss with BatchHardMiner",
                    distance(new Mined(Choice.HARDEST, Choice.HARDEST, 0, new TripletMargin(0.05, false)))),
            Recipe.of(
                    "easy-positive",
                    "Xuan, Stylianou and Pless, Improved Embeddings with Easy Positive Triplet Mining, WACV 2020, section 3",
                    LIBRARY + "TripletMarginLoss(smooth_loss=True) with BatchEasyHardMiner",
                    distance(new Mined(Choice.EASIEST, Choice.SEMI_HARD, 0, new TripletMargin(0.05, true)))),
            Recipe.of(
                    "multi-similarity-mined",
                    "Wang et al., Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning, CVPR 2019, eq. 9 "
                            + "to 12",
                    LIBRARY + "MultiSimilarityLoss with MultiSimilarityMiner",
                    cosine(1, new Mined(Choice.INFORMATIVE, Choice.INFORMATIVE, 0.1, new MultiSimilarity(2, 50, 0.5)))),
            Recipe.of(
                    "cross-batch-memory",
                    "Wang et al., Cross-Batch Memory for Embedding Learning, CVPR 2020, algorithm 1, around the contrastive loss",
                    LIBRARY + "CrossBatchMemory(ContrastiveLoss)",
                    SoftmaxRecipes.contrast(
                            PAST,
                            Supervision.sameLabel(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_DISTANCE, 1),
                            new PairMargins(0, 1)),
                    "xbm"),
            Recipe.of(
                    "signal-to-noise-contrastive",
                    "Yuan et al., Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning, CVPR 2019, eq. 8",
                    LIBRARY + "SignalToNoiseRatioContrastiveLoss",
                    SoftmaxRecipes.contrast(
                            BATCH,
                            Supervision.sameLabel(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_NOISE, 1),
                            new PairMargins(0, 1))),
            Recipe.of(
                    "threshold-consistent-margin",
                    "Zhang et al., Threshold-Consistent Margin Loss for Open-World Deep Metric Learning, ICLR 2024, eq. 4",
                    LIBRARY + "ThresholdConsistentMarginLoss",
                    cosine(1, new ConsistentThresholds(0.9, 0.5, 1, 1))),
            Recipe.of(
                    "lifted-structure",
                    "Song et al., Deep Metric Learning via Lifted Structured Feature Embedding, CVPR 2016, eq. 4",
                    LIBRARY + "LiftedStructureLoss",
                    new WholeBatch(new LiftedStructure(0, 1))),
            Recipe.of(
                    "angular",
                    "Wang et al., Deep Metric Learning with Angular Loss, ICCV 2017, eq. 8",
                    LIBRARY + "AngularLoss",
                    new WholeBatch(new AngularMargin(40))),
            Recipe.of(
                    "n-pairs",
                    "Sohn, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS 2016, eq. 4",
                    LIBRARY + "NPairsLoss",
                    new WholeBatch(new PairOfEachClass(true))),
            Recipe.of(
                    "intra-pair-variance",
                    "Yu and Tao, Deep Metric Learning with Tuplet Margin Loss, ICCV 2019, eq. 9 and 10",
                    LIBRARY + "IntraPairVarianceLoss",
                    new WholeBatch(new IntraPairVariance(0.01, 0.01))),
            Recipe.of(
                    "dynamic-soft-margin",
                    "Zhang and Rusinkiewicz, Learning Local Descriptors with a CDF-Based Dynamic Soft Margin, ICCV 2019, "
                            + "section 3.2",
                    LIBRARY + "DynamicSoftMarginLoss",
                    new WholeBatch(new DynamicSoftMargin(-2, 10))));

    private MetricRecipes() {}

    private static Contrast distance(RowDivergence divergence) {
        Similarity distance = new Similarity(Similarity.Kind.UNIT_NEGATIVE_DISTANCE, 1);
        return SoftmaxRecipes.contrast(BATCH, Supervision.sameLabel(), distance, divergence);
    }

    private static Contrast cosine(double scale, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(BATCH, Supervision.sameLabel(), Similarity.cosine(scale), divergence);
    }
}
