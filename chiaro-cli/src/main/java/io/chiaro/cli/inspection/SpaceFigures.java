package io.chiaro.cli.inspection;

import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.EigenspaceAlignment;
import io.chiaro.eval.diagnostics.GeneralizationGap;
import io.chiaro.eval.diagnostics.NeighbourOverlap;
import io.chiaro.eval.diagnostics.ReconstructionLoss;
import io.chiaro.train.Plot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a second set of vectors tells: the same items in another space, or pairs that the model learned from. */
final class SpaceFigures {

    private static final int[] NEIGHBOURS = {1, 2, 5, 10, 20, 50, 100};
    private static final int MOST_NEGATIVES = 256;

    private SpaceFigures() {}

    static void other(Findings findings, float[][] own, float[][] other, String name, long seed) {
        List<NeighbourOverlap> overlaps = new ArrayList<>();
        for (int k : NEIGHBOURS) {
            if (k < own.length) {
                overlaps.add(NeighbourOverlap.of(own, other, k));
            }
        }
        double[] k = overlaps.stream().mapToDouble(NeighbourOverlap::neighbours).toArray();
        double[] overlap =
                overlaps.stream().mapToDouble(NeighbourOverlap::overlap).toArray();
        double[] chance =
                overlaps.stream().mapToDouble(NeighbourOverlap::chance).toArray();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("other", name);
        values.put(
                "neighbours",
                overlaps.stream().map(NeighbourOverlap::neighbours).toList());
        values.put("overlap", overlap);
        values.put("chance", chance);
        findings.put(Diagnostic.NEIGHBOUR_OVERLAP, values);
        NeighbourOverlap shown = overlaps.get(Math.min(3, overlaps.size() - 1));
        findings.line(
                "neighbour overlap at " + shown.neighbours(),
                shown.overlap(),
                "share of nearest neighbours that " + name + " names as well");
        if (own.length >= 4) {
            ReconstructionLoss lost = ReconstructionLoss.of(own, other, seed);
            ReconstructionLoss back = ReconstructionLoss.of(other, own, seed);
            Map<String, Object> losses = new LinkedHashMap<>();
            losses.put("from-other", lost.loss());
            losses.put("other-from-this", back.loss());
            losses.put("fitted", lost.fitted());
            findings.put(Diagnostic.RECONSTRUCTION, losses);
            String few = lost.fitted() < 2 * Math.max(own[0].length, other[0].length)
                    ? "; at most, as " + lost.fitted() + " items are few to fit a map"
                    : "";
            findings.line(
                    "reconstruction from " + name,
                    lost.loss(),
                    "part of this space that a linear map cannot read there" + few);
            findings.line(
                    "reconstruction of " + name,
                    back.loss(),
                    "part of that space that a linear map cannot read here" + few);
        } else {
            findings.leaveOut(Diagnostic.RECONSTRUCTION, "four items or more are needed");
        }
        findings.section(
                "Beside " + name,
                "Of the nearest neighbours of an item, the share that both spaces name.",
                Plot.of("Overlap of neighbourhoods", "neighbours", "share")
                        .fromZero()
                        .ceiling(1)
                        .marked("overlap", k, overlap)
                        .dashed("chance", k, chance));
    }

    static void predictor(Findings findings, float[][] predictor, float[][] inputs) {
        EigenspaceAlignment found = EigenspaceAlignment.of(predictor, inputs);
        findings.put(Diagnostic.EIGENSPACE_ALIGNMENT, found);
        findings.line(
                "eigenspace alignment",
                found.weighted(),
                "mean cosine of an eigenvector of the predictor's inputs with what it becomes, by eigenvalues");
        double[] places = IntStream.rangeClosed(1, found.cosines().length)
                .asDoubleStream()
                .toArray();
        findings.section(
                "Predictor and inputs",
                "For each eigenvector of the correlation of the predictor's inputs, that of the largest eigenvalue first: the"
                        + " cosine of the vector with what the predictor makes of it, and its eigenvalue. Where both have the"
                        + " same directions, the cosine is 1.",
                Plot.of("Alignment of eigenspaces", "eigenvector", "cosine")
                        .ceiling(1)
                        .marked("cosine", places, found.cosines())
                        .dashed("eigenvalue, the largest as 1", places, found.eigenvalues()));
    }

    static void seen(Findings findings, EmbeddedItems items, EmbeddedItems seen, double temperature, long seed) {
        int most = Math.min(MOST_NEGATIVES, Math.min(items.size(), seen.size()) - 1);
        int[] negatives = IntStream.iterate(1, k -> k <= most, k -> 2 * k).toArray();
        List<GeneralizationGap> gaps = GeneralizationGap.of(
                new GeneralizationGap.Pairs(seen.first(), seen.second()),
                new GeneralizationGap.Pairs(items.first(), items.second()),
                negatives,
                temperature,
                seed);
        double first = gaps.get(0).gap();
        double[] gap = gaps.stream().mapToDouble(GeneralizationGap::gap).toArray();
        double[] linear =
                gaps.stream().mapToDouble(one -> first * one.linearGrowth()).toArray();
        double[] logarithmic = gaps.stream()
                .mapToDouble(one -> first * one.logarithmicGrowth())
                .toArray();
        double[] seenLoss = gaps.stream().mapToDouble(GeneralizationGap::seen).toArray();
        double[] unseenLoss =
                gaps.stream().mapToDouble(GeneralizationGap::unseen).toArray();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("temperature", temperature);
        values.put("negatives", negatives);
        values.put("seen-loss", seenLoss);
        values.put("unseen-loss", unseenLoss);
        values.put("gap", gap);
        values.put("linear-growth", linear);
        values.put("logarithmic-growth", logarithmic);
        findings.put(Diagnostic.GENERALIZATION_GAP, values);
        findings.line(
                "generalisation gap",
                gap[gap.length - 1],
                "loss on new pairs less loss on learned ones, with " + negatives[negatives.length - 1] + " negatives");
        double[] x = IntStream.range(0, negatives.length).asDoubleStream().toArray();
        double ceiling = 1.5 * Math.max(Math.abs(gap[gap.length - 1]), Math.abs(logarithmic[gap.length - 1]));
        double[] shown = new double[linear.length];
        for (int at = 0; at < shown.length; at++) {
            shown[at] = Math.abs(linear[at]) > ceiling ? Double.NaN : linear[at];
        }
        findings.section(
                "Learned pairs and new ones",
                "The contrastive loss by the number of negatives. The dashed lines are how far the bounds of the theory let"
                        + " the first gap grow: in proportion to the negatives, or with their logarithm.",
                Plot.of("Loss", "log2 of the number of negatives", "loss")
                        .fromZero()
                        .marked("learned pairs", x, seenLoss)
                        .marked("new pairs", x, unseenLoss),
                Plot.of("Gap", "log2 of the number of negatives", "new - learned")
                        .fromZero()
                        .marked("gap", x, gap)
                        .dashed("logarithmic growth", x, logarithmic)
                        .line("linear growth, cut where it leaves the picture", x, shown));
    }
}
