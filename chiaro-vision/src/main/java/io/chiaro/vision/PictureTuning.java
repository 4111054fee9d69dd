package io.chiaro.vision;

import io.chiaro.nn.LowRankUpdate;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.train.TuningSettings.LowRank;
import java.util.Optional;

/**
 * What learns of an encoder of pictures, or in place of its own numbers.
 *
 * @param frozen whether these stand still
 * @param lowRank updates of its convolutions
 * @param border a prompt around every picture
 */
record PictureTuning(boolean frozen, Optional<LowRank> lowRank, Optional<BorderShape> border) {

    /** The encoder's own numbers learn. */
    static final PictureTuning NONE = new PictureTuning(false, Optional.empty(), Optional.empty());

    /** Freezes what was declared of the encoder, if it stands still, and declares what learns beside it. */
    void declare(ParameterStore.Builder builder, ConvConfig config) {
        if (frozen) {
            builder.freeze();
        }
        lowRank.ifPresent(low ->
                ConvEncoder.weights(config, low.on()).forEach(weight -> weight.declareUpdate(builder, low.rank())));
        border.ifPresent(shape -> BorderPrompt.declare(builder, shape, config.channels()));
    }

    /** Sets the updates to what they are before the first step; a border is zero, or that of the base. */
    void start(ParameterStore parameters, long seed) {
        lowRank.ifPresent(low -> LowRankUpdate.start(parameters, low.alpha(), seed));
    }

    /** Makes the encoder an ordinary one, which leaves what it computes as it is. */
    void merge(ParameterStore parameters) {
        LowRankUpdate.merge(parameters);
    }
}
