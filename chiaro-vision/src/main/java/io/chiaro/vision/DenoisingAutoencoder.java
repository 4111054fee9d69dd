package io.chiaro.vision;

import io.chiaro.core.RandomStream;
import io.chiaro.nn.Head;
import io.chiaro.nn.HeadShape;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Tells which pictures look alike before anything was contrasted: a net that makes pictures of noisy pictures, by way of a few numbers
 * (Vincent et al., "Extracting and Composing Robust Features with Denoising Autoencoders", ICML 2008, section 2.3; as the teacher of
 * Chakraborty, Gosthipaty and Paul, "G-SimCLR", 2020, section 3.1, which has a convolutional one). With x the numbers of a picture, from
 * 0 to 1, at most 32 pixels high and wide:
 *
 * <pre>
 * z = W2 relu(W1 (x + noise n) + b1) + b2        n normal
 * y = W4 relu(W3 z + b3) + b4                    the loss is the mean of (y - x)^2
 * </pre>
 *
 * <p>Order and noise are functions of the seed, the step and the picture. Used by one thread; closing it releases its parameters.
 */
public final class DenoisingAutoencoder implements AutoCloseable {

    private static final int MOST_SIDE = 32;
    private static final double RATE = 1e-3;
    private static final String INTO = "into.";
    private static final String BACK = "back.";

    /**
     * How large it is and how it learns.
     *
     * @param hidden numbers between picture and latent
     * @param latent numbers of a latent
     * @param noise the deviation of what is added to numbers from 0 to 1
     * @param steps of Adam
     * @param batch pictures of a step; with fewer pictures, all
     */
    public record Settings(int hidden, int latent, double noise, int steps, int batch) {

        public Settings {
            if (hidden < 1 || latent < 1 || !(noise >= 0) || steps < 1 || batch < 1) {
                throw new IllegalArgumentException(
                        "DenoisingAutoencoder: expected sizes, steps and a batch of at least 1 "
                                + "and a noise of at least 0, but found " + hidden + ", " + latent + ", " + steps + ", "
                                + batch
                                + " and " + noise);
            }
        }

        /** 256 and 32 numbers, noise 0.3, 400 steps of 128 pictures. */
        public static Settings defaults() {
            return new Settings(256, 32, 0.3, 400, 128);
        }
    }

    private final Pictures pictures;
    private final int numbers;
    private final ParameterStore parameters;
    private final Head into;
    private final Head back;
    private final double firstLoss;
    private final double lastLoss;

    private DenoisingAutoencoder(Pictures pictures, Settings settings, long seed) {
        this.pictures = pictures;
        this.numbers = pictures.size().numbers();
        HeadShape encoder = shape(settings.hidden(), settings.latent());
        HeadShape decoder = shape(settings.hidden(), numbers);
        ParameterStore.Builder builder = ParameterStore.builder("denoising autoencoder");
        Head.declare(builder, INTO, encoder, numbers);
        Head.declare(builder, BACK, decoder, settings.latent());
        this.parameters = builder.create();
        this.into = new Head(parameters, INTO, encoder);
        this.back = new Head(parameters, BACK, decoder);
        into.start(seed);
        back.start(seed);
        double first = 0;
        double last = 0;
        int batch = Math.min(settings.batch(), pictures.count());
        int batches = pictures.count() / batch;
        int[] order = {};
        try (AdamW adam = new AdamW(parameters, AdamW.Config.defaults().withWeightDecay(0))) {
            for (int step = 0; step < settings.steps(); step++) {
                int place = step % batches;
                if (place == 0) {
                    order = RandomStream.of(seed, "autoencoder order", step / batches)
                            .permutation(pictures.count());
                }
                last = step(adam, order, place * batch, batch, settings.noise(), seed, step);
                first = step == 0 ? last : first;
            }
        }
        this.firstLoss = first;
        this.lastLoss = last;
    }

    private static HeadShape shape(int hidden, int width) {
        return HeadShape.of(hidden, width).withNorm(HeadShape.Norm.NONE);
    }

    /** One that has learned from pictures. */
    public static DenoisingAutoencoder of(Pictures pictures, Settings settings, long seed) {
        return new DenoisingAutoencoder(small(pictures), settings, seed);
    }

    private static Pictures small(Pictures pictures) {
        PictureSize size = pictures.size();
        return pictures.resized(new Resize(Math.min(MOST_SIDE, size.height()), Math.min(MOST_SIDE, size.width())));
    }

    private double step(AdamW adam, int[] order, int from, int batch, double noise, long seed, int step) {
        float[] clean = new float[batch * numbers];
        float[] noisy = new float[clean.length];
        int[] rows = order;
        IntStream.range(0, batch).parallel().forEach(i -> {
            int picture = rows[from + i];
            pictures.floats(picture, clean, i * numbers);
            RandomStream random = RandomStream.of(seed, "autoencoder noise", step, picture);
            for (int k = i * numbers; k < (i + 1) * numbers; k++) {
                noisy[k] = (float) (clean[k] + noise * random.nextGaussian());
            }
        });
        try (Scope scope = Scope.open("autoencoder step");
                Grad on = Grad.enabled()) {
            Tensor made = back.forward(into.forward(Tensor.of(noisy, batch, numbers)));
            Tensor loss =
                    made.subtract(Tensor.of(clean, batch, numbers)).square().mean();
            parameters.zeroGradients();
            loss.backward();
            adam.step(RATE);
            return loss.item();
        }
    }

    /** The mean squared error of the first step, and of the last. */
    public double[] losses() {
        return new double[] {firstLoss, lastLoss};
    }

    /** What it makes of the pictures that it learned from, without noise, [pictures][latent]. */
    public float[][] latents() {
        float[][] latents = new float[pictures.count()][];
        int most = 1024;
        for (int from = 0; from < latents.length; from += most) {
            int count = Math.min(most, latents.length - from);
            float[] values = new float[count * numbers];
            for (int i = 0; i < count; i++) {
                pictures.floats(from + i, values, i * numbers);
            }
            try (Scope scope = Scope.open("autoencoder latents");
                    Grad off = Grad.disabled()) {
                float[][] rows = into.forward(Tensor.of(values, count, numbers)).toRows();
                System.arraycopy(rows, 0, latents, from, count);
            }
        }
        return latents;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
