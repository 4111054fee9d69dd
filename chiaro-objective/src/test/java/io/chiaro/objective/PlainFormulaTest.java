package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every recipe that is one objective against the formula of its paper: the value directly, the gradient by differences of the
 * formula.
 */
@ExtendWith(LeakCheck.class)
class PlainFormulaTest {

    private static final double STEP = 5e-6;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** A recipe with some settings, the shape of its batches, and its formula. */
    record Case(String recipe, Map<String, String> settings, int views, int width, ToDoubleFunction<Given> formula) {

        /** A batch; numbers of 0 and 1 where a recipe reads them as labels of pairs. */
        Given batch(RandomGenerator random) {
            Given given = Given.random(random, views, 5 + random.nextInt(2), width);
            return recipe.equals("online-contrastive") ? given.withBinaryTargets() : given;
        }

        @Override
        public String toString() {
            return recipe + settings + " of " + views + " views";
        }
    }

    private static Case of(String recipe, int views, ToDoubleFunction<Given> formula) {
        return new Case(recipe, Map.of(), views, 6, formula);
    }

    private static Case of(String recipe, Map<String, String> settings, int views, ToDoubleFunction<Given> formula) {
        return new Case(recipe, settings, views, 6, formula);
    }

    /** With one view the lonely label has no positive; with two, every row has one. */
    private static Stream<Case> labelled(String recipe, ToDoubleFunction<Given> formula) {
        return Stream.of(of(recipe, 1, formula), of(recipe, 2, formula));
    }

    static Stream<Case> cases() {
        return Stream.of(
                        softmax(),
                        metric(),
                        mined(),
                        past(),
                        pairs(),
                        ranking(),
                        classes(),
                        features(),
                        teachers(),
                        patches(),
                        regularisers(),
                        papers(),
                        mixtures())
                .flatMap(cases -> cases);
    }

    private static Stream<Case> papers() {
        return Stream.of(
                of("sogclr", 2, x -> PlainPapers.movingDenominators(x, 0.9, 0.1, false)),
                of("sogclr", Map.of("gamma", "0.3"), 2, x -> PlainPapers.movingDenominators(x, 0.3, 0.1, false)),
                of("isogclr", 2, x -> PlainPapers.movingDenominators(x, 0.9, 0.1, true)),
                // The queue has seven rows.
                of(
                        "mochi",
                        Map.of("hardest", "4", "mixed", "3", "anchored", "2"),
                        2,
                        x -> PlainPapers.moCHi(x, 0.2, 4, 3, 2)),
                of("mochi", 2, x -> PlainPapers.moCHi(x, 0.2, 256, 128, 64)),
                of("mochi", Map.of("mixed", "0"), 2, x -> PlainPapers.moCHi(x, 0.2, 256, 0, 64)),
                of("feature-transformation", 2, x -> PlainPapers.featureTransformation(x, 0.2, 2, 1.6)),
                of("mixcse", 2, x -> PlainPapers.mixCse(x, 0.05, 0.2)),
                of("esimcse", 2, x -> PlainSentences.batchAndQueue(x, 0.05)),
                of("esimcse", Map.of("temperature", "0.3"), 2, x -> PlainSentences.batchAndQueue(x, 0.3)),
                of("diffcse", 2, x -> PlainSentences.inBatch(x, 0.05)),
                of("prom-cse", 3, x -> PlainSentences.energyHinge(x, 0.05, 0.2, 10)),
                // Two hard negatives an item, and so wide a margin that every anchor feels the hinge.
                of(
                        "prom-cse",
                        Map.of("temperature", "0.2", "margin", "1.5", "weight", "0.7"),
                        4,
                        x -> PlainSentences.energyHinge(x, 0.2, 1.5, 0.7)),
                of("language-banks", 2, x -> PlainSentences.ownBank(x, 0.05)),
                of("language-banks", Map.of("temperature", "0.4"), 2, x -> PlainSentences.ownBank(x, 0.4)),
                of("pearson", 2, PlainSentences::pearson),
                of("rank-distribution", 2, x -> PlainSentences.rankDistribution(x, 0.05)),
                of("rank-distribution", Map.of("temperature", "1.5"), 2, x -> PlainSentences.rankDistribution(x, 1.5)),
                // Scores reach ten, so that the recipe's temperature would leave no gradient to be seen.
                of(
                        "preference-ranking",
                        Map.of("temperature", "0.5"),
                        2,
                        x -> PlainSentences.preferenceRanking(x, 0.5)),
                of("preference-ranking", Map.of("temperature", "4"), 2, x -> PlainSentences.preferenceRanking(x, 4)),
                of(
                        "codiemb-similarity",
                        Map.of("temperature", "0.7", "ranks", "3"),
                        2,
                        x -> 2 * PlainSentences.pearson(x)
                                + 3 * PlainSentences.rankDistribution(x, 0.7)
                                + 0.5 * PlainSentences.preferenceRanking(x, 0.7)),
                of("dclr", 2, x -> PlainSentences.weightedNoise(x, 0.9)),
                of("dclr", Map.of("threshold", "0.1"), 2, x -> PlainSentences.weightedNoise(x, 0.1)),
                of("noise-negatives", 2, x -> PlainPapers.noiseNegatives(x, 0.05, 1, 4, 0.5)),
                of(
                        "noise-negatives",
                        Map.of("noise", "2", "steps", "0"),
                        2,
                        x -> PlainPapers.noiseNegatives(x, 0.05, 2, 0, 0)),
                of("mixed-barlow-twins", 3, x -> PlainPapers.mixedBarlowTwins(x, 0.005, 1e-5, 1)),
                of(
                        "mixed-barlow-twins",
                        Map.of("weight", "50"),
                        3,
                        x -> PlainPapers.mixedBarlowTwins(x, 0.005, 1e-5, 50)),
                of("kcl-riesz", 2, x -> PlainPapers.kernelContrast(x, 16, d -> -d)),
                of("kcl-riesz", Map.of("s", "1.5"), 2, x -> PlainPapers.kernelContrast(x, 16, d -> -Math.pow(d, 1.5))),
                of("kcl-imq", 2, x -> PlainPapers.kernelContrast(x, 16, d -> 1 / Math.sqrt(1 + d * d))),
                of("kcl-log", 2, x -> PlainPapers.kernelContrast(x, 16, d -> -Math.log(2 * d * d + 1) / 2)),
                of("kernel-info-nce-sum", 2, x -> PlainPapers.kernelSum(x, 1, 0.5, 0.5)),
                of("kernel-prior-uniformity", 2, x -> PlainPapers.kernelPrior(x, 2, 0.5, 0.01)),
                of("kernel-prior-uniformity", 3, x -> PlainPapers.kernelPrior(x, 2, 0.5, 0.01)),
                of("hard-contrastive", 2, x -> PlainPapers.hardContrastive(x, 1, 0.1)),
                of("hard-contrastive", Map.of("share", "0.5"), 2, x -> PlainPapers.hardContrastive(x, 1, 0.5)),
                of("flat-nce", 2, x -> PlainPapers.flatNce(x, 0.1)),
                of("dual-temperature", 2, x -> PlainPapers.dualTemperature(x, 0.1, 10)),
                of("curl-block", 3, PlainPapers::curlBlock),
                of("mw", 2, x -> PlainPapers.areaUnderCurve(x, 20, gap -> Math.log1p(Math.exp(gap)))),
                of(
                        "auc-squared-hinge",
                        2,
                        x -> PlainPapers.areaUnderCurve(x, 1, gap -> Math.pow(Math.max(0, 1 + gap), 2))),
                of("y-aware", 1, x -> PlainPapers.degrees(x, 0.1, PlainPapers.labelKernel(x, 1))),
                of(
                        "y-aware",
                        Map.of("bandwidth", "0.5", "leak", "0.2"),
                        2,
                        x -> PlainPapers.degrees(x, 0.1, 0.2, PlainPapers.labelKernel(x, 0.5))),
                of("x-sample", 1, x -> PlainPapers.degrees(x, 0.1, PlainPapers.guideSoftmax(x, 0.1))),
                of("x-sample", 2, x -> PlainPapers.degrees(x, 0.1, PlainPapers.guideSoftmax(x, 0.1))),
                of(
                        "sne",
                        2,
                        x -> PlainPapers.degrees(
                                x, 0, PlainPapers.guideSoftmax(x, 0.1), PlainPapers::negativeSquaredDistance)),
                of("t-sne", 2, x -> PlainPapers.degrees(x, 0, PlainPapers.guideSoftmax(x, 0.1), PlainPapers::student)),
                of("guide-neighbours", 2, x -> PlainPapers.degrees(x, 0.1, PlainPapers.guideNeighbours(x, 1))),
                of(
                        "guide-neighbours",
                        Map.of("neighbours", "3"),
                        1,
                        x -> PlainPapers.degrees(x, 0.1, PlainPapers.guideNeighbours(x, 3))),
                of("hard-sup-con", 2, x -> PlainPapers.hardSupCon(x, 0.1, 1)),
                of("hard-sup-con", Map.of("beta", "0.3"), 1, x -> PlainPapers.hardSupCon(x, 0.1, 0.3)),
                of("hard-moco", 2, x -> PlainPapers.hardMoCo(x, 0.2, 1)),
                of("label-distance-weighted", 2, x -> PlainPapers.labelDistance(x, 0.1, 1)),
                of("sampling-bias-corrected", 2, x -> PlainPapers.samplingBias(x, 0.1)),
                of(
                        "invariance-propagation",
                        2,
                        x -> PlainPapers.invariancePropagation(x, 0.07, new int[] {4, 3, 50, 4096}, 0.6, 30)),
                of(
                        "invariance-propagation",
                        Map.of("after", "0"),
                        2,
                        x -> PlainPapers.invariancePropagation(x, 0.07, new int[] {4, 3, 50, 4096}, 0.6, 0)),
                of(
                        "invariance-propagation",
                        Map.of(
                                "neighbours",
                                "2",
                                "hops",
                                "2",
                                "hard",
                                "3",
                                "background",
                                "4",
                                "temperature",
                                "0.3",
                                "after",
                                "1"),
                        1,
                        x -> PlainPapers.invariancePropagation(x, 0.3, new int[] {2, 2, 3, 4}, 0.6, 1)),
                of("bad-pairs", 2, x -> PlainPapers.badPairs(x, 0.5, 2, 2)),
                of(
                        "bad-pairs",
                        Map.of("noisy", "0.3", "faulty", "0.1"),
                        2,
                        x -> PlainPapers.badPairs(x, 0.5, 0.3, 0.1)),
                // Seven latents.
                of("csr", Map.of("active", "1"), 1, x -> PlainPapers.sparse(x, 1, 512, 1.0 / 32, 1, true)),
                of(
                        "csr",
                        Map.of("active", "2", "auxiliary", "1", "dead", "0.5", "contrast", "0.1", "unit-rows", "false"),
                        2,
                        x -> PlainPapers.sparse(x, 2, 1, 0.5, 0.1, false)),
                of("amcl", 2, x -> PlainPapers.adaptiveHeads(x, 2, 0.1, 1, 0.01, 1)),
                of(
                        "amcl",
                        Map.of("regularisation", "0.3", "share", "0.5", "least", "0.3", "most", "0.7"),
                        2,
                        x -> PlainPapers.adaptiveHeads(x, 2, 0.3, 0.7, 0.3, 0.5)),
                of("hydra", 2, x -> PlainPapers.gatedPairs(x, 0.1, 1, true)),
                of("hydra", Map.of("arbitrary", "0.5"), 2, x -> PlainPapers.gatedPairs(x, 0.1, 0.5, true)),
                of(
                        "hydra",
                        Map.of("gated", "false", "temperature", "0.5"),
                        2,
                        x -> PlainPapers.gatedPairs(x, 0.5, 1, false)),
                of("groco", 2, x -> PlainPapers.groCo(x, 10, 1)),
                of("groco", Map.of("hardest", "3", "steepness", "4"), 3, x -> PlainPapers.groCo(x, 3, 4)));
    }

    private static Stream<Case> mixtures() {
        return Stream.of(
                // The queue has seven rows.
                of("moco-dual-view", 2, x -> PlainMixtures.dualView(x, 0.2, 1024, 0.5)),
                of(
                        "moco-dual-view",
                        Map.of("hardest", "3", "keys", "0.3"),
                        2,
                        x -> PlainMixtures.dualView(x, 0.2, 3, 0.3)),
                of("moco-dual-view", Map.of("hardest", "1"), 2, x -> PlainMixtures.dualView(x, 0.2, 1, 0.5)),
                of(
                        "core-tuning",
                        1,
                        x -> PlainMixtures.coreTuning(x, new PlainMixtures.Tuning(0.07, 20, 1, 1, 1, 0.8))),
                of(
                        "core-tuning",
                        Map.of("contrast", "3", "focus", "0.4", "shape", "0.7", "least", "0.6", "temperature", "0.3"),
                        2,
                        x -> PlainMixtures.coreTuning(x, new PlainMixtures.Tuning(0.3, 20, 3, 0.4, 0.7, 0.6))),
                of("hallucinator", 2, x -> PlainMixtures.hallucinated(x, 0.2, 1, 1)),
                of(
                        "hallucinator",
                        Map.of("reach", "0.4", "weight", "2"),
                        2,
                        x -> PlainMixtures.hallucinated(x, 0.2, 0.4, 2)),
                of("nt-xent-cluster-aware", 2, x -> PlainMixtures.clusterAware(x, 0.5, 0)),
                of("nt-xent-cluster-aware", Map.of("kept", "0.4"), 2, x -> PlainMixtures.clusterAware(x, 0.5, 0.4)),
                of("sup-con-multi-label", 1, x -> PlainPapers.degrees(x, 0.1, PlainMixtures.sharedLabels(x))),
                of(
                        "sup-con-multi-label",
                        Map.of("temperature", "0.3"),
                        2,
                        x -> PlainPapers.degrees(x, 0.3, PlainMixtures.sharedLabels(x))),
                of("info-nce-quality", 2, x -> PlainMixtures.byQuality(x, 0.05)),
                of("sup-re-mix", 2, x -> PlainMixtures.supReMix(x, 0.1, new PlainMixtures.Numbers(16, 16, 1, 1))),
                of(
                        "sup-re-mix",
                        Map.of("negatives", "3", "positives", "5", "window", "4", "magnifying", "0.3"),
                        1,
                        x -> PlainMixtures.supReMix(x, 0.1, new PlainMixtures.Numbers(3, 5, 4, 0.3))));
    }

    private static Stream<Case> patches() {
        double[] usual = {25, 25, 1};
        double[] even = {1, 2, 3};
        double[] thirds = {0.5, 0.5, 5};
        return Stream.of(
                of("vicregl", 4, x -> PlainPatches.localMatches(x, usual, 0.75, new int[] {20, 4}, 1e-4)),
                of(
                        "vicregl",
                        Map.of(
                                "invariance",
                                "1",
                                "variance",
                                "2",
                                "covariance",
                                "3",
                                "share",
                                "0.2",
                                "most",
                                "2",
                                "few",
                                "1"),
                        4,
                        x -> PlainPatches.localMatches(x, even, 0.2, new int[] {2, 1}, 1e-4)),
                of("capi", 2, x -> PlainPatches.positionwise(x, 0.12, 0.06)),
                of("ibot-plus-plus", 2, x -> PlainPatches.maskedAndVisible(x, 0.1, 0.04, 1)),
                of(
                        "ibot-plus-plus",
                        Map.of("visible", "0.3"),
                        2,
                        x -> PlainPatches.maskedAndVisible(x, 0.1, 0.04, 0.3)),
                of("dense-structure", 2, x -> PlainPatches.denseStructure(x, 1, 3, 24)),
                of(
                        "dense-structure",
                        Map.of("weight", "0.3", "local", "1", "global", "2"),
                        1,
                        x -> PlainPatches.denseStructure(x, 0.3, 1, 2)),
                of("le-wm", 3, x -> PlainPatches.predictedFrames(x, 0.1, 17, 3)),
                of("le-wm", Map.of("weight", "2"), 5, x -> PlainPatches.predictedFrames(x, 2, 17, 3)),
                of("pmsn-custom", 3, x -> PlainViews.msn(x, 0.1, 0.25, x.rowsOf("prior")[0])),
                of("all4one", 10, x -> PlainPatches.fusedNeighbours(x, 0.2, 0.1, thirds)),
                of("temperature-as-uncertainty", 2, x -> PlainPatches.predictedTemperature(x, 0.07, false)),
                of(
                        "temperature-as-uncertainty",
                        Map.of("denominator", "negatives", "temperature", "0.3"),
                        2,
                        x -> PlainPatches.predictedTemperature(x, 0.3, true)));
    }

    private static Stream<Case> softmax() {
        return Stream.of(
                        Stream.of(
                                of("nt-xent", 2, x -> PlainFormulas.ntXent(x, 0.5)),
                                of("nt-xent", Map.of("temperature", "0.05"), 2, x -> PlainFormulas.ntXent(x, 0.05)),
                                of("dcl", 2, x -> PlainFormulas.decoupled(x, 0.1))),
                        labelled("sup-con", x -> PlainFormulas.supConOut(x, 0.1)),
                        labelled("sup-con-rescaled", x -> 0.1 / 0.07 * PlainFormulas.supConOut(x, 0.1)),
                        labelled("sup-con-in", x -> PlainFormulas.supConIn(x, 0.1, true)),
                        labelled("sup-con-set", x -> PlainFormulas.supConIn(x, 0.1, false)),
                        labelled("nt-xent-by-label", x -> PlainFormulas.pairs(x, 0.07)),
                        labelled("sup-con-above-zero", x -> PlainMining.supConAboveZero(x, 0.1)),
                        labelled("instance", x -> PlainMining.instance(x, 64)),
                        Stream.of(
                                of("debiased", 2, x -> PlainFormulas.debiased(x, 0.5, 0.1, 0)),
                                // So large a prior that the floor holds for some rows.
                                of("debiased", Map.of("prior", "0.6"), 2, x -> PlainFormulas.debiased(x, 0.5, 0.6, 0)),
                                of("hcl", 2, x -> PlainFormulas.debiased(x, 0.5, 0.1, 1)),
                                of("hcl", Map.of("hardness", "0.5"), 2, x -> PlainFormulas.debiased(x, 0.5, 0.1, 0.5)),
                                of("clip", 2, x -> PlainFormulas.clip(x, 0.07)),
                                of("co-ca", 2, x -> PlainFormulas.clip(x, 0.07)),
                                of("siglip", 2, x -> PlainFormulas.sigLip(x, 0.1, -10)),
                                of("siglip", Map.of("bias", "-1.5"), 2, x -> PlainFormulas.sigLip(x, 0.1, -1.5)),
                                of("moco", 2, x -> PlainFormulas.moCo(x, 0.07)),
                                of("rince", 2, x -> PlainFormulas.robust(x, 0.5, 0.5, 0.025)),
                                of("spectral", 2, PlainFormulas::spectral)),
                        labelled("conr", x -> PlainFormulas.conR(x, 0.2, 1, 0.01)),
                        labelled("rank-n-contrast", x -> PlainFormulas.rankNContrast(x, 2)),
                        labelled("nca", PlainMetric::nca),
                        Stream.of(
                                of("simclr-doubled", 2, x -> 2 * PlainFormulas.ntXent(x, 1)),
                                of("dcl-summed", 2, x -> 2 * PlainFormulas.decoupled(x, 0.1)),
                                // As wide as the batch's rows, and narrower.
                                of("directclr", 2, x -> PlainViews.directClr(x, 6, 0.5)),
                                of("directclr", Map.of("dimensions", "4"), 2, x -> PlainViews.directClr(x, 4, 0.5)),
                                of("kernel-info-nce", 2, x -> PlainViews.kernelInfoNce(x, 0.5)),
                                of("t-simcne", 2, PlainViews::tSimCne),
                                of("cacr", 3, x -> PlainViews.cacr(x, 1, 1)),
                                of("i-con", 3, x -> PlainViews.shares(x, "kullback-leibler", 0.5, 0.2)),
                                of("i-con-reverse", 3, x -> PlainViews.shares(x, "reverse", 0.5, 0.2)),
                                of("i-con-jensen-shannon", 3, x -> PlainViews.shares(x, "jensen-shannon", 0.5, 0)),
                                of("i-con-total-variation", 3, x -> PlainViews.shares(x, "total-variation", 0.5, 0)),
                                of("i-con-hellinger", 3, x -> PlainViews.shares(x, "hellinger", 0.5, 0))))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> metric() {
        return Stream.of(
                        labelled("triplet-margin", x -> PlainFormulas.tripletMargin(x, 0.05, false)),
                        Stream.of(of(
                                "triplet-margin",
                                Map.of("smooth", "true"),
                                2,
                                x -> PlainFormulas.tripletMargin(x, 0.05, true))),
                        labelled("contrastive", x -> PlainFormulas.contrastive(x, 0, 1)),
                        labelled("margin", x -> PlainFormulas.margin(x, 0.2, 1.2)),
                        labelled("generalized-lifted-structure", x -> PlainFormulas.lifted(x, 0, 1)),
                        labelled("multi-similarity", x -> PlainFormulas.multiSimilarity(x, 2, 50, 0.5)),
                        labelled("circle", x -> PlainFormulas.circle(x, 80, 0.4)),
                        labelled("tuplet-margin", x -> PlainFormulas.tupletMargin(x, 64, 5.73)),
                        labelled("batch-hard", x -> PlainMetric.batchHard(x, 0.05)),
                        Stream.of(of("easy-positive", 2, x -> PlainMetric.easyPositive(x, 0.05))),
                        labelled("multi-similarity-mined", x -> PlainMetric.multiSimilarityMined(x, 2, 50, 0.5, 0.1)),
                        labelled("cross-batch-memory", PlainMetric::crossBatchMemory),
                        labelled("signal-to-noise-contrastive", x -> PlainMetric.signalToNoise(x, 0, 1)),
                        labelled("threshold-consistent-margin", x -> PlainMetric.consistent(x, 0.9, 0.5)),
                        labelled("lifted-structure", x -> PlainMetric.lifted(x, 0, 1)),
                        // Angles at which no exponent of raw rows leaves the range of numbers.
                        Stream.of(of("angular", Map.of("angle", "20"), 2, x -> PlainMetric.angular(x, 20))),
                        Stream.of(of("angular", 1, x -> PlainMetric.angular(x, 40))),
                        labelled("n-pairs", PlainMetric::nPairs),
                        labelled("intra-pair-variance", x -> PlainMetric.intraPairVariance(x, 0.01)),
                        labelled("dynamic-soft-margin", x -> PlainMetric.dynamicSoftMargin(x, -2, 10)),
                        labelled("arcface", x -> PlainFormulas.arcFace(x, 64, 28.6)),
                        // So wide a margin that some angles pass pi.
                        Stream.of(of("arcface", Map.of("margin", "90"), 2, x -> PlainFormulas.arcFace(x, 64, 90))),
                        labelled("cosface", x -> PlainFormulas.cosFace(x, 64, 0.35)),
                        labelled("normalized-softmax", x -> PlainFormulas.cosFace(x, 20, 0)),
                        labelled("proxy-anchor", x -> PlainFormulas.proxyAnchor(x, 32, 0.1)))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> mined() {
        Stream<Case> best = Stream.of(
                        "easy easy",
                        "easy hard",
                        "easy all",
                        "hard easy",
                        "hard semi-hard",
                        "hard all",
                        "semi-hard easy",
                        "semi-hard hard",
                        "all easy",
                        "all hard")
                .flatMap(ways -> {
                    String[] way = ways.split(" ", -1);
                    String recipe = ways.equals("easy easy") ? "batch-easy" : "batch-" + ways.replace(' ', '-');
                    String positives = way[0].equals("semi-hard") ? "semihard-positive" : way[0];
                    String negatives = way[1].equals("semi-hard") ? "semihard-negative" : way[1];
                    ToDoubleFunction<Given> formula = x -> PlainMining.chosen(x, positives, negatives, 0.05);
                    // With one view no positive may be nearer than the nearest negative.
                    return ways.equals("semi-hard hard")
                            ? Stream.of(of(recipe, 2, formula))
                            : labelled(recipe, formula);
                });
        return Stream.of(
                        best,
                        labelled("triplet-violating", x -> PlainMining.triplets(x, "violating", 0.2, 0.05, true)),
                        // So wide that there are such triplets in every batch.
                        Stream.of(
                                of(
                                        "triplet-hard",
                                        Map.of("margin", "0.3"),
                                        2,
                                        x -> PlainMining.triplets(x, "hard", 0, 0.3, false)),
                                of(
                                        "triplet-semi-hard",
                                        Map.of("margin", "1", "slack", "0.9"),
                                        2,
                                        x -> PlainMining.triplets(x, "semi-hard", 0.9, 1, false))),
                        labelled("triplet-easy", x -> PlainMining.triplets(x, "easy", 0.2, 0.05, true)),
                        labelled("contrastive-mined", x -> PlainMining.pairsBeyond(x, 0.2, 0.8)),
                        Stream.of(of(
                                "angular-mined", Map.of("margin", "0.8"), 2, x -> PlainMining.angleMined(x, 20, 0.8))),
                        labelled("hdc", x -> PlainMining.hardestShare(x, 0.5)),
                        labelled("distance-weighted", x -> PlainMining.distanceWeighted(x, 0.5, 1.4, 0.2, 1.2)),
                        // Few edges of bins, near which no difference of the formula is to be taken.
                        Stream.of(of("uniform-histogram", Map.of("bins", "4"), 2, x -> PlainMining.evenOverBins(x, 4))))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> past() {
        return Stream.of(
                        "triplet-margin",
                        "margin",
                        "generalized-lifted-structure",
                        "multi-similarity",
                        "circle",
                        "tuplet-margin",
                        "nca",
                        "nt-xent-by-label",
                        "sup-con",
                        "signal-to-noise-contrastive")
                .flatMap(around -> labelled("xbm-" + around, x -> PlainMining.xbm(x, around)));
    }

    private static Stream<Case> pairs() {
        return Stream.of(
                        labelled("batch-all-triplet", x -> PlainMining.batchAll(x, 5)),
                        labelled("batch-hard-triplet", x -> PlainMining.batchHard(x, 5, false)),
                        labelled("batch-hard-soft-margin-triplet", x -> PlainMining.batchHard(x, 0, true)),
                        labelled("batch-semi-hard-triplet", x -> PlainMining.semiHard(x, 5)),
                        Stream.of(
                                of(
                                        "batch-semi-hard-triplet",
                                        Map.of("margin", "0.7"),
                                        2,
                                        x -> PlainMining.semiHard(x, 0.7)),
                                of("mega-batch-margin", 2, x -> PlainMining.megaBatch(x, 0.8, 0.3)),
                                of("pair-contrastive", 2, x -> PlainMining.labelledPairs(x, 0.5)),
                                of(
                                        "online-contrastive",
                                        Map.of("margin", "1.5"),
                                        2,
                                        x -> PlainMining.hardLabelledPairs(x, 1.5)),
                                of("contrastive-tension", 2, PlainMining::labelledLogistic),
                                of("pair-classification", 2, PlainMining::pairClassifier),
                                of("pair-regression", 2, PlainTeachers::pairRegression),
                                of("dynamic-distillation", 3, x -> PlainTeachers.dynamic(x, 20, 0.2)),
                                of(
                                        "dynamic-distillation",
                                        Map.of("scale", "2", "share", "0.7"),
                                        4,
                                        x -> PlainTeachers.dynamic(x, 2, 0.7))))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> teachers() {
        return Stream.of(
                of("embedding-mse", 2, x -> PlainTeachers.towards(x, "mean-square")),
                of("embedding-mse", 3, x -> PlainTeachers.towards(x, "mean-square")),
                of("guide-distillation", 1, PlainTeachers::towardsGuide),
                of("guide-distillation", 3, PlainTeachers::towardsGuide),
                of("embed-distill", 3, x -> PlainTeachers.towards(x, "cosine")),
                of("embed-distill-distance", 3, x -> PlainTeachers.towards(x, "distance")),
                of("nnbyol", 4, x -> 4 - 4 * PlainTeachers.neighbours(x)),
                of("nnsiam", 4, x -> -PlainTeachers.neighbours(x)),
                of("deepcluster-v2", 1, x -> PlainTeachers.clusterCodes(x, 0.1)),
                of("deepcluster-v2", Map.of("temperature", "0.4"), 3, x -> PlainTeachers.clusterCodes(x, 0.4)),
                of("proto-nce", 2, x -> PlainTeachers.prototypeContrast(x, 0.1, 1)),
                of(
                        "proto-nce",
                        Map.of("temperature", "0.3", "weight", "0.4"),
                        3,
                        x -> PlainTeachers.prototypeContrast(x, 0.3, 0.4)),
                // At a momentum near one the gradient of the groups would be too small to be seen.
                of("smog", Map.of("group-momentum", "0.5"), 3, x -> PlainTeachers.movedGroups(x, 0.1, 0.5)),
                of("ibot-patch", 2, x -> PlainTeachers.centredPatches(x, 0.1, 0.04)),
                of("patch-kernel-alignment", 2, PlainTeachers::patchKernels),
                of("detcon-s", 2, x -> PlainTeachers.regions(x, 0.1, false)),
                of("detcon-b", 4, x -> PlainTeachers.regions(x, 0.1, true)),
                of("visreg", 3, x -> PlainTeachers.slicedQuantiles(x, 0.9, 2, 1e-4)));
    }

    private static Stream<Case> ranking() {
        return Stream.of(
                        labelled("fast-ap", x -> PlainMetric.fastAp(x, 10)),
                        Stream.of(of("smooth-ap", Map.of("temperature", "0.1"), 2, x -> PlainMetric.smoothAp(x, 0.1))),
                        Stream.of(of("pnp", Map.of("temperature", "0.1"), 1, x -> PlainMetric.pnp(x, 0.1, "o", 2, 1))),
                        Stream.of("o", "ds", "dq", "iu", "ib")
                                .map(variant -> of(
                                        "pnp",
                                        Map.of("variant", variant, "temperature", "0.1", "alpha", "2"),
                                        2,
                                        x -> PlainMetric.pnp(x, 0.1, variant, 2, 2))),
                        labelled("ranked-list", x -> PlainMetric.rankedList(x, 0.4, 1.2, 0, 10, 0.5)),
                        Stream.of(of(
                                "ranked-list",
                                Map.of("positive-temperature", "1", "negative-temperature", "2", "imbalance", "0.3"),
                                2,
                                x -> PlainMetric.rankedList(x, 0.4, 1.2, 1, 2, 0.3))),
                        // With one view there are so few positives that the histograms may not meet.
                        Stream.of(of("histogram", 2, x -> PlainMetric.histogram(x, 100))))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> classes() {
        return Stream.of(
                        labelled("proxy-nca", PlainMetric::proxyNca),
                        labelled("sphereface", x -> PlainMetric.multipliedAngle(x, 4, 1, false)),
                        Stream.of(of(
                                "sphereface",
                                Map.of("margin", "3", "scale", "2"),
                                2,
                                x -> PlainMetric.multipliedAngle(x, 3, 2, false))),
                        labelled("large-margin-softmax", x -> PlainMetric.multipliedAngle(x, 4, 1, true)),
                        labelled("sub-center-arcface", x -> PlainMetric.subCentre(x, 3, 64, 28.6)),
                        labelled("soft-triple", x -> PlainMetric.softTriple(x, 10, 20, 0.1, 0.01)),
                        labelled("p2s-grad", PlainMetric::p2sGrad),
                        labelled("manifold", x -> PlainTeachers.manifold(x, 1, 0.8, 5e-4)))
                .flatMap(cases -> cases);
    }

    private static Stream<Case> regularisers() {
        return Stream.of(
                of("lp", 2, x -> PlainMetric.length(x, 2, 1)),
                of("lp", Map.of("p", "1", "power", "2"), 1, x -> PlainMetric.length(x, 1, 2)),
                of("lp", Map.of("p", "3"), 1, x -> PlainMetric.length(x, 3, 1)),
                of("zero-mean", 2, PlainMetric::zeroSum),
                of("center-invariant", 2, PlainMetric::evenLengths),
                of("regular-face", 2, PlainMetric::nearestApart),
                of("sparse-centers", 2, PlainMetric::merged),
                of("global-orthogonal-regularization", 2, x -> PlainTeachers.spreadOut(x, 1, 1)),
                of("flops", 2, PlainTeachers::meanActivations));
    }

    private static Stream<Case> features() {
        return Stream.of(
                of("barlow-twins", 2, x -> PlainFormulas.barlowTwins(x, 0.005, 1e-5)),
                of("vicreg", 2, x -> PlainFormulas.vicReg(x, 25, 25, 1, 1e-4, false)),
                of("vicreg-summed", 2, x -> PlainFormulas.vicReg(x, 25, 25, 1, 1e-4, true)),
                of("vibcreg", 2, x -> PlainViews.vibcReg(x, 25, 25, 200, 1e-4)),
                of("byol-summed", 4, x -> 2 * PlainFormulas.byol(x)),
                of("macl", 2, x -> PlainViews.macl(x, 0.1, 0.5, 0)),
                of("nt-xent-pairwise", 3, x -> PlainViews.pairwise(x, 0.5)),
                of("moco-v3", 4, x -> PlainViews.mocoV3(x, 0.2)),
                of("nnclr", 4, x -> PlainViews.nnclr(x, 0.1, true)),
                of("nnclr-one-sided", 4, x -> PlainViews.nnclr(x, 0.2, false)),
                of("tico", 2, x -> PlainViews.tiCo(x, 0.9, 8)),
                of("frossl", 3, x -> PlainViews.frossl(x, 1)),
                of("lejepa", 3, x -> PlainViews.lejepa(x, 0.05, 2, 17, 3)),
                of("msn", 3, x -> PlainViews.msn(x, 0.1, 0.25, 0)),
                of("pmsn", 3, x -> PlainViews.msn(x, 0.1, 0.25, 0.25)),
                of("kcl", 2, x -> PlainViews.kcl(x, 2, 16)),
                of("debiased-clustering", 2, x -> PlainViews.sharedClusters(x, 1, 0.2, 0)),
                of(
                        "debiased-clustering",
                        Map.of("temperature", "0.5", "leak", "0", "neighbours", "2"),
                        2,
                        x -> PlainViews.sharedClusters(x, 0.5, 0, 2)),
                of("distill-clip", 4, x -> PlainViews.distilled(x, 1 / 0.07, 1 / 0.07, 1)),
                of("distill-clip", 2, x -> PlainViews.distilled(PlainViews.guided(x, 2), 1 / 0.07, 1 / 0.07, 1)),
                of("lit", 2, x -> PlainViews.lit(PlainViews.guided(x, 2), 0.07, 3)),
                of("lit", 3, x -> PlainViews.lit(x, 0.07, 2)),
                of("cwcl", 2, x -> PlainViews.cwcl(PlainViews.guided(x, 1), 0.07, true)),
                of("cwcl", 3, x -> PlainViews.cwcl(x, 0.07, true)),
                of("cwcl", Map.of("both-directions", "false"), 3, x -> PlainViews.cwcl(x, 0.07, false)),
                of("simsiam", 4, PlainFormulas::simSiam),
                of("byol", 4, PlainFormulas::byol),
                of("direct-pred", 4, PlainFormulas::byol),
                of("align-uniform", 2, x -> PlainFormulas.alignUniform(x, 2, 1)),
                of("align-uniform", Map.of("alpha", "1", "t", "2"), 2, x -> PlainFormulas.alignUniform(x, 1, 2)),
                of("decoupled-uniformity", 3, x -> PlainFormulas.decoupledUniformity(x, 2)),
                of("dclw", 2, x -> PlainFormulas.decoupledWeighted(x, 0.1, 0.5)),
                of("mmcr", 3, x -> PlainFormulas.mmcr(x, 0.005, false)),
                of("mmcr-normalized", 3, x -> PlainFormulas.mmcr(x, 0.005, true)),
                // The part of the single items is too small to be seen at the usual weight.
                of("mmcr", Map.of("lambda", "1"), 2, x -> PlainFormulas.mmcr(x, 1, false)),
                // Fewer features than items, or the covariance has no inverse.
                new Case("w-mse", Map.of(), 2, 3, PlainFormulas::whitened),
                of("emp-ssl", 3, x -> PlainFormulas.empSsl(x, 200, 0.2, false)),
                of("emp-ssl-normalized", 3, x -> PlainFormulas.empSsl(x, 200, 0.2, true)),
                of("emp-ssl", Map.of("invariance", "0"), 2, x -> PlainFormulas.empSsl(x, 0, 0.2, false)),
                // The paper has no epsilon.
                of("koleo", Map.of("epsilon", "0"), 2, PlainFormulas::koLeo),
                of("mv-infonce", 3, x -> PlainFormulas.mvInfoNce(x, 0.5)),
                of("mv-dhel", 3, x -> PlainFormulas.mvDhel(x, 0.5)),
                of("poly-view-geometric", 3, x -> PlainFormulas.polyView(x, 0.5, true)),
                of("poly-view-arithmetic", 3, x -> PlainFormulas.polyView(x, 0.5, false)),
                of("poly-view-sufficient", 3, x -> PlainFormulas.againstTheOthers(x, 0.5)),
                of("poly-view-sufficient", 2, x -> PlainFormulas.againstTheOthers(x, 0.5)),
                of("symile", 3, x -> PlainFormulas.symile(x, 10)),
                of("cyclip", 2, x -> PlainFormulas.cyClip(x, 0.2, 0.25, 0.25)),
                of("swav", 2, x -> PlainFormulas.swAv(x, 0.1, 0.05, false)),
                of("swav", 4, x -> PlainFormulas.swAv(x, 0.1, 0.05, false)),
                of("swav", Map.of("queued", "true"), 3, x -> PlainFormulas.swAv(x, 0.1, 0.05, true)),
                of("dino", 2, x -> PlainFormulas.dino(x, 0.1, 0.04)),
                of("dino", 4, x -> PlainFormulas.dino(x, 0.1, 0.04)),
                of("dino", 5, x -> PlainFormulas.dino(x, 0.1, 0.04)),
                of("ressl", 2, x -> PlainFormulas.reSsl(x, 0.1, 0.04)),
                of("co2", 2, x -> PlainFormulas.co2(x, 0.05)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_the_formula(Case tried) {
        Objective objective =
                Recipes.named(tried.recipe()).with(tried.settings()).create();
        Property.check(4, random -> {
            Given given = tried.batch(random);
            Given.Found found = given.evaluate(objective);
            double value = tried.formula().applyAsDouble(given);
            assertThat(found.loss()).as("%s", tried).isCloseTo(value, within(1e-9 * Math.max(1e-3, Math.abs(value))));
            double[][][] expected = differences(given, tried.formula());
            double largest = Arrays.stream(expected)
                    .flatMap(Arrays::stream)
                    .flatMapToDouble(Arrays::stream)
                    .map(Math::abs)
                    .max()
                    .orElse(0);
            assertThat(largest).as("the largest gradient of %s", tried).isPositive();
            for (int v = 0; v < expected.length; v++) {
                for (int i = 0; i < given.items(); i++) {
                    assertThat(found.gradients()[v][i])
                            .as("gradient of view %d, row %d", v, i)
                            .containsExactly(expected[v][i], within(1e-8 + 1e-5 * Math.min(1, largest)));
                }
            }
        });
    }

    /** Central differences of fourth order: two widths, so that a sharp temperature does not need a smaller step. */
    private static double[][][] differences(Given given, ToDoubleFunction<Given> formula) {
        double[][][] result = new double[given.views().length][given.items()][given.width()];
        for (int v = 0; v < result.length; v++) {
            for (int i = 0; i < given.items(); i++) {
                for (int k = 0; k < given.width(); k++) {
                    result[v][i][k] = (8 * difference(given, formula, v, i, k, STEP)
                                    - difference(given, formula, v, i, k, 2 * STEP))
                            / (12 * STEP);
                }
            }
        }
        return result;
    }

    private static double difference(Given given, ToDoubleFunction<Given> formula, int v, int i, int k, double step) {
        double before = given.views()[v][i][k];
        given.views()[v][i][k] = before + step;
        double above = formula.applyAsDouble(given);
        given.views()[v][i][k] = before - step;
        double below = formula.applyAsDouble(given);
        given.views()[v][i][k] = before;
        return above - below;
    }

    @Test
    void every_recipe_that_is_one_objective_has_a_formula() {
        assertThat(cases().map(Case::recipe).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(Recipes.all().stream()
                        .filter(recipe -> recipe.pattern() != null)
                        .map(Recipe::name)
                        .toList());
    }
}
