package io.chiaro.benchmarks.effects;

import io.chiaro.benchmarks.effects.PictureBench.Change;
import io.chiaro.benchmarks.effects.SpaceBench.Look;
import java.util.List;
import java.util.stream.Stream;

/** Claims about the spaces that objectives make, tried on digits. */
final class SpaceClaims {

    private static final SpaceBench VIEWS = bench("digits, kinds of views", 150, 0, Look.VIEWS);
    private static final SpaceBench FINER = bench("digits under two labels", 450, 0, Look.FINER_CLASSES);
    private static final SpaceBench NEGATIVES = bench("digits, seen and unseen", 150, 0, Look.NEGATIVES);
    private static final SpaceBench CLUSTERS = bench("digits in clusters", 150, 150, Look.CLUSTERS);
    private static final SpaceBench MEANS = bench("digits as latent classes", 150, 0, Look.MEANS);

    private static final Arm COARSE = FINER.arm("sup-con");
    private static final Arm GAP = NEGATIVES.arm("nt-xent");
    private static final Arm DEBIASED = CLUSTERS.arm("debiased-clustering")
            .with("head", "256-10")
            .with("encoder", "frozen")
            .told("learning-rate", 1e-2);

    private static final List<Arm> VIEWED = Stream.of(
                    "none", "flip", "digits", "crop-flip", "w-mse", "vicreg", "ressl", "asymmetric", "symmetric-weak")
            .map(augmentation -> VIEWS.arm("nt-xent").with("augmentation", augmentation))
            .toList();

    /** One kind of views, and objectives, temperatures and lengths of runs that spread and draw together in all proportions. */
    private static final List<Arm> SPREAD = List.of(
            VIEWS.arm("nt-xent").with("temperature", "0.05"),
            VIEWS.arm("nt-xent").with("temperature", "0.2"),
            VIEWS.arm("nt-xent").with("temperature", "1"),
            VIEWS.arm("nt-xent").with("temperature", "5"),
            VIEWS.arm("nt-xent").told("steps", 15),
            VIEWS.arm("nt-xent").told("steps", 50),
            VIEWS.arm("align-uniform"),
            VIEWS.arm("align-uniform").with("alignment", "4"),
            VIEWS.arm("align-uniform").with("alignment", "0.2"),
            VIEWS.arm("align-uniform").with("alignment", "0"));

    private static final List<Arm> CONTRASTED = List.of(
            MEANS.arm("nt-xent").told("steps", 1).told("learning-rate", 1e-9),
            MEANS.arm("nt-xent").told("steps", 15),
            MEANS.arm("nt-xent").told("steps", 50),
            MEANS.arm("nt-xent"),
            MEANS.arm("sup-con"),
            MEANS.arm("nt-xent").with("temperature", "0.1"));

    static final List<Tried> ALL = List.of(
            new Trend(
                    "concentration",
                    List.of(247),
                    "views that hold a class closer together teach more (Huang et al. 2023)",
                    "concentration",
                    "accuracy",
                    true,
                    VIEWED),
            new Trend(
                    "alignment-tells",
                    List.of(163),
                    "over many runs alignment goes with accuracy (Wang and Isola 2020)",
                    "alignment",
                    "accuracy",
                    true,
                    SPREAD),
            new Trend(
                    "uniformity-tells",
                    List.of(163),
                    "over many runs uniformity goes with accuracy (Wang and Isola 2020)",
                    "uniformity",
                    "accuracy",
                    true,
                    SPREAD),
            new Trend(
                    "both-tell",
                    List.of(163),
                    "over many runs the sum of both goes with accuracy (Wang and Isola 2020)",
                    "alignment and uniformity",
                    "accuracy",
                    true,
                    SPREAD),
            Claim.of(
                    "class-collapse",
                    List.of(192),
                    "supervised contrast forgets what its labels do not tell apart (Xue et al. 2023)",
                    "accuracy",
                    FINER.arm("nt-xent"),
                    COARSE),
            Claim.of(
                    "joint-loss",
                    List.of(192),
                    "both contrasts together forget less (Xue et al. 2023)",
                    "accuracy",
                    COARSE.with("also", "nt-xent"),
                    COARSE),
            Claim.of(
                    "gap-of-negatives",
                    List.of(212),
                    "the gap between pairs seen and unseen grows no faster than the logarithm of the negatives (Lei et al. 2023)",
                    "growth that a logarithm allows",
                    "growth of the gap",
                    GAP,
                    GAP),
            Claim.of(
                    "gap-without-head",
                    List.of(212),
                    "the same for an encoder without a head",
                    "growth that a logarithm allows",
                    "growth of the gap",
                    GAP.with("head", "none"),
                    GAP.with("head", "none")),
            Claim.of(
                    "mean-classifier-bound",
                    List.of(183),
                    "the contrastive loss bounds that of the mean classifier (Arora et al. 2019)",
                    "bound on it",
                    "loss of the mean classifier",
                    CONTRASTED.get(3),
                    CONTRASTED.get(3)),
            new Trend(
                    "mean-classifier",
                    List.of(183),
                    "where the contrastive loss is low, so is that of the mean classifier (Arora et al. 2019)",
                    "contrastive loss",
                    "loss of the mean classifier",
                    false,
                    CONTRASTED),
            Claim.of(
                    "debiased-clustering",
                    List.of(253),
                    "clusters learned with debiased targets are better than k-means (Alshammari et al. 2025)",
                    "accuracy of clusters",
                    "accuracy of k-means",
                    DEBIASED,
                    DEBIASED),
            Claim.of(
                    "debiased-or-not",
                    List.of(253),
                    "and better than without a leak",
                    "accuracy of clusters",
                    DEBIASED,
                    DEBIASED.with("leak", "0")));

    private SpaceClaims() {}

    private static SpaceBench bench(String name, int steps, int pretraining, Look look) {
        return new SpaceBench(new PictureBench(name, steps, 128, Change.NONE, pretraining), look);
    }
}
