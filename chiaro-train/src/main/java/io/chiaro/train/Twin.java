package io.chiaro.train;

import io.chiaro.nn.Encoder;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A second encoder, with a head as the first has, whose numbers are a moving average of the first's and have no gradients (Tarvainen and
 * Valpola, "Mean teachers are better role models", NeurIPS 2017, section 3; He et al., "MoCo", CVPR 2020, eq. 2):
 *
 * <pre>
 * twin = m twin + (1 - m) model,   m = last + (first - last) (cos(pi k / n) + 1) / 2 at step k of n
 * </pre>
 *
 * It moves after each step, which is before it encodes the next batch, as in MoCo. At the first step it is the model's equal. What stands
 * still in the model stands still in it, to the bit; of low-rank updates it averages each factor, and so not their product.
 *
 * <p>Used by the thread that trains. Whoever made the encoder closes it.
 *
 * @param <C> what a chunk is
 */
public final class Twin<C> {

    private static final String MOVES = "head.twin.moves";
    private static final String SAVED = "twin.";

    private final Encoder<C> encoder;
    private final ParameterStore model;
    private final TowerSettings settings;
    private final long steps;

    /**
     * The twin of a model.
     *
     * @param encoder of the model's shape, with the same low-rank updates and soft prompt, and with the arrays of {@link
     *     TowerSettings#declareTwin} beside its own
     * @param model what it follows, with those of {@link TowerSettings#declare}
     * @param steps of the run
     */
    public Twin(Encoder<C> encoder, ParameterStore model, TowerSettings settings, long steps) {
        this.encoder = encoder;
        this.model = model;
        this.settings = settings;
        this.steps = steps;
    }

    static void declare(ParameterStore.Builder builder) {
        builder.add(MOVES, Parameter.Kind.STATE, 1);
    }

    Encoder<C> encoder() {
        return encoder;
    }

    /** How many numbers it has. */
    public long count() {
        return encoder.parameters().countKept();
    }

    /** Makes it the model's equal. */
    void start() {
        try (Grad off = Grad.disabled()) {
            encoder.parameters().named().forEach((name, array) -> array.copyInPlace(model.array(name)));
            model.array(MOVES).put(new float[1]);
        }
    }

    /** Moves it towards the model. */
    void follow() {
        Tensor moves = model.array(MOVES);
        float done = (float) moves.item();
        double kept = momentum((long) done);
        try (Scope scope = Scope.open("follow");
                Grad off = Grad.disabled()) {
            encoder.parameters().named().forEach((name, array) -> {
                if (!model.isFrozen(name)) {
                    array.multiplyInPlace(kept).addInPlace(model.array(name).multiply(1 - kept));
                }
            });
        }
        moves.put(new float[] {done + 1});
    }

    private double momentum(long step) {
        double progress = Math.min(1, step / (double) Math.max(1, steps));
        double first = settings.momentum();
        double last = settings.lastMomentum();
        return last + (first - last) * (Math.cos(Math.PI * progress) + 1) / 2;
    }

    /** Its arrays by the names under which checkpoints keep them. */
    Map<String, Tensor> state() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        encoder.parameters().named().forEach((name, array) -> arrays.put(SAVED + name, array));
        return arrays;
    }
}
