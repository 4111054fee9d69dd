package io.chiaro.objective.recipe;

import io.chiaro.objective.Contrast;
import io.chiaro.objective.Pairing;
import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Supervision;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.classes.ClassMargin;
import io.chiaro.objective.classes.ManifoldOfProxies;
import io.chiaro.objective.classes.MultipliedAngle;
import io.chiaro.objective.classes.MultipliedAngle.Lengths;
import io.chiaro.objective.classes.NearestCentre;
import io.chiaro.objective.classes.ProxyAnchor;
import io.chiaro.objective.classes.SoftTriple;
import io.chiaro.objective.classes.SquaredToTarget;
import io.chiaro.objective.softmax.PositiveSoftmax;
import io.chiaro.objective.softmax.PositiveSoftmax.Denominator;
import io.chiaro.objective.softmax.PositiveSoftmax.Share;
import java.util.List;

/** Recipes of rows against vectors of classes. */
final class ClassRecipes {

    private static final String LIBRARY = "pytorch-metric-learning 2.9.0 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "arcface",
                    "Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019, eq. 3",
                    LIBRARY + "ArcFaceLoss",
                    cosine(64, new ClassMargin(ClassMargin.Kind.ANGLE, 28.6))),
            Recipe.of(
                    "cosface",
                    "Wang et al., CosFace: Large Margin Cosine Loss for Deep Face Recognition, CVPR 2018, eq. 4",
                    LIBRARY + "CosFaceLoss",
                    cosine(64, new ClassMargin(ClassMargin.Kind.COSINE, 0.35))),
            Recipe.of(
                    "normalized-softmax",
                    "Zhai and Wu, Classification is a Strong Baseline for Deep Metric Learning, BMVC 2019, eq. 3",
                    LIBRARY + "NormalizedSoftmaxLoss",
                    cosine(20, new ClassMargin(ClassMargin.Kind.NONE, 0))),
            Recipe.of(
                    "sphereface",
                    "Liu et al., SphereFace: Deep Hypersphere Embedding for Face Recognition, CVPR 2017, eq. 7",
                    LIBRARY + "SphereFaceLoss",
                    new WholeBatch(new MultipliedAngle(4, 1, Lengths.ROW))),
            Recipe.of(
                    "large-margin-softmax",
                    "Liu et al., Large-Margin Softmax Loss for Convolutional Neural Networks, ICML 2016, eq. 6",
                    LIBRARY + "LargeMarginSoftmaxLoss",
                    new WholeBatch(new MultipliedAngle(4, 1, Lengths.ROW_AND_CLASS))),
            Recipe.of(
                    "sub-center-arcface",
                    "Deng et al., Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces, ECCV 2020, "
                            + "eq. 3",
                    LIBRARY + "SubCenterArcFaceLoss",
                    new WholeBatch(new NearestCentre(3, 64, 28.6))),
            Recipe.of(
                    "soft-triple",
                    "Qian et al., SoftTriple Loss: Deep Metric Learning Without Triplet Sampling, ICCV 2019, eq. 8",
                    LIBRARY + "SoftTripleLoss",
                    new WholeBatch(new SoftTriple(10, 20, 0.1, 0.01))),
            Recipe.of(
                    "proxy-nca",
                    "Movshovitz-Attias et al., No Fuss Distance Metric Learning using Proxies, ICCV 2017, eq. 4, with the own "
                            + "class in the denominator",
                    LIBRARY + "ProxyNCALoss",
                    contrast(
                            new Similarity(Similarity.Kind.UNIT_NEGATIVE_SQUARED_DISTANCE, 1),
                            new PositiveSoftmax(Share.LOG_OF_SUM, Denominator.CANDIDATES))),
            Recipe.of(
                    "proxy-anchor",
                    "Kim et al., Proxy Anchor Loss for Deep Metric Learning, CVPR 2020, eq. 4",
                    LIBRARY + "ProxyAnchorLoss",
                    new WholeBatch(new ProxyAnchor(0.1, 32))),
            Recipe.of(
                    "p2s-grad",
                    "Zhang et al., P2SGrad: Refined Gradients for Optimizing Deep Face Models, CVPR 2019, eq. 11",
                    LIBRARY + "P2SGradLoss",
                    cosine(1, new SquaredToTarget())),
            Recipe.of(
                    "manifold",
                    "Aziere and Todorovic, Ensemble Deep Manifold Similarity Learning Using Hard Proxies, CVPR 2019, eq. 4 to "
                            + "8",
                    LIBRARY + "ManifoldLoss",
                    new WholeBatch(new ManifoldOfProxies(1, 0.8, 5e-4))));

    private ClassRecipes() {}

    private static Contrast cosine(double scale, RowDivergence divergence) {
        return contrast(Similarity.cosine(scale), divergence);
    }

    private static Contrast contrast(Similarity similarity, RowDivergence divergence) {
        return SoftmaxRecipes.contrast(Pairing.Among.CLASSES, Supervision.sameLabel(), similarity, divergence);
    }
}
