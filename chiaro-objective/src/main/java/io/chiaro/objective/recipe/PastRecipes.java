package io.chiaro.objective.recipe;

import static io.chiaro.objective.Similarity.Kind.COSINE;
import static io.chiaro.objective.Similarity.Kind.UNIT_NEGATIVE_DISTANCE;
import static io.chiaro.objective.Similarity.Kind.UNIT_NEGATIVE_NOISE;
import static io.chiaro.objective.Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE;

import io.chiaro.objective.Pairing;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.metric.Circle;
import io.chiaro.objective.metric.LiftedSum;
import io.chiaro.objective.metric.MarginAroundBoundary;
import io.chiaro.objective.metric.MultiSimilarity;
import io.chiaro.objective.metric.PairMargins;
import io.chiaro.objective.metric.TripletMargin;
import io.chiaro.objective.metric.TupletMargin;
import io.chiaro.objective.softmax.PairSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.objective.softmax.SharesAboveZero;
import java.util.List;

/** Recipes of rows against the batch and the rows of earlier batches, by class; around the contrastive loss it is {@code xbm}. */
final class PastRecipes {

    static final List<Recipe> ALL = List.of(
            past("triplet-margin", "TripletMarginLoss", UNIT_NEGATIVE_DISTANCE, 1, new TripletMargin(0.05, false)),
            past("margin", "MarginLoss", UNIT_NEGATIVE_DISTANCE, 1, new MarginAroundBoundary(0.2, 1.2)),
            past(
                    "generalized-lifted-structure",
                    "GeneralizedLiftedStructureLoss",
                    UNIT_NEGATIVE_DISTANCE,
                    1,
                    new LiftedSum(0, 1)),
            past("multi-similarity", "MultiSimilarityLoss", COSINE, 1, new MultiSimilarity(2, 50, 0.5)),
            past("circle", "CircleLoss", COSINE, 80, new Circle(0.4)),
            past("tuplet-margin", "TupletMarginLoss", COSINE, 64, new TupletMargin(5.73)),
            past(
                    "nca",
                    "NCALoss",
                    UNIT_NEGATIVE_SQUARED_DISTANCE,
                    1,
                    new PositiveSoftmax(Share.LOG_OF_SUM, Denominator.CANDIDATES)),
            past("nt-xent-by-label", "NTXentLoss", COSINE, 1 / 0.07, new PairSoftmax()),
            past("sup-con", "SupConLoss", COSINE, 10, new SharesAboveZero()),
            past(
                    "signal-to-noise-contrastive",
                    "SignalToNoiseRatioContrastiveLoss",
                    UNIT_NEGATIVE_NOISE,
                    1,
                    new PairMargins(0, 1)));

    private PastRecipes() {}

    private static Recipe past(
            String around, String loss, Similarity.Kind kind, double scale, RowDivergence divergence) {
        return Recipe.of(
                "xbm-" + around,
                "Wang et al., Cross-Batch Memory for Embedding Learning, CVPR 2020, algorithm 1, around " + around,
                // The library's NCALoss lets a row find its own copy in the memory.
                around.equals("nca") ? "no-reference" : "pytorch-metric-learning 2.9.0 CrossBatchMemory(" + loss + ")",
                SoftmaxRecipes.contrast(
                        Pairing.Among.PAST, Supervision.sameLabel(), new Similarity(kind, scale), divergence));
    }
}
