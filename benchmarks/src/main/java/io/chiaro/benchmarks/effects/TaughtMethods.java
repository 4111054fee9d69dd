package io.chiaro.benchmarks.effects;

import static io.chiaro.benchmarks.effects.PictureClaims.FEW;
import static io.chiaro.benchmarks.effects.PictureClaims.LINEAR;
import static io.chiaro.benchmarks.effects.PictureClaims.NT_XENT;
import static io.chiaro.benchmarks.effects.PictureClaims.PICTURES;
import static io.chiaro.benchmarks.effects.PictureClaims.REPEATED;
import static io.chiaro.benchmarks.effects.PictureClaims.SMALL;
import static io.chiaro.benchmarks.effects.PictureClaims.TAIL;
import static io.chiaro.benchmarks.effects.TextClaims.CROPS;
import static io.chiaro.benchmarks.effects.TextClaims.DOMAINS;
import static io.chiaro.benchmarks.effects.TextClaims.EXPERTS;
import static io.chiaro.benchmarks.effects.TextClaims.INFO_NCE;
import static io.chiaro.benchmarks.effects.TextClaims.IN_TURN;
import static io.chiaro.benchmarks.effects.TextClaims.PAIRS;
import static io.chiaro.benchmarks.effects.TextClaims.RERANK;
import static io.chiaro.benchmarks.effects.TextClaims.SENTENCES;
import static io.chiaro.benchmarks.effects.TextClaims.SIMCSE;
import static io.chiaro.benchmarks.effects.TextClaims.TASKS;
import static io.chiaro.benchmarks.effects.TextClaims.TEACHER;
import static io.chiaro.benchmarks.effects.TextClaims.TURNS;

import io.chiaro.vision.PictureLikeness;
import java.util.List;

/** The methods of papers beside the encoder that each began with. */
final class TaughtMethods {

    private static final String CORRELATION = "spearman";
    private static final String FOUND = "ndcg@10";

    static final List<Tried> ALL = List.of(
            digits(1, PICTURES.arm("byol").with("predictor", "direct")),
            digits(10, PICTURES.arm("hydra")),
            digits(22, PICTURES.arm("bad-pairs")),
            digits(29, PICTURES.arm("amcl").with("heads", "3").with("head", "3x128-64")),
            digits(33, PICTURES.arm("feature-transformation")),
            digits(81, PICTURES.arm("hallucinator")),
            digits(85, NT_XENT.with("batches", "clusters-apart")),
            digits(103, PICTURES.arm("groco")),
            digits(113, PICTURES.arm("mochi")),
            digits(114, PICTURES.arm("swav")),
            digits(119, PICTURES.arm("mixed-barlow-twins")),
            digits(171, PICTURES.arm("decoupled-uniformity")),
            digits(171, PICTURES.arm("kernel-prior-uniformity").with("guide", "autoencoder")),
            digits(175, NT_XENT.with("chunk-pictures", "128").told("batch", 512).told("steps", 38)),
            digits(174, PICTURES.arm("moco-dual-view")),
            digits(184, PICTURES.arm("poly-view-geometric").with("views", "4").told("batch", 64)),
            digits(196, PICTURES.arm("invariance-propagation").with("after", "1")),
            digits(217, NT_XENT),
            digits(223, NT_XENT.with("sharpness-radius", "0.05")),
            Taught.of(109, LINEAR, SMALL.arm("dcl").with("temperature", "0.1"), SMALL.arm("nt-xent")),
            Taught.of(167, LINEAR, SMALL.arm("macl"), SMALL.arm("nt-xent")),
            Taught.of(199, LINEAR, TAIL.arm("isogclr"), TAIL.arm("nt-xent")),
            Taught.of(
                    53,
                    LINEAR,
                    FEW.arm("core-tuning").with("head", "none"),
                    FEW.arm("core-tuning").with("head", "none")),
            Taught.of(
                    68,
                    LINEAR,
                    REPEATED.arm("nt-xent").told(PictureBench.REDUCED_BY, PictureLikeness.AVERAGE_HASH),
                    REPEATED.arm("nt-xent")),
            Taught.of(193, FOUND, TURNS, TURNS),
            new Taught(
                    "learns-tasks-search-211", List.of(211), TaskBench.FOUND, IN_TURN, TASKS.arm(TaskBench.UNTRAINED)),
            new Taught(
                    "learns-tasks-similarity-211",
                    List.of(211),
                    TaskBench.CORRELATION,
                    IN_TURN,
                    TASKS.arm(TaskBench.UNTRAINED)),
            new Taught(
                    "learns-experts-111", List.of(111), DomainBench.FOUND, EXPERTS, DOMAINS.arm(DomainBench.UNTRAINED)),
            Taught.of(
                    16,
                    RerankBench.PRECISION,
                    RERANK.arm("cross-encoder").with("loss", "pointwise"),
                    RERANK.arm("cross-encoder").with("loss", "pointwise")),
            Taught.of(143, "recall@100", CROPS, CROPS),
            Taught.of(185, CORRELATION, SENTENCES.arm("diffcse"), SIMCSE),
            Taught.of(189, CORRELATION, SENTENCES.arm("dclr").with("guide", TEACHER), SIMCSE),
            Taught.of(177, FOUND, PAIRS.arm("siglip").with("temperature-policy", "learned-with-bias"), INFO_NCE),
            Taught.of(194, FOUND, INFO_NCE.with("batches", "communities").with("teacher", TEACHER), INFO_NCE),
            Taught.of(218, FOUND, PAIRS.arm("clip").with("temperature-policy", "learned"), INFO_NCE),
            Taught.of(237, FOUND, PAIRS.arm("mw"), INFO_NCE));

    private TaughtMethods() {}

    private static Taught digits(int paper, Arm arm) {
        return Taught.of(paper, LINEAR, arm, NT_XENT);
    }
}
