package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Pooling;
import io.chiaro.model.TokenVectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How well an exported file agrees with the model that it was written from. The check runs at every export: the file is
 * opened in ONNX Runtime as any reader would open it, and its {@code sentence_embedding} or {@code picture_embedding} is compared
 * with the vectors that the model itself gave.
 *
 * @param items number of texts or pictures compared, each alone and in batches
 * @param minimumCosine the lowest cosine of a pair of vectors
 * @param maximumDifference the largest absolute difference of two numbers
 */
public record OnnxParity(int items, double minimumCosine, double maximumDifference) implements OnnxAgreement {

    /** An export below this cosine is refused. */
    public static final double REQUIRED_COSINE = 0.99999;

    /** What is asked of a graph whose weights are bytes. */
    public static final double REQUIRED_OF_BYTES = 0.95;

    private static final String TEXTS = "parity-texts.txt";

    @Override
    public String words() {
        return "lowest cosine of " + items + " vectors " + minimumCosine + ", largest difference " + maximumDifference;
    }

    /** The 32 texts that exports are checked with: one word to some 400 tokens, several scripts, marks and numbers. */
    public static List<String> sampleTexts() {
        try (InputStream stream = OnnxParity.class.getResourceAsStream(TEXTS)) {
            if (stream == null) {
                throw new IllegalStateException("OnnxParity: " + TEXTS + " is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Compares a file with its model.
     *
     * @param file what {@link OnnxBertWriter} wrote
     * @param tokens the token ids of each text
     * @param expected the model's own vector of each text
     * @return the agreement, if it suffices
     * @throws ChiaroException of kind MODEL if a cosine is below {@link #REQUIRED_COSINE}, or no number at all
     */
    public static OnnxParity check(Path file, List<int[]> tokens, float[][] expected) {
        return check(file, tokens, expected, REQUIRED_COSINE);
    }

    /**
     * The same of a file whose numbers are coarser than the model's.
     *
     * @param required the lowest cosine that suffices
     */
    public static OnnxParity check(Path file, List<int[]> tokens, float[][] expected, double required) {
        if (tokens.isEmpty() || tokens.size() != expected.length) {
            throw new IllegalArgumentException(
                    "OnnxParity: expected one vector for each of at least one text, but was given " + expected.length
                            + " vectors for " + tokens.size() + " texts");
        }
        OnnxSettings settings = OnnxSettings.defaults();
        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.MEAN), false, settings.threads())) {
            float[][] together = session.embed(tokens, settings.batchTokens());
            float[][] alone = new float[expected.length][];
            for (int i = 0; i < alone.length; i++) {
                alone[i] = session.embed(List.of(tokens.get(i)), settings.batchTokens())[0];
            }
            return agreement(file, List.of(together, alone), expected, required);
        }
    }

    /**
     * Compares the file of a late-interaction model with it, token by token.
     *
     * @param file what {@link OnnxBertWriter#writeTokenVectors} wrote
     * @param tokens the token ids of each text
     * @param expected the model's own vectors of each text's tokens
     * @return the agreement of the worst token, if it suffices
     * @throws ChiaroException of kind MODEL if a cosine is below {@link #REQUIRED_COSINE}, or no number at all
     */
    public static OnnxParity checkTokens(Path file, List<int[]> tokens, List<TokenVectors> expected) {
        OnnxSettings settings = OnnxSettings.defaults();
        int width = expected.get(0).width();
        try (OnnxSession session = OnnxSession.openTokens(file, width, settings.threads())) {
            float[][] together = session.embed(tokens, settings.batchTokens());
            List<float[]> found = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            List<float[]> wanted = new ArrayList<>();
            for (int i = 0; i < together.length; i++) {
                found.addAll(apart(together[i], width));
                alone.addAll(apart(session.embed(List.of(tokens.get(i)), settings.batchTokens())[0], width));
                wanted.addAll(apart(expected.get(i).values(), width));
            }
            return agreement(
                    file,
                    List.of(found.toArray(float[][]::new), alone.toArray(float[][]::new)),
                    wanted.toArray(float[][]::new),
                    REQUIRED_COSINE);
        }
    }

    /**
     * Compares the file of a sparse encoder with it.
     *
     * @param file what {@link OnnxBertWriter#writeSparse} wrote
     * @param tokens the token ids of each text
     * @param expected the model's own numbers of each text
     * @throws ChiaroException of kind MODEL if a cosine is below {@link #REQUIRED_COSINE}, or no number at all
     */
    public static OnnxParity checkSparse(Path file, List<int[]> tokens, float[][] expected) {
        OnnxSettings settings = OnnxSettings.defaults();
        try (OnnxSession session = OnnxSession.openSparse(file, expected[0].length, settings.threads())) {
            float[][] found = session.embed(tokens, OnnxSparseEmbedder.BATCH_TOKENS);
            return agreement(file, List.<float[][]>of(withOne(found)), withOne(expected), REQUIRED_COSINE);
        }
    }

    /** One number more, so that a text without any weight has a direction too. */
    private static float[][] withOne(float[][] rows) {
        return Arrays.stream(rows)
                .map(row -> {
                    float[] longer = Arrays.copyOf(row, row.length + 1);
                    longer[row.length] = 1;
                    return longer;
                })
                .toArray(float[][]::new);
    }

    private static List<float[]> apart(float[] vectors, int width) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < vectors.length; from += width) {
            rows.add(Arrays.copyOfRange(vectors, from, from + width));
        }
        return rows;
    }

    /**
     * Compares a file with its model.
     *
     * @param file what {@link OnnxConvWriter} wrote
     * @param pixels of each picture from 0 to 1, channels first
     * @param expected the model's own vector of each picture
     * @return the agreement, if it suffices
     * @throws ChiaroException of kind MODEL if a cosine is below {@link #REQUIRED_COSINE}, or no number at all
     */
    public static OnnxParity check(
            Path file, float[][] pixels, int channels, int height, int width, float[][] expected) {
        if (pixels.length == 0 || pixels.length != expected.length) {
            throw new IllegalArgumentException(
                    "OnnxParity: expected one vector for each of at least one picture, but was given " + expected.length
                            + " vectors for " + pixels.length + " pictures");
        }
        try (OnnxPictures pictures = OnnxPictures.open(file)) {
            int numbers = channels * height * width;
            float[] all = new float[pixels.length * numbers];
            float[][] alone = new float[expected.length][];
            for (int i = 0; i < alone.length; i++) {
                System.arraycopy(pixels[i], 0, all, i * numbers, numbers);
                alone[i] = pictures.embed(pixels[i], 1, channels, height, width)[0];
            }
            float[][] together = pictures.embed(all, pixels.length, channels, height, width);
            return agreement(file, List.of(together, alone), expected, REQUIRED_COSINE);
        }
    }

    private static OnnxParity agreement(Path file, List<float[][]> ways, float[][] expected, double required) {
        double cosine = 1;
        double difference = 0;
        for (float[][] way : ways) {
            for (int i = 0; i < expected.length; i++) {
                float[] found = way[i];
                if (found.length != expected[i].length) {
                    throw ChiaroException.model(file.toAbsolutePath() + ": expected vectors of "
                            + expected[i].length + " numbers, but found " + found.length
                            + ". The file does not belong to this model; export it again.");
                }
                // Written so that NaN does not pass: Math.min and Math.max hand it on.
                cosine = Math.min(cosine, cosine(found, expected[i]));
                difference = Math.max(difference, difference(found, expected[i]));
            }
        }
        OnnxParity parity = new OnnxParity(expected.length, cosine, difference);
        if (!(cosine >= required)) {
            throw ChiaroException.model(String.format(
                    Locale.ROOT,
                    "%s: expected the vectors of the model it was exported from, with a cosine of at least %s, but the"
                            + " lowest of %d is %.7f (largest difference %.2e). %s",
                    file.toAbsolutePath(),
                    required,
                    parity.items(),
                    cosine,
                    difference,
                    required < REQUIRED_COSINE
                            ? "This model needs finer numbers: keep its graph of float32."
                            : "Do not use this file; please report the model's config.json as a bug."));
        }
        return parity;
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresOfA = 0;
        double squaresOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresOfA += (double) a[i] * a[i];
            squaresOfB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }

    private static double difference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }
}
