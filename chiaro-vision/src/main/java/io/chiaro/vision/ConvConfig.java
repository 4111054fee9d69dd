package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shape of a convolutional encoder, and what it takes pictures to be.
 *
 * @param name how protocols call it
 * @param channels of its pictures, 1 or 3
 * @param stages one after the other; the width of the last is the length of an embedding
 * @param groups of channels that are normalised together; divides every width
 * @param epsilon added to the variance in normalisation
 * @param mean of each channel, subtracted from the numbers in [0, 1] that come in
 * @param deviation of each channel, by which they are divided then
 * @param stemPadding zeros on each side of what the first convolution sees, 2, by which its maps are two places higher and wider;
 *     empty for 1, as all other convolutions and models that do not say it have it
 */
public record ConvConfig(
        String name,
        int channels,
        List<Stage> stages,
        int groups,
        double epsilon,
        List<Double> mean,
        List<Double> deviation,
        Optional<Integer> stemPadding) {

    /**
     * A 3 x 3 convolution with normalisation and rectifier, then residual blocks of two such convolutions.
     *
     * @param width channels
     * @param stride of the first convolution
     * @param residualBlocks how many follow
     */
    public record Stage(int width, int stride, int residualBlocks) {

        public Stage {
            if (width < 1 || stride < 1 || residualBlocks < 0) {
                throw new IllegalArgumentException("Stage: expected width and stride of at least 1 and no fewer than 0 "
                        + "residual blocks, but found " + width + ", " + stride + " and " + residualBlocks);
            }
        }
    }

    /** One group: dearer ones taught no more on small pictures, and normalise at half the speed. */
    private static final int GROUPS = 1;

    private static final double EPSILON = 1e-5;
    private static final int PADDING = 1;
    private static final int MOST_PADDING = 2;
    private static final Map<String, List<Stage>> SIZES = sizes();

    public ConvConfig {
        stages = List.copyOf(stages);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        int padding = stemPadding.orElse(PADDING);
        if (padding < PADDING || padding > MOST_PADDING) {
            throw new IllegalArgumentException("ConvConfig: expected a padding of the stem of " + PADDING + " or "
                    + MOST_PADDING + ", but found " + padding);
        }
        stemPadding = stemPadding.filter(told -> told != PADDING);
        if (stages.isEmpty() || channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "ConvConfig: expected stages and 1 or 3 channels, but found " + stages.size() + " and " + channels);
        }
        for (Stage stage : stages) {
            if (groups < 1 || stage.width() % groups != 0) {
                throw new IllegalArgumentException(
                        "ConvConfig: width " + stage.width() + " is not a multiple of " + groups + " groups");
            }
        }
        if (mean.size() != channels
                || deviation.size() != channels
                || deviation.stream().anyMatch(d -> !(d > 0))) {
            throw new IllegalArgumentException("ConvConfig: expected a mean and a positive deviation for each of "
                    + channels + " channels, but found " + mean + " and " + deviation);
        }
    }

    private static Map<String, List<Stage>> sizes() {
        Map<String, List<Stage>> sizes = new LinkedHashMap<>();
        sizes.put("tiny", List.of(new Stage(32, 2, 0), new Stage(64, 2, 0), new Stage(128, 2, 0)));
        sizes.put("small", List.of(new Stage(32, 2, 1), new Stage(64, 2, 1), new Stage(128, 2, 1)));
        sizes.put(
                "resnet9",
                List.of(new Stage(64, 1, 0), new Stage(128, 2, 1), new Stage(256, 2, 0), new Stage(512, 2, 1)));
        return sizes;
    }

    /** The names of the sizes. */
    public static List<String> names() {
        return List.copyOf(SIZES.keySet());
    }

    /**
     * A named size: {@code tiny} (2.6 million multiplications for a picture of 32 x 32 x 3, 128 numbers an embedding),
     * {@code small} (17 million, 128) or {@code resnet9} (210 million, 512). Numbers that come in are mapped from [0, 1] to [-2,
     * 2].
     *
     * @throws ChiaroException of kind usage for any other name
     */
    public static ConvConfig named(String name, int channels) {
        List<Stage> stages = SIZES.get(name);
        if (stages == null) {
            throw ChiaroException.usage("encoder: expected the size of a convolutional encoder, but found \"" + name
                    + "\". " + Names.hint(name, SIZES.keySet()));
        }
        return new ConvConfig(
                name,
                channels,
                stages,
                GROUPS,
                EPSILON,
                Collections.nCopies(channels, 0.5),
                Collections.nCopies(channels, 0.25),
                Optional.empty());
    }

    /** The same with another padding of the first convolution, 1 or 2. */
    public ConvConfig withStemPadding(int other) {
        return new ConvConfig(name, channels, stages, groups, epsilon, mean, deviation, Optional.of(other));
    }

    /** The padding of the first convolution of a stage, from 0. */
    int padding(int stage) {
        return stage == 0 ? stemPadding.orElse(PADDING) : PADDING;
    }

    /** The length of an embedding. */
    public int dimension() {
        return stages.get(stages.size() - 1).width();
    }

    /** Multiplications of the convolutions for one picture. */
    public long multiplications(PictureSize size) {
        long height = size.height();
        long width = size.width();
        long in = channels;
        long sum = 0;
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            height = (height + 2L * padding(i) - 3) / stage.stride() + 1;
            width = (width + 2L * padding(i) - 3) / stage.stride() + 1;
            sum += 9 * height * width * stage.width() * (in + 2L * stage.residualBlocks() * stage.width());
            in = stage.width();
        }
        return sum;
    }
}
