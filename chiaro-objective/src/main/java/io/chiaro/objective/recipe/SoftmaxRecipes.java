package io.chiaro.objective.recipe;

import static io.chiaro.objective.Pairing.Among.BATCH;
import static io.chiaro.objective.Pairing.Among.CROSS_BOTH;
import static io.chiaro.objective.Pairing.Among.QUEUE;
import static io.chiaro.objective.Pairing.Among.QUEUE_ALONE;

import io.chiaro.objective.ByTemperature;
import io.chiaro.objective.Contrast;
import io.chiaro.objective.DirectionsAdded;
import io.chiaro.objective.Leading;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.TemperaturePolicy;
import io.chiaro.objective.Weights;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.softmax.DebiasedSoftmax;
import io.chiaro.objective.softmax.ExpectedCosts;
import io.chiaro.objective.softmax.LabelDistanceSoftmax;
import io.chiaro.objective.softmax.PairLogistic;
import io.chiaro.objective.softmax.PairSoftmax;
import io.chiaro.objective.softmax.PlaceOfClass;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import io.chiaro.objective.softmax.RankSoftmax;
import io.chiaro.objective.softmax.RobustSoftmax;
import io.chiaro.objective.softmax.SharesAboveZero;
import io.chiaro.objective.softmax.SharesApart;
import io.chiaro.objective.softmax.SpectralSquares;
import io.chiaro.objective.softmax.Unfading;
import java.util.List;

/** Recipes of the softmax family. */
final class SoftmaxRecipes {

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "nt-xent",
                    "Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, ICML 2020, eq. 1",
                    "lightly 1.6.0 NTXentLoss",
                    item(BATCH, 0.5, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)),
                    "simclr"),
            Recipe.of(
                    "dcl",
                    "Yeh et al., Decoupled Contrastive Learning, ECCV 2022, eq. 3",
                    "lightly 1.6.0 DCLLoss",
                    item(BATCH, 0.1, softmax(Share.MEAN_OF_LOGS, Denominator.NEGATIVES))),
            Recipe.of(
                    "sup-con",
                    "Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, eq. 2 (L_out)",
                    "solo-learn 1.0.2 simclr_loss_func with labels",
                    label(BATCH, 0.1, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)),
                    "sup-con-out",
                    "stable-rep"),
            Recipe.of(
                    "sup-con-rescaled",
                    "Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, eq. 2 (L_out), times temperature / 0.07 as in the "
                            + "authors' code",
                    "no-reference: formula of SupContrast (HobbitLong)",
                    new ByTemperature(label(BATCH, 0.1, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)), 0.07)),
            Recipe.of(
                    "sup-con-in",
                    "Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, eq. 3 (L_in)",
                    "no-reference: formula of SupCon L_in",
                    label(BATCH, 0.1, softmax(Share.LOG_OF_MEAN, Denominator.CANDIDATES))),
            Recipe.of(
                    "sup-con-set",
                    "Goldberger et al., Neighbourhood Components Analysis, NIPS 2004, eq. 3, on unit vectors",
                    "no-reference: formula of L_in without the number of positives",
                    label(BATCH, 0.1, softmax(Share.LOG_OF_SUM, Denominator.CANDIDATES))),
            Recipe.of(
                    "nt-xent-by-label",
                    "Sohn, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS 2016, eq. 5",
                    "pytorch-metric-learning 2.9.0 NTXentLoss",
                    label(BATCH, 0.07, new PairSoftmax())),
            Recipe.of(
                    "sup-con-above-zero",
                    "Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, eq. 2 (L_out), the mean over anchors above "
                            + "zero",
                    "pytorch-metric-learning 2.9.0 SupConLoss",
                    label(BATCH, 0.1, new SharesAboveZero())),
            Recipe.of(
                    "instance",
                    "Zheng et al., Dual-Path Convolutional Image-Text Embeddings with Instance Loss, ACM TOMM 2020, eq. 5, "
                            + "without vectors of classes",
                    "pytorch-metric-learning 2.9.0 InstanceLoss",
                    new WholeBatch(new PlaceOfClass(64))),
            Recipe.of(
                    "debiased",
                    "Chuang et al., Debiased Contrastive Learning, NeurIPS 2020, eq. 8",
                    "no-reference: formula of debiased contrast (chingyaoc)",
                    item(BATCH, 0.5, new DebiasedSoftmax(0.1, new DebiasedSoftmax.Even()))),
            Recipe.of(
                    "hcl",
                    "Robinson et al., Contrastive Learning with Hard Negative Samples, ICLR 2021, section 3",
                    "no-reference: formula of hard negatives (joshr17, HCL)",
                    item(BATCH, 0.5, new DebiasedSoftmax(0.1, new DebiasedSoftmax.Hardness(1)))),
            Recipe.of(
                    "clip",
                    "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021, "
                            + "figure 3",
                    "open_clip_torch 3.3.0 ClipLoss",
                    item(CROSS_BOTH, 0.07, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))),
            Recipe.of(
                    "siglip",
                    "Zhai et al., Sigmoid Loss for Language Image Pre-Training, ICCV 2023, eq. 1",
                    "open_clip_torch 3.3.0 SigLipLoss",
                    item(Pairing.Among.CROSS, 0.1, new PairLogistic(-10))),
            Recipe.of(
                    "moco",
                    "He et al., Momentum Contrast for Unsupervised Visual Representation Learning, CVPR 2020, eq. 1",
                    "lightly 1.6.0 NTXentLoss(temperature=0.07) with a memory bank",
                    item(QUEUE, 0.07, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))),
            Recipe.of(
                    "ressl",
                    "Zheng et al., ReSSL: Relational Self-Supervised Learning with Weak Augmentation, NeurIPS 2021, eq. 5",
                    "solo-learn 1.0.2 ressl_loss_func",
                    contrast(
                            QUEUE_ALONE,
                            new Supervision.TeacherView(0.04),
                            Similarity.cosine(1 / 0.1),
                            new SharesApart(SharesApart.Measure.CROSS_ENTROPY, 0))),
            Recipe.of(
                    "rince",
                    "Chuang et al., Robust Contrastive Learning against Noisy Views, CVPR 2022, eq. 5",
                    "no-reference: formula of robust InfoNCE (chingyaoc, RINCE)",
                    item(BATCH, 0.5, new RobustSoftmax(0.5, 0.025))),
            Recipe.of(
                    "spectral",
                    "HaoChen et al., Provable Guarantees for Self-Supervised Deep Learning with Spectral Contrastive Loss, "
                            + "NeurIPS 2021, eq. 6",
                    "no-reference",
                    contrast(CROSS_BOTH, Supervision.sameItem(), Similarity.dot(1), new SpectralSquares())),
            Recipe.of(
                    "conr",
                    "Keramati et al., ConR: Contrastive Regularizer for Deep Imbalanced Regression, ICLR 2024, eq. 4",
                    "no-reference",
                    contrast(BATCH, Supervision.goldScores(), Similarity.cosine(5), new LabelDistanceSoftmax(1, 0.01))),
            Recipe.of(
                    "rank-n-contrast",
                    "Zha et al., Rank-N-Contrast: Learning Continuous Representations for Regression, NeurIPS 2023, eq. 2",
                    "no-reference",
                    contrast(BATCH, Supervision.goldScores(), Similarity.negativeDistance(0.5), new RankSoftmax())),
            Recipe.of(
                    "simclr-doubled",
                    "Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, ICML 2020, both views "
                            + "added as in the authors' code",
                    "no-reference: formula of SimCLR's TensorFlow code",
                    new DirectionsAdded(item(BATCH, 1, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)))),
            Recipe.of(
                    "dcl-summed",
                    "Yeh et al., Decoupled Contrastive Learning, ECCV 2022, eq. 3, both directions added",
                    "no-reference: formula of DCL (raminnakhli), both directions added",
                    new DirectionsAdded(item(BATCH, 0.1, softmax(Share.MEAN_OF_LOGS, Denominator.NEGATIVES)))),
            Recipe.of(
                    "directclr",
                    "Jing et al., Understanding Dimensional Collapse in Contrastive Self-supervised Learning, ICLR 2022, "
                            + "section 6",
                    "lightly 1.6.0 DirectCLRLoss",
                    new Leading(64, item(BATCH, 0.5, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)))),
            Recipe.of(
                    "nca",
                    "Goldberger et al., Neighbourhood Components Analysis, NIPS 2004, eq. 3",
                    "pytorch-metric-learning 2.9.0 NCALoss",
                    contrast(
                            BATCH,
                            Supervision.sameLabel(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE, 1),
                            softmax(Share.LOG_OF_SUM, Denominator.CANDIDATES))),
            Recipe.of(
                    "kernel-info-nce",
                    "Tan et al., Contrastive Learning Is Spectral Clustering On Similarity Graph, ICLR 2024, eq. 8, with the "
                            + "simple exponential kernel",
                    "no-reference",
                    contrast(
                            BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_DISTANCE, 2),
                            softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))),
            Recipe.of(
                    "t-simcne",
                    "Boehm, Berens and Kobak, Unsupervised Visualization of Image Datasets using Contrastive Learning, ICLR "
                            + "2023, eq. 3",
                    "no-reference",
                    contrast(
                            BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.STUDENT, 1),
                            softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES))),
            Recipe.of(
                    "cacr",
                    "Zheng et al., Contrastive Attraction and Contrastive Repulsion for Representation Learning, TMLR 2023, "
                            + "eq. 5 and 6",
                    "no-reference",
                    contrast(
                            BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE, 1),
                            new ExpectedCosts(1, 1))),
            Recipe.of(
                    "i-con",
                    "Alshammari et al., I-Con: A Unifying Framework for Representation Learning, ICLR 2025, eq. 1",
                    "no-reference",
                    item(BATCH, 0.5, new SharesApart(SharesApart.Measure.KULLBACK_LEIBLER, 0.2))),
            Recipe.of(
                    "dclw",
                    "Yeh et al., Decoupled Contrastive Learning, ECCV 2022, eq. 6",
                    "lightly 1.6.0 DCLWLoss",
                    item(BATCH, 0.1, softmax(Share.MEAN_OF_LOGS, Denominator.NEGATIVES))
                            .withWeights(new Weights.NearPositives(0.5))),
            Recipe.of(
                    "macl",
                    "Huang et al., Model-Aware Contrastive Learning: Towards Escaping the Dilemmas, ICML 2023, eq. 9 and 11",
                    "lightly 1.6.0 MACLLoss",
                    contrast(
                            BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.COSINE, 10, new TemperaturePolicy.ModelAware(0.5, 0)),
                            new Unfading(1e-8, softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)))),
            Recipe.of(
                    "temperature-as-uncertainty",
                    "Zhang et al., Temperature as Uncertainty in Contrastive Learning, 2021, section 3",
                    "no-reference",
                    contrast(
                            BATCH,
                            Supervision.sameItem(),
                            new Similarity(Similarity.Kind.COSINE, 1 / 0.07, new TemperaturePolicy.Predicted()),
                            softmax(Share.MEAN_OF_LOGS, Denominator.CANDIDATES)),
                    "tau-simclr"),
            beyond("i-con-reverse", SharesApart.Measure.REVERSE, 0.2),
            beyond("i-con-jensen-shannon", SharesApart.Measure.JENSEN_SHANNON, 0),
            beyond("i-con-total-variation", SharesApart.Measure.TOTAL_VARIATION, 0),
            beyond("i-con-hellinger", SharesApart.Measure.HELLINGER, 0));

    private SoftmaxRecipes() {}

    private static Recipe beyond(String name, SharesApart.Measure measure, double leak) {
        return Recipe.of(
                name,
                "Beyond I-Con: Exploring New Dimension of Distance Measures in Representation Learning, 2025, section 3",
                "no-reference",
                item(BATCH, 0.5, new SharesApart(measure, leak)));
    }

    private static PositiveSoftmax softmax(Share share, Denominator denominator) {
        return new PositiveSoftmax(share, denominator);
    }

    static Contrast item(Pairing.Among among, double temperature, RowDivergence divergence) {
        return contrast(among, Supervision.sameItem(), Similarity.cosine(1 / temperature), divergence);
    }

    private static Contrast label(Pairing.Among among, double temperature, RowDivergence divergence) {
        return contrast(among, Supervision.sameLabel(), Similarity.cosine(1 / temperature), divergence);
    }

    static Contrast contrast(
            Pairing.Among among, Supervision supervision, Similarity similarity, RowDivergence divergence) {
        return Contrast.of(Pairing.blocks(among), supervision, similarity, divergence);
    }
}
