package io.chiaro.benchmarks;

import io.chiaro.core.RandomStream;
import io.chiaro.nn.PackedSequences;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Input that is the same in every run. */
final class Numbers {

    private static final long SEED = 42;

    private Numbers() {}

    /** Standard normal numbers of a shape. */
    static Tensor normal(String purpose, long... shape) {
        int count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, Math.toIntExact(size));
        }
        RandomStream random = RandomStream.of(SEED, purpose);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    /** Token ids below {@code vocabulary}. */
    static int[] ids(String purpose, int count, int vocabulary) {
        RandomStream random = RandomStream.of(SEED, purpose);
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = random.nextInt(vocabulary);
        }
        return ids;
    }

    /** Sequences of {@code shortest} to {@code longest} tokens until there are {@code tokens} of them, the last one cut. */
    static PackedSequences packed(int tokens, int shortest, int longest) {
        RandomStream random = RandomStream.of(SEED, "lengths", shortest, longest);
        List<int[]> sequences = new ArrayList<>();
        for (int left = tokens; left > 0; ) {
            int length = Math.min(left, shortest + random.nextInt(longest - shortest + 1));
            sequences.add(new int[length]);
            left -= length;
        }
        return PackedSequences.of(sequences);
    }
}
