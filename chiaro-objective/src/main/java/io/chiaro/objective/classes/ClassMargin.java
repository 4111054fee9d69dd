package io.chiaro.objective.classes;

import io.chiaro.objective.RowDivergence;
import io.chiaro.objective.Strip;
import io.chiaro.tensor.Tensor;
import java.util.List;

/**
 * The cross-entropy over classes whose right class is made harder by a margin. With the angle a between a row and the vector
 * of its class, the right class has, before the scale,
 *
 * <pre>
 * ANGLE   cos(a + m), and cos a - m sin m where a + m would pass pi   (Deng et al., "ArcFace", CVPR 2019, eq. 3)
 * COSINE  cos a - m                                                   (Wang et al., "CosFace", CVPR 2018, eq. 4)
 * NONE    cos a                                                       (Zhai and Wu, "Classification is a Strong Baseline", 2019)
 * </pre>
 *
 * @param margin m, in degrees for ANGLE; 0 for NONE
 */
public record ClassMargin(Kind kind, double margin) implements RowDivergence {

    /** Where the margin is taken. */
    public enum Kind {
        NONE,
        ANGLE,
        COSINE
    }

    private static final double ALMOST_ONE = 1 - 1e-7;

    public ClassMargin {
        if (kind == Kind.NONE && margin != 0) {
            throw new IllegalArgumentException(
                    "ClassMargin: without a kind a margin has no effect; it must be 0, but was " + margin);
        }
    }

    @Override
    public List<Term> terms(Strip strip) {
        Tensor scores = strip.scores().divide(strip.scales());
        Tensor right = switch (kind) {
            case NONE -> scores;
            case COSINE -> scores.add(-margin);
            case ANGLE -> widened(scores, margin);
        };
        Tensor logits = right.where(strip.positives(), scores).multiply(strip.scales());
        Tensor losses = strip.logSumExp(logits, strip.candidates()).subtract(strip.mean(logits, strip.positives()));
        return List.of(Term.mean(losses, strip.has(strip.positives())));
    }

    /** cos(a + m) of cosines, and cos a - m sin m where a + m would pass pi. */
    static Tensor widened(Tensor scores, double degrees) {
        double radians = Math.toRadians(degrees);
        Tensor angles = scores.atLeast(-ALMOST_ONE).atMost(ALMOST_ONE).acos();
        Tensor within = angles.add(radians).isGreater(Math.PI).not();
        return angles.add(radians).cos().where(within, scores.add(-radians * Math.sin(radians)));
    }

    @Override
    public String reduction() {
        return "mean over rows";
    }

    @Override
    public boolean readsScale() {
        return true;
    }
}
