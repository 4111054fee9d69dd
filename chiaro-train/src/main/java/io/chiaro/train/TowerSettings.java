package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.nn.Head;
import io.chiaro.nn.HeadShape;
import io.chiaro.objective.Towers;
import io.chiaro.tensor.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an encoder and an objective in a run, as data. All of it is trained beside the model and left out of what the
 * run writes.
 *
 * @param towers which towers make the views
 * @param encoded the width of an embedding
 * @param head the projection head, or empty for none
 * @param predictor empty for none
 * @param momentum how much of the averaged twin is kept at the first step, from 0 to 1
 * @param lastMomentum how much at the last, by half a cosine
 */
public record TowerSettings(
        Towers towers,
        int encoded,
        Optional<HeadShape> head,
        Optional<PredictorShape> predictor,
        double momentum,
        double lastMomentum) {

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of("head", "predictor", "momentum");

    private static final String USUAL_MOMENTUM = "0.99:1";
    private static final String NONE = "none";

    /**
     * The settings of a run.
     *
     * @param told {@code head} as {@link HeadShape} reads it or {@code none}; {@code predictor} the same, {@code direct} or {@code
     *     direct-copy}; {@code momentum} a number, or two joined by a colon
     * @param towers which towers the objective asks for; a setting that they have no use for is refused
     * @param encoded the width of an embedding
     * @param usualHead the head where none is told, or empty
     */
    public static TowerSettings parse(
            Map<String, String> told, Towers towers, int encoded, Optional<HeadShape> usualHead) {
        refuse(told, "predictor", "predictor", towers.predicted());
        refuse(told, "momentum", "moving average of the model", towers.averaged());
        String written = told.get("head");
        Optional<HeadShape> head = written == null
                ? usualHead
                : written.equals(NONE) ? Optional.empty() : Optional.of(HeadShape.parse("head", written));
        int width = head.map(shape -> shape.width(encoded)).orElse(encoded);
        double[] momentum = momentum(told.getOrDefault("momentum", USUAL_MOMENTUM));
        Optional<PredictorShape> predictor =
                towers.predicted() ? predictor(told.get("predictor"), width) : Optional.empty();
        return new TowerSettings(towers, encoded, head, predictor, momentum[0], momentum[1]);
    }

    private static Optional<PredictorShape> predictor(@Nullable String text, int width) {
        if (text == null) {
            return Optional.of(new PredictorShape.Layers(HeadShape.of(2 * width, width)));
        }
        return switch (text) {
            case NONE -> Optional.empty();
            case "direct" -> Optional.of(PredictorShape.ClosedForm.ROOT);
            case "direct-copy" -> Optional.of(PredictorShape.ClosedForm.COPY);
            default -> {
                HeadShape shape = HeadShape.parse("predictor", text);
                if (shape.widths().isEmpty() || shape.width(width) != width) {
                    throw ChiaroException.usage("set predictor: expected " + width
                            + " as the last width, that of what it predicts, but found \"" + text + "\".");
                }
                yield Optional.of(new PredictorShape.Layers(shape));
            }
        };
    }

    private static void refuse(Map<String, String> told, String name, String what, boolean used) {
        if (told.containsKey(name) && !used) {
            throw ChiaroException.usage(
                    "set " + name + ": the recipe has no " + what + ", so it has no effect. Leave it out.");
        }
    }

    private static double[] momentum(String text) {
        String[] ends = text.split(":", -1);
        try {
            double first = Double.parseDouble(ends[0]);
            double last = ends.length == 1 ? first : Double.parseDouble(ends[1]);
            if (ends.length <= 2 && first >= 0 && first <= 1 && last >= 0 && last <= 1) {
                return new double[] {first, last};
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage(
                "set momentum: expected a number from 0 to 1, or two such as 0.99:1, but found \"" + text + "\".");
    }

    /** The width of a view that an objective sees. */
    public int width() {
        return head.map(shape -> shape.width(encoded)).orElse(encoded);
    }

    /** Declares the arrays that stand beside those of the encoder that learns. */
    public void declare(ParameterStore.Builder builder) {
        declareTwin(builder);
        predictor.ifPresent(shape -> shape.declare(builder, width()));
        if (towers.averaged()) {
            Twin.declare(builder);
        }
    }

    /** Declares the arrays that stand beside those of its averaged twin. */
    public void declareTwin(ParameterStore.Builder builder) {
        head.ifPresent(shape -> Head.declare(builder, Projections.HEAD, shape, encoded));
    }
}
