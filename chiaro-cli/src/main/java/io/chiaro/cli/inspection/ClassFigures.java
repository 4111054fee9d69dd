package io.chiaro.cli.inspection;

import io.chiaro.eval.diagnostics.AugmentationConcentration;
import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.LabelProbe;
import io.chiaro.eval.diagnostics.MeanClassifier;
import io.chiaro.eval.diagnostics.NeuralCollapse;
import io.chiaro.eval.diagnostics.SubclassProbe;
import io.chiaro.eval.diagnostics.Tolerance;
import io.chiaro.train.HtmlReport;
import io.chiaro.train.Plot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What vectors with labels tell. The first labelling is the class; others are further properties or finer kinds. */
final class ClassFigures {

    /** Items of the mean classifier, whose cost grows with their cube. */
    private static final int MOST_CONTRASTED = 300;

    private static final int[] NEGATIVES = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    private static final double[] SIGMAS = {0.5, 0.6, 0.7, 0.8, 0.9, 1};

    /** Classes that are probed, whose cost grows with their number; that of their decomposition with its cube. */
    private static final int MOST_CLASSES = 200;

    /** Why a labelling was not probed. */
    static final String TOO_MANY = "there are more than " + MOST_CLASSES + " different labels";

    private ClassFigures() {}

    static boolean tooMany(int[] labels) {
        return Arrays.stream(labels).distinct().count() > MOST_CLASSES;
    }

    static void add(Findings findings, EmbeddedItems items, double temperature, long seed) {
        int[] labels = items.labels().get(0);
        if (Arrays.stream(labels).distinct().count() < 2) {
            for (Diagnostic diagnostic : List.of(
                    Diagnostic.TOLERANCE,
                    Diagnostic.NEURAL_COLLAPSE,
                    Diagnostic.MEAN_CLASSIFIER,
                    Diagnostic.LABEL_PROBE)) {
                findings.leaveOut(diagnostic, "all items have one label");
            }
            return;
        }
        findings.figure(
                Diagnostic.TOLERANCE, Tolerance.of(items.first(), labels).within());
        collapse(findings, items, labels);
        meanClassifier(findings, items, temperature, seed);
        probes(findings, items, seed);
        if (items.paired()) {
            concentration(findings, items, labels);
        }
    }

    private static void collapse(Findings findings, EmbeddedItems items, int[] labels) {
        NeuralCollapse found = NeuralCollapse.of(items.first(), labels);
        double duality = NeuralCollapse.duality(LabelProbe.weights(items.first(), labels), items.first(), labels);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("classes", found.classes());
        values.put("nc1", found.withinToBetween());
        values.put("nc2-lengths", found.lengthVariation());
        values.put("nc2-angles", found.angleVariation());
        values.put("nc3", duality);
        values.put("nc4", found.nearestCentre());
        values.put("simplex-distance", found.simplexDistance());
        values.put("orthogonal-distance", found.orthogonalDistance());
        findings.put(Diagnostic.NEURAL_COLLAPSE, values);
        findings.line(
                "neural collapse, NC1", found.withinToBetween(), "spread within classes against between; 0 if points");
        findings.line("neural collapse, NC2 lengths", found.lengthVariation(), "variation of the lengths of the means");
        findings.line(
                "neural collapse, NC2 angles", found.angleVariation(), "distance of their angles from a simplex's");
        findings.line("neural collapse, NC3", duality, "distance of a classifier's weights from the means");
        findings.line("neural collapse, NC4", found.nearestCentre(), "items nearest to the mean of their own class");
        findings.line("distance to a simplex frame", found.simplexDistance(), "of the means around their centre");
        findings.line("distance to an orthogonal frame", found.orthogonalDistance(), "of the means around the origin");
        double ideal = -1.0 / (found.classes() - 1);
        Plot angles = Plot.distribution("Angles between class means", "cosine of two means around their centre")
                .histogram("pairs of classes", found.cosines())
                .note(String.format(
                        Locale.ROOT, "All %d would lie at %.3f in a simplex.", found.cosines().length, ideal));
        findings.section(
                "Classes as points",
                "In perfect training every class becomes a point and the points a regular simplex (neural collapse). Good"
                        + " for the classes at hand; what lies within a class is lost on the way.",
                angles);
        findings.bars(
                "Distance from perfect collapse, 0 is perfect",
                List.of("NC1", "NC2 lengths", "NC2 angles", "NC3", "to a simplex frame", "to an orthogonal frame"),
                new double[] {
                    found.withinToBetween(),
                    found.lengthVariation(),
                    found.angleVariation(),
                    duality,
                    found.simplexDistance(),
                    found.orthogonalDistance()
                });
    }

    private static void meanClassifier(Findings findings, EmbeddedItems items, double temperature, long seed) {
        EmbeddedItems some = items.at(EmbeddedItems.sample(items.size(), MOST_CONTRASTED, seed));
        int[] labels = some.labels().get(0);
        MeanClassifier found = MeanClassifier.of(some.first(), labels, temperature);
        double[] rates = Arrays.stream(NEGATIVES)
                .mapToDouble(k -> MeanClassifier.collisionRate(labels, k))
                .toArray();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("items", some.size());
        values.put("temperature", temperature);
        values.put("contrastive-loss", found.contrastive());
        values.put("supervised-loss", found.supervised());
        values.put("bound", found.bound());
        values.put("accuracy", found.accuracy());
        values.put("collision", found.collision());
        values.put("negatives", NEGATIVES);
        values.put("collision-rate", rates);
        findings.put(Diagnostic.MEAN_CLASSIFIER, values);
        findings.line(
                "mean classifier, accuracy", found.accuracy(), "items nearest in cosine to the mean of their class");
        findings.line("mean classifier, loss", found.supervised(), "on two classes, on average");
        findings.line("mean classifier, bound", found.bound(), "what the contrastive loss with one negative allows it");
        findings.line("collision rate", found.collision(), "chance that a negative is of the anchor's class");
        findings.section(
                "False negatives",
                "With more negatives it becomes likely that one of them is of the anchor's own class, and the contrast"
                        + " begins to push apart what belongs together.",
                Plot.of("Collisions by the number of negatives", "log2 of the number of negatives", "% of anchors hit")
                        .fromZero()
                        .ceiling(100)
                        .marked(
                                "",
                                IntStream.range(0, NEGATIVES.length)
                                        .asDoubleStream()
                                        .toArray(),
                                Arrays.stream(rates).map(rate -> 100 * rate).toArray())
                        .note(Arrays.stream(labels).distinct().count() + " classes among " + some.size() + " items."));
    }

    private static void probes(Findings findings, EmbeddedItems items, long seed) {
        if (items.size() < 10) {
            findings.leaveOut(Diagnostic.LABEL_PROBE, "ten items or more are needed");
            return;
        }
        if (items.labels().stream().anyMatch(ClassFigures::tooMany)) {
            findings.leaveOut(Diagnostic.LABEL_PROBE, TOO_MANY);
            return;
        }
        List<Object> probes = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        for (int l = 0; l < items.labels().size(); l++) {
            LabelProbe probe = LabelProbe.of(items.first(), items.labels().get(l), seed);
            String name = items.labelNames().get(l);
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("labels", name);
            values.put("classes", probe.classes());
            values.put("accuracy", probe.accuracy());
            values.put("majority", probe.majority());
            values.put("kept", probe.kept());
            probes.add(values);
            kept.add(probe.kept());
            findings.line(
                    "probe of " + name,
                    probe.accuracy(),
                    "accuracy of a straight cut; the majority earns " + HtmlReport.number(probe.majority()));
        }
        findings.put(Diagnostic.LABEL_PROBE, probes);
        if (items.labels().size() > 1) {
            findings.section(
                    "Which properties are kept",
                    "What a straight cut tells of each property, above the majority's guess. Suppression is a property near"
                            + " 0 beside another near 1.");
            findings.bars(
                    "Kept, from 0 to 1",
                    items.labelNames(),
                    kept.stream().mapToDouble(Double::doubleValue).toArray());
            subclasses(findings, items, seed);
        }
    }

    private static void subclasses(Findings findings, EmbeddedItems items, long seed) {
        for (int coarse = 0; coarse < items.labels().size(); coarse++) {
            for (int fine = 0; fine < items.labels().size(); fine++) {
                int[] classes = items.labels().get(coarse);
                int[] kinds = items.labels().get(fine);
                if (coarse == fine || !SubclassProbe.refines(classes, kinds)) {
                    continue;
                }
                SubclassProbe probe = SubclassProbe.of(items.first(), classes, kinds, seed);
                if (probe.classes() == 0) {
                    continue;
                }
                Map<String, Object> values = new LinkedHashMap<>();
                values.put("classes", items.labelNames().get(coarse));
                values.put("kinds", items.labelNames().get(fine));
                values.put("accuracy", probe.accuracy());
                values.put("majority", probe.majority());
                values.put("kept", probe.kept());
                findings.put(Diagnostic.CLASS_COLLAPSE, values);
                findings.line(
                        "kinds within a class, kept",
                        probe.kept(),
                        items.labelNames().get(fine) + " within "
                                + items.labelNames().get(coarse) + "; 0 is class collapse");
                return;
            }
        }
    }

    private static void concentration(Findings findings, EmbeddedItems items, int[] labels) {
        List<AugmentationConcentration> found = Arrays.stream(SIGMAS)
                .mapToObj(sigma -> AugmentationConcentration.of(items.views(), labels, sigma))
                .toList();
        Map<String, Object> values = new LinkedHashMap<>();
        double[] lower =
                found.stream().mapToDouble(AugmentationConcentration::lower).toArray();
        double[] upper =
                found.stream().mapToDouble(AugmentationConcentration::upper).toArray();
        values.put("sigma", SIGMAS);
        values.put("delta-at-least", lower);
        values.put("delta-at-most", upper);
        values.put("centre-divergence", found.get(0).centreDivergence());
        findings.put(Diagnostic.CONCENTRATION, values);
        findings.line("concentration, delta at 0.9", upper[4], "nine tenths of each class lie within this distance");
        findings.line("class centres, largest product", found.get(0).centreDivergence(), "of the means of two classes");
        findings.section(
                "How views concentrate",
                "The distance within which a share sigma of every class lies, when an item may be met at any of its views."
                        + " The lower the curve, the more the views tie a class together.",
                Plot.of("Augmentation concentration", "sigma, share of each class", "delta, distance")
                        .fromZero()
                        .band("between the bounds", SIGMAS, lower, upper)
                        .marked("delta at most", SIGMAS, upper));
    }
}
