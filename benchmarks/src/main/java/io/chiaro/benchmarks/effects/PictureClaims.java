package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.effects.PictureBench.Change;
import io.chiaro.vision.PictureLikeness;
import java.util.List;

/** Claims about pictures, tried on digits. */
final class PictureClaims {

    static final PictureBench PICTURES = new PictureBench("digits", 150, 128, Change.NONE);
    static final PictureBench SMALL = new PictureBench("digits, small batches", 600, 32, Change.NONE);
    private static final PictureBench NOISY =
            new PictureBench("digits with wrong labels", 150, 128, Change.NOISY_LABELS);
    static final PictureBench TAIL = new PictureBench("digits with a long tail", 150, 128, Change.LONG_TAIL);

    static final PictureBench FEW = new PictureBench("digits with few labels", 100, 100, Change.FEW_LABELS, 150);
    static final PictureBench REPEATED = new PictureBench("digits, most of them copies", 150, 128, Change.REPEATED);

    static final String LINEAR = "accuracy";
    private static final String NEAREST = "knn-accuracy";
    private static final String BEHIND = "accuracy behind the head";
    private static final String ORTHOGONAL = "orthogonality behind the head";
    private static final String RANK = "effective-rank";

    static final Arm NT_XENT = PICTURES.arm("nt-xent");
    private static final Arm AT_32 = SMALL.arm("nt-xent").with("temperature", "0.1");
    private static final Arm MOCO = PICTURES.arm("moco").with("temperature", "0.2");
    private static final Arm PROPAGATION = PICTURES.arm("invariance-propagation");
    private static final Arm PROTOTYPES = PICTURES.arm("proto-nce").with("prototypes", "64");
    private static final Arm BYOL = PICTURES.arm("byol");
    /** Means of classes settle late. */
    private static final Arm LONG_SUP_CON = TAIL.arm("sup-con").told("steps", 600);

    private static final Arm ABOVE_ZERO = LONG_SUP_CON.with("head", "256-128,last-activation=relu");
    private static final Arm LINEAR_BYOL = BYOL.with("predictor", "128,norm=none,bias=false");
    /** Class vectors of length one, and no head between them and the encoder. */
    private static final String CROSS_ENTROPY = "normalized-softmax";

    private static final Arm TUNED = FEW.arm("core-tuning").with("head", "none");
    private static final Arm CENTRES = PICTURES.arm("decoupled-uniformity").with("augmentation", "crop-flip");
    private static final Arm BY_PRIOR = PICTURES.arm("kernel-prior-uniformity").with("augmentation", "crop-flip");
    private static final Arm BARLOW = PICTURES.arm("barlow-twins");
    private static final Arm MIXED_BARLOW = PICTURES.arm("mixed-barlow-twins");

    static final List<Tried> ALL = List.of(
            Claim.of(
                    "any-learning",
                    List.of(),
                    "contrast teaches more than a net knows by itself",
                    NEAREST,
                    NT_XENT,
                    NT_XENT.told("steps", 1).told("learning-rate", 1e-9)),
            Claim.of(
                    "dcl-at-32",
                    List.of(109),
                    "DCL is better than InfoNCE at batch 32 (Yeh et al. 2022), one temperature",
                    NEAREST,
                    SMALL.arm("dcl").with("temperature", "0.1"),
                    AT_32),
            Claim.of(
                    "macl-at-32",
                    List.of(167),
                    "a temperature that follows the alignment is better than a fixed one at small batches (Huang et al. 2023)",
                    LINEAR,
                    SMALL.arm("macl"),
                    AT_32),
            Claim.of(
                    "debiased",
                    List.of(233),
                    "negatives should be corrected for positives unseen, with few classes (Chuang et al. 2020)",
                    LINEAR,
                    PICTURES.arm("debiased"),
                    NT_XENT),
            Claim.of(
                    "hard-negatives",
                    List.of(),
                    "hard negatives should weigh more (Robinson et al. 2021)",
                    LINEAR,
                    PICTURES.arm("hcl"),
                    NT_XENT),
            Claim.noWorse(
                    "align-uniform",
                    List.of(163),
                    "alignment and uniformity alone do no worse than InfoNCE (Wang and Isola 2020)",
                    LINEAR,
                    PICTURES.arm("align-uniform"),
                    NT_XENT),
            Claim.of(
                    "temperature",
                    List.of(160),
                    "a temperature in between is better than a high one (Wang and Liu 2021)",
                    LINEAR,
                    NT_XENT.with("temperature", "0.2"),
                    NT_XENT.with("temperature", "1")),
            Claim.of(
                    "hard-contrastive",
                    List.of(160),
                    "the hardest negatives alone make up for a high temperature (Wang and Liu 2021)",
                    LINEAR,
                    PICTURES.arm("hard-contrastive").with("temperature", "1"),
                    NT_XENT.with("temperature", "1")),
            Claim.of(
                    "mv-dhel",
                    List.of(36),
                    "four views: MV-DHEL is better than the mean over pairs of views (Koromilas et al. 2025)",
                    LINEAR,
                    PICTURES.arm("mv-dhel").with("views", "4"),
                    PICTURES.arm("nt-xent-pairwise").with("views", "4")),
            Claim.of(
                    "poly-view",
                    List.of(184),
                    "four views of half as many pictures are better than two of all (Shidani et al. 2024)",
                    LINEAR,
                    PICTURES.arm("poly-view-geometric").with("views", "4").told("batch", 64),
                    NT_XENT),
            Claim.noWorse(
                    "cacr",
                    List.of(27),
                    "four views: CACR is no worse than InfoNCE (Zheng et al. 2023)",
                    LINEAR,
                    PICTURES.arm("cacr").with("views", "4"),
                    NT_XENT.with("views", "4")),
            Claim.of(
                    "groco",
                    List.of(103),
                    "ordering groups is better than InfoNCE (Shvetsova et al. 2023)",
                    NEAREST,
                    PICTURES.arm("groco"),
                    NT_XENT),
            Claim.noWorse(
                    "kernel-sum",
                    List.of(181),
                    "a sum of kernels is no worse than the Gaussian one (Tan et al. 2024)",
                    LINEAR,
                    PICTURES.arm("kernel-info-nce-sum"),
                    NT_XENT),
            Claim.of(
                    "i-con-leak",
                    List.of(253),
                    "a share of the even distribution in the targets helps (Alshammari et al. 2025)",
                    LINEAR,
                    PICTURES.arm("i-con"),
                    PICTURES.arm("i-con").with("leak", "0")),
            Claim.of(
                    "dual-temperature",
                    List.of(),
                    "two temperatures are better than one without many negatives (Zhang et al. 2022)",
                    LINEAR,
                    PICTURES.arm("dual-temperature"),
                    NT_XENT.with("temperature", "0.1")),
            Claim.of(
                    "large-batch",
                    List.of(175),
                    "as many pictures in batches of 512, by cached gradients in chunks of 128, teach more than in batches of 16 "
                            + "(Gao et al. 2021)",
                    LINEAR,
                    NT_XENT.with("chunk-pictures", "128").told("batch", 512).told("steps", 38),
                    NT_XENT.told("batch", 16).told("steps", 1200)),
            Claim.of(
                    "mochi",
                    List.of(113),
                    "mixed hard negatives help MoCo (Kalantidis et al. 2020)",
                    LINEAR,
                    PICTURES.arm("mochi"),
                    MOCO),
            Claim.of(
                    "feature-transformation",
                    List.of(33),
                    "positives further apart and mixed negatives help MoCo (Zhu et al. 2021)",
                    LINEAR,
                    PICTURES.arm("feature-transformation"),
                    MOCO),
            Claim.of(
                    "moco-dual-view",
                    List.of(174),
                    "a loss of keys and the hardest quarter of the queue help MoCo (Hoang et al. 2025)",
                    LINEAR,
                    PICTURES.arm("moco-dual-view"),
                    MOCO),
            Claim.of(
                    "hallucinator",
                    List.of(81),
                    "positives made of the pair help MoCo (Wu et al. 2023)",
                    LINEAR,
                    PICTURES.arm("hallucinator"),
                    MOCO),
            Claim.of(
                    "core-tuning",
                    List.of(53),
                    "core-tuning is better than fine-tuning with cross-entropy (Zhang et al. 2021)",
                    LINEAR,
                    TUNED,
                    TUNED.with("mixed", "false").with("contrast", "0")),
            Claim.of(
                    "core-tuning-mixtures",
                    List.of(53),
                    "hard mixtures and focus are better than supervised contrast and cross-entropy alone (Zhang et al. 2021)",
                    LINEAR,
                    TUNED,
                    TUNED.with("mixed", "false").with("focus", "0")),
            Claim.of(
                    "mixed-barlow-twins",
                    List.of(119),
                    "mixed samples help Barlow Twins (Bandara et al. 2023)",
                    LINEAR,
                    MIXED_BARLOW,
                    BARLOW),
            Claim.of(
                    "mixed-barlow-twins-rank",
                    List.of(119),
                    "mixed samples keep the rank of Barlow Twins up (Bandara et al. 2023)",
                    RANK,
                    MIXED_BARLOW,
                    BARLOW),
            Claim.of(
                    "invariance-propagation",
                    List.of(196),
                    "neighbours of neighbours as positives, from the second pass on, are better than instances alone (Wang et al. 2020)",
                    NEAREST,
                    PROPAGATION.with("after", "1"),
                    PROPAGATION.with("weight", "0")),
            Claim.of(
                    "clusters-learn",
                    List.of(),
                    "clusters of all pictures, found again after each pass, teach more than a net knows by itself (Caron et al. 2018)",
                    NEAREST,
                    PICTURES.arm("deepcluster-v2").with("prototypes", "64").told("steps", 300),
                    NT_XENT.told("steps", 1).told("learning-rate", 1e-9)),
            Claim.of(
                    "proto-nce",
                    List.of(),
                    "clusters as prototypes are better than instances alone (Li et al. 2021)",
                    NEAREST,
                    PROTOTYPES,
                    PROTOTYPES.with("weight", "0")),
            Claim.of(
                    "head-dropped",
                    List.of(67),
                    "what stands before the projection head serves better than what stands behind it (Xue et al. 2024)",
                    LINEAR,
                    BEHIND,
                    NT_XENT,
                    NT_XENT),
            Claim.of(
                    "head-or-none",
                    List.of(67),
                    "an encoder that learned behind a head is better than one without (Chen et al. 2020)",
                    LINEAR,
                    NT_XENT,
                    NT_XENT.with("head", "none")),
            Claim.of(
                    "reweighting-head",
                    List.of(67),
                    "fixed weights of an embedding's numbers do some of the work of a projection head (Xue et al. 2024)",
                    LINEAR,
                    NT_XENT.with("head", "reweighting,decay=0.97"),
                    NT_XENT.with("head", "none")),
            Claim.of(
                    "whitening-head",
                    List.of(),
                    "a head that whitens its rows helps VIbCReg (Lee and Aune 2021)",
                    LINEAR,
                    PICTURES.arm("vibcreg").with("head", "256-128,last-norm=whitening"),
                    PICTURES.arm("vibcreg").with("head", "256-128")),
            Claim.of(
                    "whitening",
                    List.of(),
                    "whitening takes the place of negatives (Ermolov et al. 2021)",
                    LINEAR,
                    PICTURES.arm("w-mse").with("head", "256-32"),
                    NT_XENT.with("head", "256-32")),
            Claim.noWorse(
                    "direct-predictor",
                    List.of(1),
                    "a predictor in closed form is no worse than a linear one that learns (Tian et al. 2021)",
                    LINEAR,
                    BYOL.with("predictor", "direct"),
                    LINEAR_BYOL),
            Claim.of(
                    "simsiam-predictor",
                    List.of(1),
                    "without its predictor SimSiam's embeddings lose their rank (Chen and He 2021)",
                    RANK,
                    PICTURES.arm("simsiam"),
                    PICTURES.arm("simsiam").with("predictor", "none")),
            Claim.of(
                    "no-predictor",
                    List.of(1),
                    "without a predictor the embeddings lose their rank (Tian et al. 2021)",
                    RANK,
                    LINEAR_BYOL,
                    BYOL.with("predictor", "none")),
            Claim.of(
                    "sup-con-out",
                    List.of(166),
                    "the logarithm belongs inside the mean over positives (Khosla et al. 2020): L_out before L_in",
                    LINEAR,
                    PICTURES.arm("sup-con"),
                    PICTURES.arm("sup-con-in")),
            Claim.of(
                    "sup-con",
                    List.of(166),
                    "supervised contrast is better than cross-entropy (Khosla et al. 2020)",
                    LINEAR,
                    PICTURES.arm("sup-con"),
                    PICTURES.arm(CROSS_ENTROPY).with("head", "none")),
            Claim.of(
                    "sup-con-with-noise",
                    List.of(166),
                    "supervised contrast stands wrong labels better than cross-entropy (Khosla et al. 2020)",
                    LINEAR,
                    NOISY.arm("sup-con"),
                    NOISY.arm(CROSS_ENTROPY).with("head", "none")),
            Claim.of(
                    "flat-minima",
                    List.of(223),
                    "sharpness-aware steps stand wrong labels better (Foret et al. 2021)",
                    LINEAR,
                    NOISY.arm(CROSS_ENTROPY).with("head", "none").with("sharpness-radius", "0.05"),
                    NOISY.arm(CROSS_ENTROPY).with("head", "none")),
            Claim.of(
                    "flat-minima-smaller-radius",
                    List.of(223),
                    "so with a smaller radius (Foret et al. 2021)",
                    LINEAR,
                    NOISY.arm(CROSS_ENTROPY).with("head", "none").with("sharpness-radius", "0.01"),
                    NOISY.arm(CROSS_ENTROPY).with("head", "none")),
            Claim.of(
                    "flat-minima-larger-radius",
                    List.of(223),
                    "so with a larger radius (Foret et al. 2021)",
                    LINEAR,
                    NOISY.arm(CROSS_ENTROPY).with("head", "none").with("sharpness-radius", "0.2"),
                    NOISY.arm(CROSS_ENTROPY).with("head", "none")),
            Claim.of(
                    "flat-minima-of-contrast",
                    List.of(223),
                    "sharpness-aware steps help contrast (Foret et al. 2021)",
                    LINEAR,
                    NT_XENT.with("sharpness-radius", "0.05"),
                    NT_XENT),
            Claim.of(
                    "adaptive-heads",
                    List.of(29),
                    "three heads with a temperature for each pair are better than one head with one (Wang et al. 2024)",
                    LINEAR,
                    PICTURES.arm("amcl").with("heads", "3").with("head", "3x128-64"),
                    NT_XENT),
            Claim.of(
                    "three-heads",
                    List.of(),
                    "three heads are better than one, one temperature (Wang et al. 2024)",
                    LINEAR,
                    NT_XENT.with("heads", "3").with("head", "3x128-64"),
                    NT_XENT),
            Claim.of(
                    "gated-pairs",
                    List.of(10),
                    "in the subspace of their classes any two pictures can be a pair, and the rank stays (Wu et al. 2024)",
                    RANK,
                    PICTURES.arm("hydra"),
                    PICTURES.arm("hydra").with("gated", "false")),
            Claim.of(
                    "gated-pairs-teach",
                    List.of(10),
                    "gated pairs of any two pictures teach more than ungated ones (Wu et al. 2024)",
                    LINEAR,
                    PICTURES.arm("hydra"),
                    PICTURES.arm("hydra").with("gated", "false")),
            Claim.of(
                    "own-temperatures",
                    List.of(199),
                    "a temperature of its own for each picture serves a long tail (Qiu et al. 2023)",
                    LINEAR,
                    TAIL.arm("isogclr"),
                    TAIL.arm("sogclr")),
            Claim.of(
                    "orthogonal-classes",
                    List.of(176),
                    "behind a ReLU supervised contrast sets the means of classes at right angles, whatever their sizes (Kini et al. "
                            + "2024)",
                    ORTHOGONAL,
                    ABOVE_ZERO,
                    LONG_SUP_CON.with("head", "256-128")),
            Claim.of(
                    "bound-batches",
                    List.of(176),
                    "a picture of each class in every batch leads there sooner (Kini et al. 2024)",
                    ORTHOGONAL,
                    ABOVE_ZERO.with("batches", "bound"),
                    ABOVE_ZERO),
            Claim.of(
                    "scheduled-temperature",
                    List.of(),
                    "a temperature that swings between 0.1 and 1 serves a long tail better than one (Kukleva et al. 2023)",
                    LINEAR,
                    TAIL.arm("nt-xent").with("temperature", "1:0.1,periods=5"),
                    TAIL.arm("nt-xent").with("temperature", "0.2")),
            Claim.of(
                    "clusters-apart",
                    List.of(85),
                    "batches without two pictures of one cluster of an autoencoder are better than batches at random "
                            + "(Chakraborty et al. 2020)",
                    LINEAR,
                    NT_XENT.with("batches", "clusters-apart"),
                    NT_XENT),
            Claim.of(
                    "less-is-more",
                    List.of(68),
                    "a redundant set without pictures of nearly the same hash teaches more than all of it in as many steps (Wolf "
                            + "et al. 2024)",
                    LINEAR,
                    REPEATED.arm("nt-xent").told(PictureBench.REDUCED_BY, PictureLikeness.AVERAGE_HASH),
                    REPEATED.arm("nt-xent")),
            Claim.of(
                    "kernel-of-autoencoder",
                    List.of(171),
                    "only cropped, centres shared by what an autoencoder holds alike are better than centres of their own (Dufumier "
                            + "et al. 2023)",
                    LINEAR,
                    BY_PRIOR.with("guide", "autoencoder"),
                    CENTRES),
            Claim.of(
                    "kernel-and-contrast",
                    List.of(171),
                    "and better than InfoNCE (Dufumier et al. 2023)",
                    LINEAR,
                    BY_PRIOR.with("guide", "autoencoder"),
                    NT_XENT.with("augmentation", "crop-flip")),
            Claim.of(
                    "kernel-of-metadata",
                    List.of(171),
                    "only cropped, centres shared by what is known of pictures, here their classes, are better than centres of their "
                            + "own (Dufumier et al. 2023)",
                    LINEAR,
                    BY_PRIOR.with("guide", "labels"),
                    CENTRES),
            Claim.noWorse(
                    "temperature-as-uncertainty",
                    List.of(),
                    "a temperature that each row predicts is no worse than one for all (Zhang et al. 2021)",
                    LINEAR,
                    PICTURES.arm("temperature-as-uncertainty"),
                    NT_XENT.with("temperature", "0.14")));

    private PictureClaims() {}
}
