package io.chiaro.nn;

import io.chiaro.core.RandomStream;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter.Kind;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A small learned change of a frozen matrix (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, eq. 3):
 *
 * <pre>
 * h = W x + (alpha / r) B A x        A [r, inputs], B [outputs, r]
 * </pre>
 *
 * The weight [outputs, channels, height, width] of a convolution is the matrix with {@code inputs = channels height width}: each
 * output is its product with a patch. (The authors' own layer for convolutions has factors of other shapes, [r height, channels
 * width] and [outputs height, r height], whose product has r height for its rank.)
 *
 * <p>B is zero at first, so a model begins as what it was. The factors stand in the store of the matrix under its name behind
 * {@value #PREFIX}, and every layer that is made of {@link Linear} finds them there; others add them to their weight. {@link
 * #merge} adds the product to W, after which the model is an ordinary one again.
 */
public final class LowRankUpdate {

    /** What the names of the factors begin with. */
    public static final String PREFIX = "lora.";

    private static final String A = ".A";
    private static final String B = ".B";
    private static final String SCALE = ".scale";

    private final Tensor down;
    private final Tensor up;
    private final Tensor scale;

    private LowRankUpdate(ParameterStore parameters, String weight) {
        this.down = parameters.parameter(PREFIX + weight + A).value();
        this.up = parameters.parameter(PREFIX + weight + B).value();
        this.scale = parameters.array(PREFIX + weight + SCALE);
    }

    /** Declares the factors of a matrix [outputs, inputs], or of a weight that is used as one. */
    public static void declare(ParameterStore.Builder builder, String weight, long outputs, long inputs, int rank) {
        if (rank < 1 || rank > Math.min(outputs, inputs)) {
            throw new IllegalArgumentException("LowRankUpdate: expected a rank from 1 to " + Math.min(outputs, inputs)
                    + " for " + weight + ", but found " + rank);
        }
        builder.add(PREFIX + weight + A, Kind.WEIGHT, rank, inputs)
                .add(PREFIX + weight + B, Kind.WEIGHT, outputs, rank)
                .add(PREFIX + weight + SCALE, Kind.FROZEN, 1);
    }

    /** The update of a matrix, if its factors were declared. */
    public static Optional<LowRankUpdate> of(ParameterStore parameters, String weight) {
        return parameters.has(PREFIX + weight + A)
                ? Optional.of(new LowRankUpdate(parameters, weight))
                : Optional.empty();
    }

    /**
     * Sets all factors of a store to what they are before the first step: A normal with variance 1 / inputs, so that A x is about
     * as long as a state, and B zero.
     *
     * @param alpha the numerator of the scale
     */
    public static void start(ParameterStore parameters, double alpha, long seed) {
        try (Scope scope = Scope.open("start low-rank updates")) {
            weights(parameters).forEach(weight -> start(parameters, weight, alpha, seed));
        }
    }

    private static void start(ParameterStore parameters, String weight, double alpha, long seed) {
        Tensor down = parameters.array(PREFIX + weight + A);
        RandomStream random = RandomStream.of(seed, PREFIX + weight);
        float[] values = new float[Math.toIntExact(down.count())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(down.size(1)));
        }
        down.put(values);
        parameters.array(PREFIX + weight + B).fillInPlace(0);
        parameters.array(PREFIX + weight + SCALE).put(new float[] {(float) (alpha / down.size(0))});
    }

    /** Adds every product to its matrix and sets B to zero, which leaves what the model computes as it is. */
    public static void merge(ParameterStore parameters) {
        for (String weight : weights(parameters)) {
            try (Scope scope = Scope.open("merge low-rank update");
                    Grad off = Grad.disabled()) {
                Tensor up = parameters.array(PREFIX + weight + B);
                Tensor product = up.matmul(parameters.array(PREFIX + weight + A))
                        .multiply(parameters.array(PREFIX + weight + SCALE));
                Tensor matrix = parameters.array(weight);
                matrix.addInPlace(product.reshape(matrix.shape()));
                up.fillInPlace(0);
            }
        }
    }

    /** The matrices of a store that have factors. */
    private static List<String> weights(ParameterStore parameters) {
        return parameters.named().keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && name.endsWith(A))
                .map(name -> name.substring(PREFIX.length(), name.length() - A.length()))
                .toList();
    }

    /** {@code W + (alpha / r) B A}, in the shape of W, for layers whose product is not with a row of states. */
    public Tensor addedTo(Tensor weight) {
        return weight.add(up.matmul(down).multiply(scale).reshape(weight.shape()));
    }

    /** What is added to {@code W x}: [n, inputs] to [n, outputs]. */
    Tensor of(Tensor states) {
        return states.linear(down).linear(up).multiply(scale);
    }
}
