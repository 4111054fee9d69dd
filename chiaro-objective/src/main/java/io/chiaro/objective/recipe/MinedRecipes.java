package io.chiaro.objective.recipe;

import static io.chiaro.objective.Pairing.Among.BATCH;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.metric.AngleMined;
import io.chiaro.objective.metric.ChosenTriplets;
import io.chiaro.objective.metric.DistanceWeighted;
import io.chiaro.objective.metric.EvenOverBins;
import io.chiaro.objective.metric.HardestShare;
import io.chiaro.objective.metric.Mined;
import io.chiaro.objective.metric.Mined.Choice;
import io.chiaro.objective.metric.PairMargins;
import io.chiaro.objective.metric.PairsBeyond;
import io.chiaro.objective.metric.TripletMargin;
import java.util.List;

/** Recipes that pay only for some pairs or triplets of a batch. */
final class MinedRecipes {

    private static final String LIBRARY = "pytorch-metric-learning 2.9.0 ";
    private static final String EASY =
            "Xuan, Stylianou and Pless, Improved Embeddings with Easy Positive Triplet Mining, WACV 2020, section 3";
    private static final String FACENET = "Schroff, Kalenichenko and Philbin, FaceNet, CVPR 2015, section 3.2";

    static final List<Recipe> ALL = List.of(
            best("batch-easy", Choice.EASIEST, Choice.EASIEST, "easy, easy"),
            best("batch-easy-hard", Choice.EASIEST, Choice.HARDEST, "easy, hard"),
            best("batch-easy-all", Choice.EASIEST, Choice.ALL, "easy, all"),
            best("batch-hard-easy", Choice.HARDEST, Choice.EASIEST, "hard, easy"),
            best("batch-hard-semi-hard", Choice.HARDEST, Choice.SEMI_HARD, "hard, semihard"),
            best("batch-hard-all", Choice.HARDEST, Choice.ALL, "hard, all"),
            best("batch-semi-hard-easy", Choice.SEMI_HARD, Choice.EASIEST, "semihard, easy"),
            best("batch-semi-hard-hard", Choice.SEMI_HARD, Choice.HARDEST, "semihard, hard"),
            best("batch-all-easy", Choice.ALL, Choice.EASIEST, "all, easy"),
            best("batch-all-hard", Choice.ALL, Choice.HARDEST, "all, hard"),
            triplets("triplet-violating", ChosenTriplets.Which.VIOLATING, "all", true),
            triplets("triplet-hard", ChosenTriplets.Which.HARD, "hard", false),
            triplets("triplet-semi-hard", ChosenTriplets.Which.SEMI_HARD, "semihard", false),
            triplets("triplet-easy", ChosenTriplets.Which.EASY, "easy", true),
            Recipe.of(
                    "contrastive-mined",
                    "no paper; pairs that are not yet as they should be",
                    LIBRARY + "ContrastiveLoss with PairMarginMiner",
                    distance(new PairsBeyond(0.2, 0.8, new PairMargins(0, 1)))),
            Recipe.of(
                    "angular-mined",
                    "Wang et al., Deep Metric Learning with Angular Loss, ICCV 2017, eq. 5",
                    LIBRARY + "TripletMarginLoss with AngularMiner",
                    new WholeBatch(new AngleMined(20, 0.05))),
            Recipe.of(
                    "hdc",
                    "Yuan, Yang and Zhang, Hard-Aware Deeply Cascaded Embedding, ICCV 2017, section 3.2, of one level",
                    LIBRARY + "ContrastiveLoss with HDCMiner",
                    new WholeBatch(new HardestShare(0.5, 0, 1))),
            Recipe.of(
                    "distance-weighted",
                    "Wu et al., Sampling Matters in Deep Embedding Learning, ICCV 2017, section 4",
                    LIBRARY + "MarginLoss with DistanceWeightedMiner, of ever more draws",
                    new WholeBatch(new DistanceWeighted(0.5, 1.4, 0.2, 1.2))),
            Recipe.of(
                    "uniform-histogram",
                    "no paper; pairs of every distance count alike",
                    LIBRARY + "ContrastiveLoss with UniformHistogramMiner, of ever more draws",
                    new WholeBatch(new EvenOverBins(100, 0, 1))));

    private MinedRecipes() {}

    private static Recipe best(String name, Choice positives, Choice negatives, String strategies) {
        return Recipe.of(
                name,
                EASY,
                LIBRARY + "TripletMarginLoss(smooth_loss=True) with BatchEasyHardMiner(" + strategies + ")",
                distance(new Mined(positives, negatives, 0, new TripletMargin(0.05, true))));
    }

    private static Recipe triplets(String name, ChosenTriplets.Which which, String type, boolean smooth) {
        return Recipe.of(
                name,
                FACENET,
                LIBRARY + "TripletMarginLoss" + (smooth ? "(smooth_loss=True)" : "") + " with TripletMarginMiner(0.2, "
                        + type + ")",
                distance(new ChosenTriplets(which, 0.2, 0.05, smooth)));
    }

    private static Contrast distance(RowDivergence divergence) {
        return SoftmaxRecipes.contrast(
                BATCH, Supervision.sameLabel(), new Similarity(Similarity.Kind.UNIT_NEGATIVE_DISTANCE, 1), divergence);
    }
}
