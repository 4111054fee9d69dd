package io.chiaro.objective.recipe;

import io.chiaro.objective.DirectionsAdded;
import io.chiaro.objective.Towers;
import io.chiaro.objective.WholeBatch;
import io.chiaro.objective.feature.AlignmentUniformity;
import io.chiaro.objective.feature.BarlowTwins;
import io.chiaro.objective.feature.CentredTeacher;
import io.chiaro.objective.feature.CodingRate;
import io.chiaro.objective.feature.ConsistencyOverQueue;
import io.chiaro.objective.feature.CorrelationPenalty;
import io.chiaro.objective.feature.CrossedPredictions;
import io.chiaro.objective.feature.CyclicClip;
import io.chiaro.objective.feature.DecoupledUniformity;
import io.chiaro.objective.feature.DistilledClip;
import io.chiaro.objective.feature.FrobeniusNorms;
import io.chiaro.objective.feature.Kernel;
import io.chiaro.objective.feature.KernelContrast;
import io.chiaro.objective.feature.LockedTower;
import io.chiaro.objective.feature.MaskedAssignments;
import io.chiaro.objective.feature.MaskedAssignments.Prior;
import io.chiaro.objective.feature.MaximumManifoldCapacity;
import io.chiaro.objective.feature.NearestNeighbourEntropy;
import io.chiaro.objective.feature.NegativeCosine;
import io.chiaro.objective.feature.NeighbourAsPositive;
import io.chiaro.objective.feature.NeighbourAsPositive.Negatives;
import io.chiaro.objective.feature.PairsOfViews;
import io.chiaro.objective.feature.PolyView;
import io.chiaro.objective.feature.PredictedFrames;
import io.chiaro.objective.feature.SlicedGaussian;
import io.chiaro.objective.feature.SlicedQuantiles;
import io.chiaro.objective.feature.SwappedCodes;
import io.chiaro.objective.feature.TransformationCovariance;
import io.chiaro.objective.feature.Triples;
import io.chiaro.objective.feature.VarianceInvarianceCovariance;
import io.chiaro.objective.feature.VarianceInvarianceCovariance.Variances;
import io.chiaro.objective.feature.ViewsAsSet;
import io.chiaro.objective.feature.WeightedByFrozen;
import io.chiaro.objective.feature.Whitened;
import java.util.List;

/** Recipes of whole batches: features, views as sets, prototypes and teachers. */
final class FeatureRecipes {

    private static final String LIGHTLY = "lightly 1.6.0 ";
    private static final String SOLO = "solo-learn 1.0.2 ";

    static final List<Recipe> ALL = List.of(
            Recipe.of(
                    "barlow-twins",
                    "Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, ICML 2021, eq. 1",
                    LIGHTLY + "BarlowTwinsLoss",
                    new WholeBatch(new BarlowTwins(0.005, 1e-5))),
            Recipe.of(
                    "vicreg",
                    "Bardes, Ponce and LeCun, VICReg: Variance-Invariance-Covariance Regularization, ICLR 2022, eq. 6",
                    LIGHTLY + "VICRegLoss",
                    new WholeBatch(new VarianceInvarianceCovariance(25, 25, 1, 1e-4, Variances.AVERAGED))),
            Recipe.of(
                    "simsiam",
                    "Chen and He, Exploring Simple Siamese Representation Learning, CVPR 2021, eq. 1",
                    LIGHTLY + "NegativeCosineSimilarity",
                    new WholeBatch(
                            Towers.PREDICTED_AND_STOPPED, new NegativeCosine(NegativeCosine.Form.NEGATIVE_COSINE)),
                    "negative-cosine"),
            Recipe.of(
                    "byol",
                    "Grill et al., Bootstrap Your Own Latent, NeurIPS 2020, eq. 2",
                    SOLO + "byol_loss_func",
                    new WholeBatch(
                            Towers.PREDICTED_AND_AVERAGED, new NegativeCosine(NegativeCosine.Form.SQUARED_DISTANCE))),
            Recipe.of(
                            "direct-pred",
                            "Tian, Chen and Ganguli, Understanding self-supervised Learning Dynamics without Contrastive Pairs, ICML 2021, "
                                    + "section 4; the loss of byol, whose predictor a run sets in closed form",
                            SOLO + "byol_loss_func",
                            new WholeBatch(
                                    Towers.PREDICTED_AND_AVERAGED,
                                    new NegativeCosine(NegativeCosine.Form.SQUARED_DISTANCE)))
                    .usually("predictor", "direct"),
            Recipe.of(
                    "align-uniform",
                    "Wang and Isola, Understanding Contrastive Representation Learning through Alignment and Uniformity on "
                            + "the Hypersphere, ICML 2020, section 4.1",
                    LIGHTLY + "HypersphereLoss",
                    new WholeBatch(new AlignmentUniformity(1, 2, 1, 1))),
            Recipe.of(
                    "decoupled-uniformity",
                    "Dufumier et al., Integrating Prior Knowledge in Contrastive Learning with Kernel, ICML 2023, eq. 3",
                    "no-reference: formula of decoupled uniformity without prior",
                    new WholeBatch(new DecoupledUniformity(2))),
            Recipe.of(
                    "mmcr",
                    "Yerxa et al., Learning Efficient Coding of Natural Images with Maximum Manifold Capacity "
                            + "Representations, NeurIPS 2023, eq. 4",
                    LIGHTLY + "MMCRLoss",
                    new WholeBatch(new MaximumManifoldCapacity(0.005, false))),
            Recipe.of(
                    "mmcr-normalized",
                    "Yerxa et al., Learning Efficient Coding of Natural Images with Maximum Manifold Capacity "
                            + "Representations, NeurIPS 2023, eq. 4, of rows of length one",
                    LIGHTLY + "MMCRLoss on rows of length one",
                    new WholeBatch(new MaximumManifoldCapacity(0.005, true))),
            Recipe.of(
                    "w-mse",
                    "Ermolov et al., Whitening for Self-Supervised Representation Learning, ICML 2021, eq. 4",
                    LIGHTLY + "WMSELoss",
                    new WholeBatch(new Whitened(0))),
            Recipe.of(
                    "emp-ssl",
                    "Tong et al., EMP-SSL: Towards Self-Supervised Learning in One Training Epoch, 2023, eq. 6",
                    LIGHTLY + "EMPSSLLoss with the sign of the coding rate mended",
                    new WholeBatch(new CodingRate(200, 1, 0.2, false))),
            Recipe.of(
                    "emp-ssl-normalized",
                    "Tong et al., EMP-SSL: Towards Self-Supervised Learning in One Training Epoch, 2023, eq. 6, of rows of "
                            + "length one",
                    LIGHTLY + "EMPSSLLoss on rows of length one, with the sign of the coding rate mended",
                    new WholeBatch(new CodingRate(200, 1, 0.2, true))),
            Recipe.of(
                    "koleo",
                    "Sablayrolles et al., Spreading Vectors for Similarity Search, ICLR 2019, eq. 3",
                    LIGHTLY + "KoLeoLoss",
                    new WholeBatch(new NearestNeighbourEntropy(1e-8))),
            Recipe.of(
                    "mv-infonce",
                    "Koromilas et al., A Principled Framework for Multi-View Contrastive Learning, 2025",
                    "no-reference: formula of MV-InfoNCE as coded (Multi-View-CL)",
                    new WholeBatch(new ViewsAsSet(ViewsAsSet.Form.JOINT, 0.5))),
            Recipe.of(
                    "mv-dhel",
                    "Koromilas et al., Bridging Mini-Batch and Asymptotic Analysis in Contrastive Learning, ICML 2024",
                    "no-reference: formula of MV-DHEL (Multi-View-CL)",
                    new WholeBatch(new ViewsAsSet(ViewsAsSet.Form.PER_VIEW, 0.5)),
                    "dhel"),
            Recipe.of(
                    "poly-view-geometric",
                    "Shidani et al., Poly-View Contrastive Learning, ICLR 2024",
                    "no-reference: formula of the Poly-View paper",
                    new WholeBatch(new PolyView(PolyView.Form.GEOMETRIC, 0.5))),
            Recipe.of(
                    "poly-view-arithmetic",
                    "Shidani et al., Poly-View Contrastive Learning, ICLR 2024",
                    "no-reference: formula of the Poly-View paper",
                    new WholeBatch(new PolyView(PolyView.Form.ARITHMETIC, 0.5))),
            Recipe.of(
                    "poly-view-sufficient",
                    "Shidani et al., Poly-View Contrastive Learning, ICLR 2024, section 2.4, sufficient statistics",
                    "no-reference",
                    new WholeBatch(new PolyView(PolyView.Form.SUFFICIENT, 0.5)),
                    "suf-clr"),
            Recipe.of(
                    "symile",
                    "Saporta et al., Contrasting with Symile: Simple Model-Agnostic Representation Learning for Unlimited "
                            + "Modalities, NeurIPS 2024, eq. 6",
                    "no-reference: formula of Symile with negatives n_squared",
                    new WholeBatch(new Triples(10))),
            Recipe.of(
                    "cyclip",
                    "Goel et al., CyCLIP: Cyclic Contrastive Language-Image Pretraining, NeurIPS 2022, eq. 4",
                    "no-reference: formula of CyCLIP (in iSogCLR)",
                    new WholeBatch(new CyclicClip(0.2, 0.25, 0.25))),
            Recipe.of(
                    "swav",
                    "Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, NeurIPS "
                            + "2020, eq. 2",
                    LIGHTLY + "SwaVLoss",
                    new WholeBatch(new SwappedCodes(0.1, 0.05, 3, 2, false))),
            Recipe.of(
                    "dino",
                    "Caron et al., Emerging Properties in Self-Supervised Vision Transformers, ICCV 2021, eq. 2",
                    LIGHTLY + "DINOLoss",
                    new WholeBatch(Towers.BOTH_AND_AVERAGED, new CentredTeacher(0.1, 0.04, 0.9))),
            Recipe.of(
                    "co2",
                    "Wei et al., CO2: Consistent Contrast for Unsupervised Visual Representation Learning, ICLR 2021, eq. 4",
                    LIGHTLY + "CO2Regularizer",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new ConsistencyOverQueue(0.05, 1))),
            Recipe.of(
                    "vicreg-summed",
                    "Bardes, Ponce and LeCun, VICReg: Variance-Invariance-Covariance Regularization, ICLR 2022, eq. 6, with "
                            + "the variance terms of both views added",
                    SOLO + "vicreg_loss_func",
                    new WholeBatch(new VarianceInvarianceCovariance(25, 25, 1, 1e-4, Variances.ADDED))),
            Recipe.of(
                    "vibcreg",
                    "Lee and Aune, VIbCReg: Variance-Invariance-better-Covariance Regularization for Self-Supervised Learning "
                            + "on Time Series, 2021, eq. 4 to 6",
                    "no-reference: formula of VIbCReg (solo-learn), whose weights of 25 and 200 are 50 and 400 here",
                    new WholeBatch(new CorrelationPenalty(25, 25, 200, 1e-4))),
            Recipe.of(
                    "byol-summed",
                    "Grill et al., Bootstrap Your Own Latent, NeurIPS 2020, eq. 2, both directions added",
                    SOLO + "byol_loss_func, both directions added",
                    new DirectionsAdded(new WholeBatch(
                            Towers.PREDICTED_AND_AVERAGED, new NegativeCosine(NegativeCosine.Form.SQUARED_DISTANCE)))),
            Recipe.of(
                    "nt-xent-pairwise",
                    "Tian, Krishnan and Isola, Contrastive Multiview Coding, ECCV 2020, eq. 8",
                    LIGHTLY + "NTXentLoss, the mean over pairs of views",
                    new WholeBatch(new PairsOfViews(0.5))),
            Recipe.of(
                    "moco-v3",
                    "Chen, Xie and He, An Empirical Study of Training Self-Supervised Vision Transformers, ICCV 2021, "
                            + "algorithm 1",
                    "no-reference: formula of MoCo v3",
                    new WholeBatch(Towers.PREDICTED_AND_AVERAGED, new CrossedPredictions(0.2))),
            Recipe.of(
                    "nnclr",
                    "Dwibedi et al., With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual "
                            + "Representations, ICCV 2021, eq. 4, with negatives of both sides",
                    LIGHTLY + "NTXentLoss(temperature=0.1) on NNMemoryBankModule",
                    new WholeBatch(Towers.PREDICTED_AND_STOPPED, new NeighbourAsPositive(0.1, Negatives.BOTH_SIDES))),
            Recipe.of(
                    "nnclr-one-sided",
                    "Dwibedi et al., With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual "
                            + "Representations, ICCV 2021, eq. 4",
                    SOLO + "nnclr_loss_func",
                    new WholeBatch(Towers.PREDICTED_AND_STOPPED, new NeighbourAsPositive(0.2, Negatives.PREDICTIONS))),
            Recipe.of(
                    "tico",
                    "Zhu et al., TiCo: Transformation Invariance and Covariance Contrast for Self-Supervised Visual "
                            + "Representation Learning, 2022, eq. 4 and 5",
                    LIGHTLY + "TiCoLoss",
                    new WholeBatch(Towers.ONLINE_AND_AVERAGED, new TransformationCovariance(0.9, 8))),
            Recipe.of(
                    "frossl",
                    "Skean et al., FroSSL: Frobenius Norm Minimization for Efficient Multiview Self-Supervised Learning, "
                            + "ECCV 2024, eq. 6",
                    LIGHTLY + "FroSSLLoss",
                    new WholeBatch(new FrobeniusNorms(1))),
            Recipe.of(
                    "lejepa",
                    "Balestriero and LeCun, LeJEPA: Provable and Scalable Self-Supervised Learning Without the Heuristics, "
                            + "2025, section 4",
                    LIGHTLY + "LeJEPALoss",
                    new WholeBatch(new SlicedGaussian(0.05, 2, 17, 3))),
            Recipe.of(
                    "visreg",
                    "Wu et al., VISReg, 2026, eq. 1 to 8",
                    LIGHTLY + "VISRegLoss",
                    new WholeBatch(new SlicedQuantiles(0.9, 2, 1, 1, 1, 1e-4))),
            Recipe.of(
                    "msn",
                    "Assran et al., Masked Siamese Networks for Label-Efficient Learning, ECCV 2022, eq. 1",
                    LIGHTLY + "MSNLoss",
                    new WholeBatch(
                            Towers.ONLINE_AND_AVERAGED, new MaskedAssignments(0.1, 0.25, 3, 1, Prior.EVEN, 0.25))),
            Recipe.of(
                    "pmsn",
                    "Assran et al., The Hidden Uniform Cluster Prior in Self-Supervised Learning, ICLR 2023, eq. 4",
                    LIGHTLY + "PMSNLoss",
                    new WholeBatch(
                            Towers.ONLINE_AND_AVERAGED, new MaskedAssignments(0.1, 0.25, 3, 1, Prior.FALLING, 0.25))),
            Recipe.of(
                    "pmsn-custom",
                    "Assran et al., The Hidden Uniform Cluster Prior in Self-Supervised Learning, ICLR 2023, eq. 4, with a "
                            + "prior that is given",
                    LIGHTLY + "PMSNCustomLoss",
                    new WholeBatch(
                            Towers.ONLINE_AND_AVERAGED, new MaskedAssignments(0.1, 0.25, 3, 1, Prior.GIVEN, 0.25))),
            Recipe.of(
                    "le-wm",
                    "LeWorldModel, 2026, the objective",
                    LIGHTLY + "LeWMLoss",
                    new WholeBatch(new PredictedFrames(0.1, 17, 3))),
            Recipe.of(
                    "kcl",
                    "Koromilas et al., Bridging Mini-Batch and Asymptotic Analysis in Contrastive Learning: From InfoNCE to "
                            + "Kernel-Based Losses, ICML 2024, eq. 12",
                    "no-reference: formula of kernel contrast, Gaussian (DHEL-KCL)",
                    new WholeBatch(new KernelContrast(new Kernel.Gaussian(2), 16))),
            Recipe.of(
                    "distill-clip",
                    "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021, "
                            + "distilled",
                    "open_clip 3.3.0 DistillClipLoss, both parts added",
                    new WholeBatch(new DistilledClip(1 / 0.07, 1 / 0.07, 1))),
            Recipe.of(
                    "cwcl",
                    "Srinivasa et al., CWCL: Cross-Modal Transfer with Continuously Weighted Contrastive Loss, NeurIPS 2023, "
                            + "eq. 4",
                    "no-reference: formula of CWCL",
                    new WholeBatch(new WeightedByFrozen(0.07, true))),
            Recipe.of(
                    "lit",
                    "Zhai et al., LiT: Zero-Shot Transfer with Locked-image text Tuning, CVPR 2022, section 3",
                    "no-reference",
                    new WholeBatch(new LockedTower(0.07)),
                    "locked-image-tuning"));

    private FeatureRecipes() {}
}
