package io.chiaro.objective.recipe;

import static io.chiaro.objective.Pairing.Among.BATCH;
import static io.chiaro.objective.Pairing.Among.CROSS;
import static io.chiaro.objective.Similarity.Kind.NEGATIVE_DISTANCE;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.classes.PairClassifier;
import io.chiaro.objective.metric.FarthestAndNearest;
import io.chiaro.objective.metric.HardLabelledPairs;
import io.chiaro.objective.metric.HardestPairMargins;
import io.chiaro.objective.metric.LabelledPairs;
import io.chiaro.objective.metric.PairRegression;
import io.chiaro.objective.metric.SemiHardNegative;
import io.chiaro.objective.metric.TripletMargin;
import io.chiaro.objective.softmax.DynamicDistillation;
import io.chiaro.objective.softmax.LabelledLogistic;
import java.util.List;

/** Recipes of texts in pairs, with a label each, and of triplets by class on embeddings of any length. */
final class PairRecipes {

    private static final String LIBRARY = "sentence-transformers 6.2.0 ";
    private static final String HERMANS =
            "Hermans, Beyer and Leibe, In Defense of the Triplet Loss for Person Re-Identification, 2017, ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "batch-all-triplet",
                    HERMANS + "eq. 7",
                    LIBRARY + "BatchAllTripletLoss",
                    rows(new TripletMargin(5, false))),
            Recipe.of(
                    "batch-hard-triplet",
                    HERMANS + "eq. 5",
                    LIBRARY + "BatchHardTripletLoss",
                    rows(new FarthestAndNearest(5, false))),
            Recipe.of(
                    "batch-hard-soft-margin-triplet",
                    HERMANS + "section 2, soft margin",
                    LIBRARY + "BatchHardSoftMarginTripletLoss",
                    rows(new FarthestAndNearest(0, true))),
            Recipe.of(
                    "batch-semi-hard-triplet",
                    "Schroff, Kalenichenko and Philbin, FaceNet, CVPR 2015, section 3.2",
                    LIBRARY + "BatchSemiHardTripletLoss",
                    rows(new SemiHardNegative(5))),
            Recipe.of(
                    "mega-batch-margin",
                    "Wieting and Gimpel, ParaNMT-50M, ACL 2018, eq. 1",
                    LIBRARY + "MegaBatchMarginLoss",
                    SoftmaxRecipes.contrast(
                            CROSS, Supervision.sameItem(), Similarity.cosine(1), new HardestPairMargins(0.8, 0.3))),
            Recipe.of(
                    "pair-contrastive",
                    "Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006, eq. 4",
                    LIBRARY + "ContrastiveLoss",
                    new WholeBatch(new LabelledPairs(0.5))),
            Recipe.of(
                    "online-contrastive",
                    "Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006, eq. 4, "
                            + "of hard pairs",
                    LIBRARY + "OnlineContrastiveLoss",
                    new WholeBatch(new HardLabelledPairs(0.5))),
            Recipe.of(
                    "contrastive-tension",
                    "Carlsson et al., Semantic Re-tuning with Contrastive Tension, ICLR 2021, eq. 1",
                    LIBRARY + "ContrastiveTensionLoss",
                    new WholeBatch(new LabelledLogistic())),
            Recipe.of(
                    "pair-classification",
                    "Reimers and Gurevych, Sentence-BERT, EMNLP 2019, section 3, classification objective",
                    LIBRARY + "SoftmaxLoss without bias",
                    new WholeBatch(new PairClassifier(3)),
                    "softmax-loss"),
            Recipe.of(
                    "pair-regression",
                    "Barkan et al., Scalable Attentive Sentence-Pair Modeling via Distilled Sentence Embedding, AAAI 2020, "
                            + "section 3, a linear head and the distillation alone",
                    "no-reference",
                    new WholeBatch(new PairRegression())),
            Recipe.of(
                    "dynamic-distillation",
                    "Rao et al., Dynamic Contrastive Distillation for Image-Text Retrieval, IEEE Transactions on Multimedia 2023",
                    "no-reference",
                    new WholeBatch(new DynamicDistillation(20, 0.2))));

    private PairRecipes() {}

    private static Contrast rows(RowDivergence divergence) {
        return SoftmaxRecipes.contrast(
                BATCH, Supervision.sameLabel(), new Similarity(NEGATIVE_DISTANCE, 1), divergence);
    }
}
