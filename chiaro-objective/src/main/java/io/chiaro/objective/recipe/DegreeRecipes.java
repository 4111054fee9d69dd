package io.chiaro.objective.recipe;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.Pairing.Among;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.Weights;
import io.chiaro.objective.softmax.ByConfidence;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.objective.softmax.SharesApart;
import java.util.List;

/** Recipes in which rows belong together by degrees, and recipes in which some candidates count more. */
final class DegreeRecipes {

    private static final String NONE = "no-reference";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "y-aware",
                    "Dufumier et al., Contrastive Learning with Continuous Proxy Meta-Data for 3D MRI Classification, MICCAI "
                            + "2021, eq. 3, less the entropy of the targets",
                    NONE,
                    degrees(0.1, new Supervision.LabelKernel(1))),
            Recipe.of(
                    "x-sample",
                    "Sobal et al., X-Sample Contrastive Loss: Improving Contrastive Learning with Sample Similarity Graphs, "
                            + "2024, section 3, less the entropy of the targets",
                    NONE,
                    degrees(0.1, new Supervision.GuideSoftmax(0.1))),
            Recipe.of(
                    "sne",
                    "Hinton and Roweis, Stochastic Neighbor Embedding, NIPS 2002, eq. 1 to 5, neighbours of a guide's unit rows by one "
                            + "Gaussian, and views of an item as neighbours of their own",
                    NONE,
                    neighbours(Similarity.Kind.NEGATIVE_SQUARED_DISTANCE)),
            Recipe.of(
                    "t-sne",
                    "van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008, eq. 4, with shares of each row and not of all "
                            + "pairs, neighbours as in sne",
                    NONE,
                    neighbours(Similarity.Kind.STUDENT)),
            Recipe.of(
                    "guide-neighbours",
                    "El Banani et al., Learning Visual Representations via Language-Guided Sampling, CVPR 2023, section 3, with "
                            + "neighbours in the batch",
                    NONE,
                    degrees(0.1, new Supervision.GuideNeighbours(1))),
            Recipe.of(
                    "hard-sup-con",
                    "Jiang et al., Supervised Contrastive Learning with Hard Negative Samples, 2022, section 3",
                    NONE,
                    weighted(Among.BATCH, Supervision.sameLabel(), 0.1, new Weights.Hardness(1))),
            Recipe.of(
                    "hard-moco",
                    "Robinson et al., Contrastive Learning with Hard Negative Samples, ICLR 2021, section 3, over a queue",
                    NONE,
                    weighted(Among.QUEUE, Supervision.sameItem(), 0.2, new Weights.Hardness(1))),
            Recipe.of(
                    "label-distance-weighted",
                    "Dai et al., Adaptive Contrast for Image Regression in Computer-Aided Disease Assessment, IEEE TMI 2021, a "
                            + "margin that grows with the distance of labels",
                    NONE,
                    weighted(Among.BATCH, Supervision.sameItem(), 0.1, new Weights.LabelDistance(1))),
            Recipe.of(
                    "sampling-bias-corrected",
                    "Yi et al., Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations, RecSys 2019, eq. "
                            + "4",
                    NONE,
                    weighted(Among.CROSS, Supervision.sameItem(), 0.1, new Weights.InversePropensity())),
            Recipe.of(
                    "nt-xent-cluster-aware",
                    "Deng et al., Clustering-Aware Negative Sampling for Unsupervised Sentence Representation, ACL Findings 2023, "
                            + "negatives of the own cluster left out; the class of a row is its cluster",
                    NONE,
                    weighted(Among.BATCH, Supervision.sameItem(), 0.5, new Weights.OwnCluster(0))),
            Recipe.of(
                    "sup-con-multi-label",
                    "Lin et al., An Effective Deployment of Contrastive Learning in Multi-label Text Classification, ACL Findings "
                            + "2023, section 3, the Jaccard similarity, each row's degrees divided by their sum",
                    NONE,
                    degrees(0.1, new Supervision.SharedLabels())),
            Recipe.of(
                    "info-nce-quality",
                    "van den Oord, Li and Vinyals, Representation Learning with Contrastive Predictive Coding, 2018, eq. 4, each "
                            + "pair counted by its quality",
                    NONE,
                    SoftmaxRecipes.contrast(
                            Among.CROSS,
                            Supervision.sameItem(),
                            Similarity.cosine(20),
                            new ByConfidence(new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)))));

    private DegreeRecipes() {}

    private static Contrast neighbours(Similarity.Kind embedded) {
        return SoftmaxRecipes.contrast(
                Among.BATCH,
                new Supervision.GuideSoftmax(0.1),
                new Similarity(embedded, 1),
                new SharesApart(SharesApart.Measure.KULLBACK_LEIBLER, 0));
    }

    private static Contrast degrees(double temperature, Supervision supervision) {
        return SoftmaxRecipes.contrast(
                Among.BATCH,
                supervision,
                Similarity.cosine(1 / temperature),
                new SharesApart(SharesApart.Measure.KULLBACK_LEIBLER, 0));
    }

    private static Contrast weighted(Among among, Supervision supervision, double temperature, Weights weights) {
        return SoftmaxRecipes.contrast(
                        among,
                        supervision,
                        Similarity.cosine(1 / temperature),
                        new PositiveSoftmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))
                .withWeights(weights);
    }
}
