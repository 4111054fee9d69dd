package io.chiaro.cli.inspection;

import io.chiaro.eval.diagnostics.Diagnostic;
import io.chiaro.eval.diagnostics.Diagnostic.Need;
import org.jspecify.annotations.Nullable;

/** Makes every diagnostic that the data allow, and says of the others why not. */
public final class Diagnosing {

    private final EmbeddedItems items;
    private final double temperature;
    private final long seed;
    private final Findings findings = new Findings();

    private Diagnosing(EmbeddedItems items, double temperature, long seed) {
        this.items = items;
        this.temperature = temperature;
        this.seed = seed;
    }

    /** Looks at items; a temperature is that of the softmax that is asked about. */
    public static Diagnosing of(EmbeddedItems items, double temperature, long seed) {
        Diagnosing diagnosing = new Diagnosing(items, temperature, seed);
        CloudFigures.add(diagnosing.findings, items, temperature);
        if (items.labelled()) {
            ClassFigures.add(diagnosing.findings, items, temperature, seed);
        }
        return diagnosing;
    }

    /** Looks at the same items in another space. */
    public void beside(float[][] other, String name) {
        SpaceFigures.other(findings, items.first(), other, name, seed);
    }

    /** Looks at the predictor that was given these items, W [d][d]. */
    public void predictedBy(float[][] predictor) {
        SpaceFigures.predictor(findings, predictor, items.first());
    }

    /** Looks at pairs that the model learned from. */
    public void learnedFrom(EmbeddedItems seen) {
        SpaceFigures.seen(findings, items, seen, temperature, seed);
    }

    /** Looks into the model. */
    public void inside(OpenedModel model) {
        ModelFigures.add(findings, model, seed);
    }

    /**
     * What was found.
     *
     * @param noModel why the model could not be looked into, or null if it was
     */
    public Findings findings(@Nullable String noModel) {
        for (Diagnostic diagnostic : Diagnostic.values()) {
            if (!findings.settled(diagnostic)) {
                boolean inside = diagnostic.need() == Need.MODEL || diagnostic.need() == Need.MODEL_AND_PAIRS;
                findings.leaveOut(
                        diagnostic,
                        inside && noModel != null
                                ? noModel
                                : "needs " + diagnostic.need().words());
            }
        }
        return findings;
    }
}
