package io.chiaro.text;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much of the machine a training step uses. The bare rate is that of one matrix product of the size an encoder has;
 * the useful rate of a whole step counts only what the mathematics needs, 6 floating-point operations a token and
 * parameter outside the tables, and 12 a hidden unit, layer and pair of tokens of a text for attention. Both in one
 * process, so that their ratio holds on a noisy machine.
 */
public final class StepBenchmark {

    /** The encoder that is measured: the shape of all-MiniLM-L6-v2. */
    static final BertConfig SHAPE = new BertConfig(30522, 384, 6, 12, 1536, 512, 2, 1e-12, 0.1, 0, 0.02, 0);

    /**
     * What was measured; rates in GFLOP/s.
     *
     * @param bare best of 20 products [4096, 384] x [384, 1536]
     * @param even useful rate of a step over 64 texts of 64 tokens, median of 5
     * @param mixed useful rate of a step over texts of 10 to 200 tokens, median of 5
     * @param cachedPass time of the extra forward pass of cached gradients as a share of an even step
     */
    public record Result(double bare, double even, double mixed, double cachedPass) {

        /** even / bare. */
        public double ratio() {
            return even / bare;
        }

        /** mixed / bare. */
        public double mixedRatio() {
            return mixed / bare;
        }
    }

    private StepBenchmark() {}

    /** Measures; takes about half a minute. */
    public static Result run() {
        try (BertEncoder encoder = BertEncoder.create(SHAPE);
                TextTower tower = new TextTower(encoder, List.of(Pooling.MEAN));
                AdamW optimizer =
                        new AdamW(tower.parameters(), AdamW.Config.defaults().withLazyTables(true))) {
            BertEncoder.initialize(encoder.parameters(), name -> true, SHAPE.initializerRange(), 42);
            PackedSequences even = texts(64, 64, 64);
            PackedSequences mixed = texts(40, 10, 200);
            step(tower, optimizer, even, 0);
            step(tower, optimizer, mixed, 0);
            double[] evenTimes = new double[5];
            double[] mixedTimes = new double[5];
            double bare = 0;
            for (int i = 0; i < 5; i++) {
                bare = Math.max(bare, bareRate(4));
                evenTimes[i] = step(tower, optimizer, even, i);
                mixedTimes[i] = step(tower, optimizer, mixed, i);
            }
            double extra = extraPass(tower, even);
            return new Result(
                    bare,
                    usefulOperations(tower, even) / median(evenTimes) / 1e9,
                    usefulOperations(tower, mixed) / median(mixedTimes) / 1e9,
                    extra / median(evenTimes));
        }
    }

    private static PackedSequences texts(int count, int shortest, int longest) {
        RandomStream random = RandomStream.of(42, "benchmark texts", shortest, longest);
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = new int[shortest + (longest > shortest ? random.nextInt(longest - shortest + 1) : 0)];
            for (int t = 0; t < ids.length; t++) {
                ids[t] = 1000 + random.nextInt(25_000);
            }
            texts.add(ids);
        }
        return PackedSequences.of(texts);
    }

    /** Seconds of one forward pass, backward pass and step of the optimiser, in one chunk. */
    private static double step(TextTower tower, AdamW optimizer, PackedSequences packed, int number) {
        long start = System.nanoTime();
        tower.parameters().zeroGradients();
        try (Scope scope = Scope.open("step")) {
            Dropout dropout = Dropout.at(SHAPE.hiddenDropout(), RandomStream.address(42, "benchmark", number));
            Pass pass = tower.forward(packed, dropout);
            pass.backward(pass.output().detach().multiply(1e-3));
        }
        tower.parameters().clipGradients(1.0);
        optimizer.step(1e-6);
        return (System.nanoTime() - start) / 1e9;
    }

    private static double extraPass(TextTower tower, PackedSequences packed) {
        double[] times = new double[5];
        for (int i = 0; i < times.length; i++) {
            long start = System.nanoTime();
            try (Scope scope = Scope.open("extra pass");
                    Grad off = Grad.disabled()) {
                tower.forward(packed, Dropout.at(SHAPE.hiddenDropout(), i));
            }
            times[i] = (System.nanoTime() - start) / 1e9;
        }
        return median(times);
    }

    private static double bareRate(int repetitions) {
        double best = 0;
        try (Scope scope = Scope.open("bare");
                Grad off = Grad.disabled()) {
            Tensor a = Tensor.full(0.5, 4096, 384);
            Tensor b = Tensor.full(0.25, 384, 1536);
            for (int i = 0; i < repetitions; i++) {
                long start = System.nanoTime();
                try (Scope product = Scope.open("product")) {
                    a.matmul(b);
                }
                best = Math.max(best, 2.0 * 4096 * 384 * 1536 / (System.nanoTime() - start));
            }
        }
        return best;
    }

    private static double usefulOperations(TextTower tower, PackedSequences packed) {
        double perToken = 6.0 * tower.parameters().countOutsideTables();
        double attention = 12.0 * SHAPE.hiddenSize() * SHAPE.layers() * packed.squaredLengths();
        return perToken * packed.tokens() + attention;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
