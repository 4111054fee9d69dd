package io.chiaro.onnx;

import java.util.List;
import java.util.Optional;

/**
 * The shape of a convolutional encoder of pictures: stages of a 3 x 3 convolution with group normalisation and rectifier, then
 * residual blocks of two such convolutions, and the mean over all places at the end.
 *
 * @param channels of its pictures
 * @param stages one after the other; the width of the last is the length of an embedding
 * @param groups of channels that are normalised together; divides every width
 * @param epsilon added to the variance in normalisation
 * @param mean of each channel, subtracted from the numbers in [0, 1] that come in
 * @param deviation of each channel, by which they are divided then
 * @param stemPadding zeros on each side of what the first convolution sees; all others see one
 * @param frame what is added to them then, if anything
 */
public record OnnxConvNet(
        int channels,
        List<Stage> stages,
        int groups,
        double epsilon,
        List<Double> mean,
        List<Double> deviation,
        int stemPadding,
        Optional<Frame> frame) {

    /**
     * A stage.
     *
     * @param width channels
     * @param stride of the first convolution
     * @param residualBlocks how many follow
     */
    public record Stage(int width, int stride, int residualBlocks) {}

    /**
     * Numbers that are added to every picture, which makes pictures be of one size.
     *
     * @param values [channels * height * width], channels first
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Frame(int height, int width, float[] values) {}

    public OnnxConvNet {
        stages = List.copyOf(stages);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (stages.isEmpty() || mean.size() != channels || deviation.size() != channels) {
            throw new IllegalArgumentException("OnnxConvNet: expected stages and a mean and deviation of each of "
                    + channels + " channels, but found " + stages.size() + ", " + mean + " and " + deviation);
        }
    }

    /** The length of an embedding. */
    public int dimension() {
        return stages.get(stages.size() - 1).width();
    }
}
