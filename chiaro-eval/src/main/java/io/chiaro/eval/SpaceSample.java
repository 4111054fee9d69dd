package io.chiaro.eval;

import io.chiaro.core.RandomStream;
import io.chiaro.core.metric.EmbeddingGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gathers what alignment, uniformity and effective rank are taken over: all positives, and a fair sample of vectors. */
final class SpaceSample {

    private static final int SAMPLE = 1000;
    private static final int REMEMBERED = 100_000;

    private final RandomStream random;
    private final long seed;
    private final List<float[]> sample = new ArrayList<>();
    private final List<float[]> anchors = new ArrayList<>();
    private final List<float[]> positives = new ArrayList<>();
    private final Set<Integer> hashes = new HashSet<>();
    private int offered;

    SpaceSample(long seed) {
        this.seed = seed;
        this.random = RandomStream.of(seed, "geometry-sample");
    }

    /** Offers a vector to the sample (reservoir sampling); among the first ones, equal vectors are offered once. */
    void add(float[] vector) {
        if (hashes.size() < REMEMBERED && !hashes.add(Arrays.hashCode(vector))) {
            return;
        }
        offered++;
        if (sample.size() < SAMPLE) {
            sample.add(vector);
        } else {
            int at = random.nextInt(offered);
            if (at < SAMPLE) {
                sample.set(at, vector);
            }
        }
    }

    void positive(float[] anchor, float[] positive) {
        anchors.add(anchor);
        positives.add(positive);
    }

    void write(ReportDraft draft, String positivePairs) {
        if (!anchors.isEmpty()) {
            draft.metric(
                    "alignment",
                    EmbeddingGeometry.alignment(anchors.toArray(float[][]::new), positives.toArray(float[][]::new)),
                    "mean squared distance over " + anchors.size() + " " + positivePairs);
        }
        float[][] rows = sample.toArray(float[][]::new);
        String over =
                "over " + rows.length + " different vectors" + (offered > rows.length ? " drawn of " + offered : "");
        if (rows.length >= 2) {
            draft.metric("uniformity", EmbeddingGeometry.uniformity(rows), "ln mean exp(-2 squared distance) " + over);
            draft.metric(
                    "effective-rank",
                    EmbeddingGeometry.effectiveRank(rows),
                    "exp of the entropy of the normalised singular values " + over);
            draft.seed(seed);
        } else {
            draft.note("All embeddings are equal: the model has collapsed.");
        }
    }
}
