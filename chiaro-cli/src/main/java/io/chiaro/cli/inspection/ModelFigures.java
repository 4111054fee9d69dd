package io.chiaro.cli.inspection;

import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.LayerProbe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import io.chiaro.train.Sharpness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the inside of a model tells: its layers, and its loss around its weights. */
final class ModelFigures {

    /** Items that all layers are asked for; a probe of labels is fitted in every layer and takes fewer. */
    private static final int MOST_PAIRED = 400;

    private static final int MOST_LABELLED = 200;
    private static final int FEWEST_LABELLED = 10;
    /** Pairs whose loss is measured around the weights, and the lengths of the steps. */
    private static final int MOST_PAIRS = 32;

    private static final double[] RADII = {0.02, 0.05, 0.1};
    private static final int DIRECTIONS = 2;
    private static final String RECIPE = "info-nce";

    private ModelFigures() {}

    static void add(Findings findings, OpenedModel model, long seed) {
        if (model.classes().length > 0) {
            if (ClassFigures.tooMany(model.classes())) {
                findings.leaveOut(Diagnostic.LAYERS, ClassFigures.TOO_MANY);
            } else if (model.size() < FEWEST_LABELLED) {
                findings.leaveOut(
                        Diagnostic.LAYERS, FEWEST_LABELLED + " labelled " + model.things() + " or more are needed");
            } else {
                layers(findings, model, seed);
            }
        } else if (model.paired()) {
            layers(findings, model, seed);
        } else {
            findings.leaveOut(Diagnostic.LAYERS, "there are neither labels nor pairs to probe by");
        }
        if (model.paired() && model.size() > 2) {
            sharpness(findings, model, seed);
        }
    }

    private static void layers(Findings findings, OpenedModel model, long seed) {
        int[] classes = model.classes();
        boolean pairs = classes.length == 0;
        int[] places = EmbeddedItems.sample(model.size(), pairs ? MOST_PAIRED : MOST_LABELLED, seed);
        List<float[][]> anchors = model.layers(places);
        List<float[][]> positives = pairs ? model.layersOfPositives(places) : List.of();
        List<LayerProbe> found = new ArrayList<>();
        for (int k = 0; k < anchors.size(); k++) {
            int layer = model.firstLayer() + k;
            found.add(
                    pairs
                            ? LayerProbe.ofPairs(layer, anchors.get(k), positives.get(k))
                            : LayerProbe.ofLabels(
                                    layer,
                                    anchors.get(k),
                                    Arrays.stream(places)
                                            .map(place -> classes[place])
                                            .toArray(),
                                    seed));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("probe", pairs ? "pairs" : "labels");
        values.put(model.things(), places.length);
        values.put("layers", found);
        findings.put(Diagnostic.LAYERS, values);
        LayerProbe best = found.get(0);
        for (LayerProbe probe : found) {
            best = probe.accuracy() > best.accuracy() ? probe : best;
        }
        LayerProbe last = found.get(found.size() - 1);
        findings.line("layers, last", last.accuracy(), "accuracy of the probe on layer " + last.layer());
        findings.line("layers, best", best.accuracy(), "accuracy of the probe on layer " + best.layer());
        double[] x = found.stream().mapToDouble(LayerProbe::layer).toArray();
        findings.section(
                "Layers",
                (pairs
                                ? "How often an anchor is nearer to its own positive than to any other, "
                                : "What a straight cut tells of the label, ")
                        + "when each layer in turn is taken for the last."
                        + (model.firstLayer() == 0 ? " Layer 0 is what enters the first." : ""),
                Plot.of("Probe of each layer", "layer", "accuracy")
                        .fromZero()
                        .ceiling(1)
                        .wholeX()
                        .marked(
                                "accuracy",
                                x,
                                found.stream().mapToDouble(LayerProbe::accuracy).toArray())
                        .marked(
                                "average cosine of different " + model.things(),
                                x,
                                found.stream()
                                        .mapToDouble(LayerProbe::averageCosine)
                                        .toArray()),
                Plot.of("Effective rank of each layer", "layer", "directions")
                        .fromZero()
                        .wholeX()
                        .marked(
                                "",
                                x,
                                found.stream()
                                        .mapToDouble(LayerProbe::effectiveRank)
                                        .toArray()));
    }

    private static void sharpness(Findings findings, OpenedModel model, long seed) {
        int[] places = EmbeddedItems.sample(model.size(), MOST_PAIRS, seed);
        List<Sharpness> found = Arrays.stream(RADII)
                .mapToObj(radius -> model.sharpness(Recipes.named(RECIPE), places, radius, DIRECTIONS, seed))
                .toList();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("recipe", RECIPE);
        values.put("pairs", places.length);
        values.put("steps", found);
        findings.put(Diagnostic.SHARPNESS, values);
        Sharpness middle = found.get(1);
        findings.line(
                "sharpness",
                middle.alongGradient(),
                "rise of the loss after a step of " + middle.radius() + " along the gradient; along random ones "
                        + HtmlReport.number(middle.alongRandom()));
        findings.section(
                "Around the weights",
                "How far the loss of " + RECIPE + " on " + places.length
                        + " pairs rises when all weights together are moved by a step of that length. Flat is good: small"
                        + " changes do no harm.",
                Plot.of("Rise of the loss", "length of the step", "rise")
                        .fromZero()
                        .marked(
                                "along the gradient",
                                RADII,
                                found.stream()
                                        .mapToDouble(Sharpness::alongGradient)
                                        .toArray())
                        .marked(
                                "along random directions",
                                RADII,
                                found.stream()
                                        .mapToDouble(Sharpness::alongRandom)
                                        .toArray())
                        .note("Loss before " + HtmlReport.number(middle.loss()) + ", norm of the gradient "
                                + HtmlReport.number(middle.gradientNorm()) + "."));
    }
}
