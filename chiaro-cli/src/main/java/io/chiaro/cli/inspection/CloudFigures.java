package io.chiaro.cli.inspection;

import io.chiaro.core.metric.EmbeddingGeometry;
import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.HardnessProfile;
import io.chiaro.eval.diagnostics.Isotropy;
import io.chiaro.eval.diagnostics.ModalityGap;
import io.chiaro.eval.diagnostics.ScoreDistribution;
import io.chiaro.eval.diagnostics.SingularSpectrum;
import io.chiaro.eval.diagnostics.UpdateDecomposition;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What vectors and pairs tell. */
final class CloudFigures {

    private static final int[] NO_GROUPS = {};

    /** Temperatures that the gradient is looked at, and three of them whose profile is drawn. */
    private static final double[] TEMPERATURES = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};

    private static final List<Double> DRAWN = List.of(0.02, 0.1, 0.5);

    private CloudFigures() {}

    static void add(Findings findings, EmbeddedItems items, double temperature) {
        float[][] vectors = items.first();
        if (items.paired()) {
            findings.figure(Diagnostic.ALIGNMENT, EmbeddingGeometry.alignment(vectors, items.second()));
        }
        findings.figure(Diagnostic.UNIFORMITY, EmbeddingGeometry.uniformity(vectors));
        SingularSpectrum spectrum = SingularSpectrum.of(vectors);
        findings.figure(Diagnostic.EFFECTIVE_RANK, spectrum.effectiveRank());
        if (items.paired() || items.labelled()) {
            scores(findings, items);
        }
        spectrum(findings, spectrum, vectors);
        if (items.size() > 2) {
            hardness(findings, items, temperature);
        } else {
            findings.leaveOut(Diagnostic.HARDNESS, "two negatives of an item are needed");
        }
        if (items.paired()) {
            gap(findings, items);
            updates(findings, items, temperature);
        }
    }

    private static void scores(Findings findings, EmbeddedItems items) {
        ScoreDistribution scores = items.paired()
                ? ScoreDistribution.ofPairs(items.first(), items.second(), NO_GROUPS)
                : ScoreDistribution.ofClasses(items.first(), items.labels().get(0));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("positive-mean", ScoreDistribution.mean(scores.positives()));
        values.put("positive-deviation", ScoreDistribution.deviation(scores.positives()));
        values.put("negative-mean", ScoreDistribution.mean(scores.negatives()));
        values.put("negative-deviation", ScoreDistribution.deviation(scores.negatives()));
        values.put("overlap", scores.overlap());
        values.put("auc", scores.auc());
        findings.put(Diagnostic.SCORES, values);
        findings.line("scores, auc", scores.auc(), "chance that a positive scores above a negative");
        findings.line("scores, overlap", scores.overlap(), "shared area of both histograms");
        findings.section(
                "Scores",
                "Cosines of " + (items.paired() ? "pairs that belong together" : "items of one class")
                        + " beside cosines of all other combinations. The less they overlap, the better a threshold tells"
                        + " them apart.",
                Plot.distribution("Scores of positives and negatives", "cosine")
                        .histogram("positives (" + scores.positives().length + ")", scores.positives())
                        .histogram("negatives (" + scores.negatives().length + ")", scores.negatives())
                        .note(String.format(
                                Locale.ROOT,
                                "Area under the curve %.4f, shared area %.4f.",
                                scores.auc(),
                                scores.overlap())));
    }

    private static void spectrum(Findings findings, SingularSpectrum spectrum, float[][] vectors) {
        Isotropy isotropy = Isotropy.of(vectors);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("participation", spectrum.participation());
        values.put("directions-of-90-percent", spectrum.directionsOf90Percent());
        values.put("singular-values", spectrum.values());
        findings.put(Diagnostic.SPECTRUM, values);
        findings.put(Diagnostic.ISOTROPY, isotropy);
        findings.line("spectrum, participation", spectrum.participation(), "directions that carry the variation");
        findings.line(
                "spectrum, 90 % of variance", spectrum.directionsOf90Percent(), "least number of directions with it");
        findings.line(
                "isotropy, average cosine", isotropy.averageCosine(), "of different items; near 1 is a narrow cone");
        findings.line("isotropy, IsoScore", isotropy.isoScore(), "1 if all directions vary alike, 0 for one");
        double[] carried = new double[spectrum.values().length];
        double all = Arrays.stream(spectrum.values()).map(v -> v * v).sum();
        double held = 0;
        for (int k = 0; k < carried.length; k++) {
            held += spectrum.values()[k] * spectrum.values()[k];
            carried[k] = all == 0 ? 0 : 100 * held / all;
        }
        double[] rank =
                IntStream.rangeClosed(1, carried.length).asDoubleStream().toArray();
        findings.section(
                "Directions",
                "The singular values of the centred vectors of length one. A curve that falls to zero early says that the"
                        + " other directions carry nothing.",
                Plot.of("Singular spectrum", "direction", "singular value / largest")
                        .fromZero()
                        .wholeX()
                        .line("", rank, spectrum.values())
                        .note(String.format(
                                Locale.ROOT,
                                "Effective rank %.1f and participation ratio %.1f of at most %d.",
                                spectrum.effectiveRank(),
                                spectrum.participation(),
                                carried.length)),
                Plot.of("Variance held by the first directions", "directions", "% of variance")
                        .fromZero()
                        .ceiling(100)
                        .wholeX()
                        .line("", rank, carried));
    }

    private static void hardness(Findings findings, EmbeddedItems items, double temperature) {
        double[] temperatures = DoubleStream.concat(Arrays.stream(TEMPERATURES), DoubleStream.of(temperature))
                .sorted()
                .distinct()
                .toArray();
        Plot profile = Plot.of("Gradient by hardness", "cosine of the negative", "% of the gradient")
                .fromZero();
        double[] entropy = new double[temperatures.length];
        double[] hardest = new double[temperatures.length];
        Map<String, Object> values = new LinkedHashMap<>();
        for (int t = 0; t < temperatures.length; t++) {
            HardnessProfile found = HardnessProfile.of(items.first(), items.second(), NO_GROUPS, temperatures[t]);
            entropy[t] = found.entropy();
            hardest[t] = found.hardest();
            if (t == 0) {
                profile.dashed("the negatives themselves", found.similarity(), percent(found.frequency()));
            }
            if (DRAWN.contains(temperatures[t])) {
                profile.line("temperature " + temperatures[t], found.similarity(), percent(found.share()));
            }
            if (temperatures[t] == temperature) {
                findings.line(
                        "hardness, entropy",
                        found.entropy(),
                        "at temperature " + temperature + ": 1 if all negatives get the same");
                findings.line(
                        "hardness, negatives that count",
                        found.effectiveNegatives(),
                        "of " + (items.size() - 1) + " would weigh as much with equal shares");
                values.put("temperature", temperature);
                values.put("entropy", found.entropy());
                values.put("hardest", found.hardest());
                values.put("effective-negatives", found.effectiveNegatives());
                values.put("similarity", found.similarity());
                values.put("share", found.share());
                values.put("frequency", found.frequency());
            }
        }
        Map<String, Object> curve = new LinkedHashMap<>();
        curve.put("temperature", temperatures);
        curve.put("entropy", entropy);
        curve.put("hardest", hardest);
        values.put("by-temperature", curve);
        findings.put(Diagnostic.HARDNESS, values);
        double[] decades = Arrays.stream(temperatures).map(Math::log10).toArray();
        findings.section(
                "Which negatives the softmax listens to",
                "How much of what pushes an anchor away comes from negatives of which cosine. A low temperature listens to"
                        + " the nearest ones alone; a high one treats all alike.",
                profile,
                Plot.of("Evenness by temperature", "log10 of the temperature", "share")
                        .fromZero()
                        .ceiling(1)
                        .marked("entropy of the gradient, relative", decades, entropy)
                        .marked("share of the nearest negative", decades, hardest)
                        .note("Temperatures from " + temperatures[0] + " to " + temperatures[temperatures.length - 1]
                                + "."));
    }

    private static double[] percent(double[] shares) {
        return Arrays.stream(shares).map(share -> 100 * share).toArray();
    }

    private static void gap(Findings findings, EmbeddedItems items) {
        ModalityGap gap = ModalityGap.of(items.first(), items.second());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("distance", gap.distance());
        values.put("agreement", gap.agreement());
        values.put("separability", gap.separability());
        values.put("direction", gap.direction());
        findings.put(Diagnostic.MODALITY_GAP, values);
        findings.line("modality gap, distance", gap.distance(), "between the means of both sides");
        findings.line("modality gap, agreement", gap.agreement(), "1 if every pair is shifted in the same direction");
        findings.line(
                "modality gap, separability",
                gap.separability(),
                "1/2 if both sides fill one region, 1 if a cut parts them");
        findings.section(
                "Both sides of the pairs",
                "Where the two sides lie along the line through their means. If they lie apart, similarity between the"
                        + " sides is another quantity than similarity within one.",
                Plot.distribution("Along the gap", "coordinate in the direction of the gap")
                        .histogram("first side", along(items.first(), gap.direction()))
                        .histogram("second side", along(items.second(), gap.direction()))
                        .note(String.format(
                                Locale.ROOT,
                                "Distance of the means %.3f; a cut halfway puts %.1f %% of the items on their side.",
                                gap.distance(),
                                100 * gap.separability())));
    }

    private static double[] along(float[][] rows, double[] direction) {
        return Arrays.stream(rows)
                .mapToDouble(row -> {
                    double product = 0;
                    double squares = 0;
                    for (int k = 0; k < row.length; k++) {
                        product += row[k] * direction[k];
                        squares += (double) row[k] * row[k];
                    }
                    return squares == 0 ? 0 : product / Math.sqrt(squares);
                })
                .toArray();
    }

    private static void updates(Findings findings, EmbeddedItems items, double temperature) {
        UpdateDecomposition updates = UpdateDecomposition.of(items.first(), items.second(), temperature);
        findings.put(Diagnostic.UPDATES, updates);
        findings.line("updates, agreement", updates.agreement(), "cosine of a contrast's update and cross-entropy's");
        findings.line(
                "updates, weight of the positive",
                updates.contrastive().positive(),
                "in a contrast; in cross-entropy "
                        + HtmlReport.number(updates.crossEntropy().positive()));
        findings.line(
                "updates, weight of the negatives",
                updates.contrastive().negatives(),
                "in a contrast; in cross-entropy "
                        + HtmlReport.number(updates.crossEntropy().negatives()));
    }
}
