package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.nn.Head;
import io.chiaro.nn.HeadShape;
import io.chiaro.objective.Tower;
import io.chiaro.objective.Towers;
import io.chiaro.tensor.ParameterStore;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an encoder and an objective in a run, as data. All of it is trained beside the model and left out of what the
 * run writes.
 *
 * @param towers which towers make the views
 * @param encoded the width of an embedding
 * @param head the projection head, or empty for none
 * @param predictor empty for none
 * @param batch over which rows their norms go
 * @param momentum how much of the averaged twin is kept at the first step, from 0 to 1
 * @param lastMomentum how much at the last, by half a cosine
 */
public record TowerSettings(
        Towers towers,
        int encoded,
        Optional<HeadShape> head,
        Optional<PredictorShape> predictor,
        HeadBatch batch,
        double momentum,
        double lastMomentum) {

    private static final String BATCH = "head-batch";

    /** The settings that {@link #parse} reads. */
    public static final List<String> NAMES = List.of("head", "predictor", BATCH, "momentum");

    private static final String USUAL_MOMENTUM = "0.99:1";
    private static final String NONE = "none";

    /**
     * The settings of a run.
     *
     * @param told {@code head} as {@link HeadShape} reads it or {@code none}; {@code predictor} the same, {@code direct} or {@code
     *     direct-copy}; {@code head-batch} is {@code apart} or {@code fused}; {@code momentum} a number, or two joined by a colon
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
        TowerSettings settings =
                new TowerSettings(towers, encoded, head, predictor, batch(told.get(BATCH)), momentum[0], momentum[1]);
        if (told.containsKey(BATCH) && !settings.fusible(Math.max(2, towers.inputs()))) {
            throw ChiaroException.usage(
                    "set " + BATCH + ": has no effect, since no head or predictor that two views pass"
                            + " through has a norm over rows. Leave it out.");
        }
        return settings;
    }

    private static HeadBatch batch(@Nullable String text) {
        if (text == null) {
            return HeadBatch.APART;
        }
        List<String> valid =
                Arrays.stream(HeadBatch.values()).map(TowerSettings::written).toList();
        if (!valid.contains(text)) {
            throw ChiaroException.usage(
                    "set " + BATCH + ": expected another name, but found \"" + text + "\". " + Names.hint(text, valid));
        }
        return HeadBatch.values()[valid.indexOf(text)];
    }

    private static String written(HeadBatch batch) {
        return batch.name().toLowerCase(Locale.ROOT);
    }

    /**
     * An error if views are to be fused and there is but one.
     *
     * @param inputs of an item
     */
    public void refuseOneView(int inputs) {
        if (batch == HeadBatch.FUSED && !fusible(inputs)) {
            throw ChiaroException.usage(
                    "set " + BATCH + ": has no effect on data of one view an item. Leave it out, or make two views.");
        }
    }

    /** Whether it makes a difference that views are one batch: some norm over rows meets two of so many inputs. */
    private boolean fusible(int inputs) {
        List<Tower> list = towers.of(inputs);
        boolean headMeets = list.stream()
                .collect(Collectors.groupingBy(
                        Tower::ofModel, Collectors.mapping(Tower::input, Collectors.toCollection(TreeSet::new))))
                .values()
                .stream()
                .anyMatch(met -> met.size() > 1);
        boolean predictorMeets = list.stream()
                        .filter(tower -> tower.source() == Tower.Source.PREDICTED)
                        .count()
                > 1;
        return headMeets && head.filter(HeadShape::couplesRows).isPresent()
                || predictorMeets
                        && predictor.filter(PredictorShape::couplesRows).isPresent();
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
