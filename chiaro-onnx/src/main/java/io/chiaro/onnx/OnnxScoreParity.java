package io.chiaro.onnx;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.PairTokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well the exported file of a cross-encoder agrees with the model that it was written from; checked at every export, as {@link
 * OnnxParity} is.
 *
 * @param pairs number of pairs compared, each alone and in padded batches
 * @param maximumDifference the largest absolute difference of two scores or logits
 */
public record OnnxScoreParity(int pairs, double maximumDifference) implements OnnxAgreement {

    /** An export that differs more, relative to scores above 1, is refused. */
    public static final double ALLOWED_DIFFERENCE = 1e-3;

    @Override
    public String words() {
        return "largest difference of the scores of " + pairs + " pairs " + maximumDifference;
    }

    /** A text of {@link OnnxParity#sampleTexts} as a query and another as its answer. */
    public record SamplePair(String query, String text) {}

    /** The 32 pairs that exports are checked with. */
    public static List<SamplePair> samplePairs() {
        List<String> texts = OnnxParity.sampleTexts();
        List<SamplePair> pairs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            pairs.add(new SamplePair(texts.get(i), texts.get((i + 7) % texts.size())));
        }
        return pairs;
    }

    /**
     * Compares a file with its model.
     *
     * @param file what {@link OnnxBertWriter#writeScorer} wrote
     * @param pairs at least one
     * @param expected the model's own score of each pair, or its logits, [pairs, outputs]
     * @return the agreement, if it suffices
     * @throws ChiaroException of kind MODEL if scores differ by more than {@link #ALLOWED_DIFFERENCE}, or are no numbers
     */
    public static OnnxScoreParity check(Path file, List<PairTokens> pairs, float[][] expected) {
        if (pairs.isEmpty() || pairs.size() != expected.length) {
            throw new IllegalArgumentException(
                    "OnnxScoreParity: expected one score for each of at least one pair, but was" + " given "
                            + expected.length + " scores for " + pairs.size() + " pairs");
        }
        OnnxSettings settings = OnnxSettings.defaults();
        try (OnnxSession session = OnnxSession.openScorer(file, expected[0].length, settings.threads())) {
            float[][] together = session.logits(pairs, settings.batchTokens());
            double difference = 0;
            boolean agrees = true;
            for (int i = 0; i < expected.length; i++) {
                float[] alone = session.logits(List.of(pairs.get(i)), settings.batchTokens())[0];
                for (float[] found : List.of(together[i], alone)) {
                    for (int output = 0; output < found.length; output++) {
                        double off = Math.abs((double) found[output] - expected[i][output]);
                        difference = Math.max(difference, off);
                        // Written so that NaN does not pass.
                        agrees &= off <= ALLOWED_DIFFERENCE * Math.max(1, Math.abs(expected[i][output]));
                    }
                }
            }
            if (!agrees) {
                throw ChiaroException.model(String.format(
                        Locale.ROOT,
                        "%s: expected the scores of the model it was exported from, within %s, but the largest difference of"
                                + " %d pairs is %.2e. Do not use this file; please report the model's config.json as a bug.",
                        file.toAbsolutePath(),
                        ALLOWED_DIFFERENCE,
                        expected.length,
                        difference));
            }
            return new OnnxScoreParity(pairs.size(), difference);
        }
    }
}
