package io.chiaro.model;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model whose vectors are kept in fewer numbers: their first ones, or a sparse code. Another model for every index and report,
 * as its name and hash say. As safe for threads as the model behind it, which is closed with it.
 */
public final class ShortenedEmbedder implements Embedder {

    private final Embedder whole;
    private final String how;
    private final int dimension;
    private final UnaryOperator<float[]> shortened;

    private ShortenedEmbedder(Embedder whole, String how, int dimension, UnaryOperator<float[]> shortened) {
        this.whole = whole;
        this.how = how;
        this.dimension = dimension;
        this.shortened = shortened;
    }

    /** The model whose vectors are shortened. */
    public Embedder whole() {
        return whole;
    }

    /**
     * The first numbers of each vector, brought to length one (Kusupati et al., "Matryoshka Representation Learning", NeurIPS 2022,
     * section 3).
     *
     * @param count from 1 to the dimension of the model
     */
    public static ShortenedEmbedder first(Embedder whole, int count) {
        int all = whole.description().dimension();
        if (count < 1 || count > all) {
            throw ChiaroException.usage(
                    "--first: expected from 1 to " + all + " numbers, as the model has, but found " + count + ".");
        }
        return new ShortenedEmbedder(whole, "first " + count, count, vector -> leading(vector, count));
    }

    /**
     * The sparse code of each vector, of which so many numbers are not zero. A vector has as many numbers as the code has latents.
     *
     * @param active from 1 to the latents of the code
     */
    public static ShortenedEmbedder active(Embedder whole, SparseCode code, int active) {
        if (code.inputs() != whole.description().dimension()) {
            throw ChiaroException.model("sparse code: expected one of vectors of "
                    + whole.description().dimension() + " numbers, as the model has, but found one of " + code.inputs()
                    + ". Take both from one model.");
        }
        if (active < 1 || active > code.latents()) {
            throw ChiaroException.usage("--active: expected from 1 to " + code.latents()
                    + " numbers, as the sparse code has, but found " + active + ".");
        }
        return new ShortenedEmbedder(
                whole, "active " + active + " of " + code.latents(), code.latents(), vector -> code.of(vector, active));
    }

    private static float[] leading(float[] vector, int count) {
        double squares = 0;
        for (int k = 0; k < count; k++) {
            squares += (double) vector[k] * vector[k];
        }
        double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        float[] kept = new float[count];
        for (int k = 0; k < count; k++) {
            kept[k] = (float) (scale * vector[k]);
        }
        return kept;
    }

    @Override
    public float[][] embed(List<String> texts, TextRole role) {
        float[][] vectors = whole.embed(texts, role);
        float[][] result = new float[vectors.length][];
        for (int i = 0; i < result.length; i++) {
            result[i] = shortened.apply(vectors[i]);
        }
        return result;
    }

    @Override
    public ModelDescription description() {
        ModelDescription found = whole.description();
        return new ModelDescription(
                found.name() + ", " + how,
                Hashes.sha256((found.hash() + " " + how).getBytes(StandardCharsets.UTF_8)),
                dimension,
                found.maxTokens(),
                found.poolings(),
                how.startsWith("first"),
                found.prompts());
    }

    @Override
    public void close() {
        whole.close();
    }
}
