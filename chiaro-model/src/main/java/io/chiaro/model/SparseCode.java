package io.chiaro.model;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Safetensors;
import io.chiaro.core.StoredTensor;
import io.chiaro.core.StoredType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the vectors of a model as few of many numbers (Wen et al., "Beyond Matryoshka: Revisiting Sparse Coding for Adaptive
 * Representation", ICML 2025, section 3). With f a vector of length one, b [d], E [h, d] and c [h]:
 *
 * <pre>
 * a = relu( E (f - b) + c ),   z = a, but for its k largest numbers zero
 * </pre>
 *
 * <p>It lies beside a model in the folder {@value #FOLDER}, as the module SparseAutoEncoder of sentence-transformers is kept
 * ({@code config.json} and {@code model.safetensors}), and not in {@code modules.json}: the model itself stays one of dense
 * vectors for every reader. There the modules before it end with Normalize.
 *
 * <p>Immutable; safe for any thread.
 */
public final class SparseCode {

    /** Its folder in that of a model. */
    public static final String FOLDER = "3_SparseAutoEncoder";

    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String BIAS = "pre_bias";
    private static final String LATENT_BIAS = "latent_bias";
    /** Encoder and decoder are one matrix there, kept under either name. */
    private static final List<String> MATRIX = List.of("decoder.linear.weight", "encoder.weight");

    private static final String IDLE = "stats_last_nonzero";
    private static final int AUXILIARY = 512;
    private static final int PATIENCE = 100;

    private final float[] matrix;
    private final float[] latentBias;
    private final float[] bias;
    private final int active;

    /**
     * A code.
     *
     * @param matrix E, row by row, [h d]
     * @param latentBias c, [h]
     * @param bias b, [d]
     * @param active k, unless told otherwise
     */
    public SparseCode(float[] matrix, float[] latentBias, float[] bias, int active) {
        if (latentBias.length == 0 || matrix.length != latentBias.length * bias.length) {
            throw new IllegalArgumentException("SparseCode: expected a matrix of " + latentBias.length + " times "
                    + bias.length + " numbers, but found " + matrix.length);
        }
        if (active < 1 || active > latentBias.length) {
            throw new IllegalArgumentException(
                    "SparseCode: expected from 1 to " + latentBias.length + " active numbers, but found " + active);
        }
        this.matrix = matrix.clone();
        this.latentBias = latentBias.clone();
        this.bias = bias.clone();
        this.active = active;
    }

    /** Whether a model has one. */
    public static boolean isBeside(Path model) {
        return Files.isRegularFile(model.resolve(FOLDER).resolve(CONFIG));
    }

    /** Takes the code of a model away, if it has one. */
    public static void remove(Path model) {
        try {
            for (String file : List.of(CONFIG, WEIGHTS)) {
                Files.deleteIfExists(model.resolve(FOLDER).resolve(file));
            }
            Files.deleteIfExists(model.resolve(FOLDER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the code of a model.
     *
     * @throws ChiaroException of kind model if there is none, or if it is damaged
     */
    public static SparseCode open(Path model) {
        Path folder = model.toAbsolutePath().resolve(FOLDER);
        if (!isBeside(model)) {
            throw ChiaroException.model(
                    folder + ": expected a sparse code, but found none. Train one with the recipe csr, "
                            + "or leave --active out.");
        }
        Path file = folder.resolve(CONFIG);
        JsonObject config = Json.object(ChiaroException.Kind.MODEL, file);
        config.refuseUnknownKeys(List.of("input_dim", "hidden_dim", "k", "k_aux", "normalize", "dead_threshold"));
        if (config.bool("normalize", false)) {
            throw config.error("\"normalize\" is not supported: only vectors of length one are coded.");
        }
        int inputs = config.integer("input_dim");
        int latents = config.integer("hidden_dim");
        try (Safetensors weights = Safetensors.open(folder.resolve(WEIGHTS))) {
            String matrix = MATRIX.stream()
                    .filter(weights.names()::contains)
                    .findFirst()
                    .orElse(MATRIX.get(0));
            requireShape(weights, matrix, latents, inputs);
            requireShape(weights, LATENT_BIAS, latents);
            requireShape(weights, BIAS, inputs);
            return new SparseCode(
                    weights.floats(matrix), weights.floats(LATENT_BIAS), weights.floats(BIAS), config.integer("k"));
        } catch (IllegalArgumentException e) {
            throw ChiaroException.of(ChiaroException.Kind.MODEL, file + ": " + e.getMessage() + ". Mend the file.", e);
        }
    }

    private static void requireShape(Safetensors weights, String name, long... expected) {
        List<Long> found = weights.names().contains(name) ? weights.tensor(name).shape() : List.of();
        List<Long> wanted = Arrays.stream(expected).boxed().toList();
        if (!found.equals(wanted)) {
            throw ChiaroException.model(weights.origin() + ": expected " + name + " with the shape " + wanted
                    + " of config.json, but found " + (found.isEmpty() ? "none" : found)
                    + ". Take both files from one model.");
        }
    }

    /** Writes it beside a model. */
    public void write(Path model) {
        Path folder = model.resolve(FOLDER);
        AtomicFiles.createFolder(folder);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(MATRIX.get(0), matrix);
        arrays.put(LATENT_BIAS, latentBias);
        arrays.put(BIAS, bias);
        List<StoredTensor> infos = List.of(
                StoredTensor.of(MATRIX.get(0), StoredType.F32, latents(), inputs()),
                StoredTensor.of(LATENT_BIAS, StoredType.F32, latents()),
                StoredTensor.of(BIAS, StoredType.F32, inputs()),
                StoredTensor.of(IDLE, StoredType.I64, latents()));
        Safetensors.write(folder.resolve(WEIGHTS), infos, Map.of("format", "pt"), (info, sink) -> {
            float[] values = arrays.get(info.name());
            if (values == null) {
                sink.longs(new long[latents()]);
            } else {
                sink.floats(values);
            }
        });
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("input_dim", inputs());
        config.put("hidden_dim", latents());
        config.put("k", active);
        config.put("k_aux", Math.min(AUXILIARY, latents()));
        config.put("normalize", false);
        config.put("dead_threshold", PATIENCE);
        // Last, because it is what says that there is a code.
        Json.write(folder.resolve(CONFIG), config);
    }

    /** Numbers of a vector that it reads. */
    public int inputs() {
        return bias.length;
    }

    /** Numbers of a code, most of them zero. */
    public int latents() {
        return latentBias.length;
    }

    /** How many numbers of a code are not zero, unless told otherwise. */
    public int active() {
        return active;
    }

    /**
     * The code of a vector of any length but zero.
     *
     * @param vector [d]
     * @param kept k, from 1 to h
     * @return [h]; fewer than k numbers are above zero where no more latents speak
     */
    public float[] of(float[] vector, int kept) {
        if (vector.length != inputs() || kept < 1 || kept > latents()) {
            throw new IllegalArgumentException(
                    "SparseCode: expected a vector of " + inputs() + " numbers and from 1 to " + latents()
                            + " active ones, but found " + vector.length + " and " + kept);
        }
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        float[] latents = new float[latents()];
        for (int k = 0; k < latents.length; k++) {
            double sum = latentBias[k];
            for (int f = 0; f < vector.length; f++) {
                sum += matrix[k * vector.length + f] * (scale * vector[f] - bias[f]);
            }
            latents[k] = (float) Math.max(0, sum);
        }
        return largest(latents, kept);
    }

    /** Of equal numbers the earlier ones stay, so that there are never more than so many. */
    private static float[] largest(float[] latents, int kept) {
        float[] sorted = latents.clone();
        Arrays.sort(sorted);
        float least = sorted[sorted.length - kept];
        int above = 0;
        for (float latent : latents) {
            above += latent > least ? 1 : 0;
        }
        int equal = kept - above;
        float[] code = new float[latents.length];
        for (int k = 0; k < code.length; k++) {
            boolean stays = latents[k] > least || latents[k] == least && equal-- > 0;
            code[k] = stays ? latents[k] : 0;
        }
        return code;
    }
}
