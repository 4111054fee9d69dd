package io.chiaro.benchmarks;

import io.chiaro.core.RandomStream;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.Roles;
import io.chiaro.data.TextEncoder;
import io.chiaro.data.TokenStore;
import io.chiaro.data.TokenStoreOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A token store of 100,000 pairs: reading the rows of a batch, and planning an epoch. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class TokenStoreBenchmark {

    private static final int ROWS = 100_000;
    private static final int BATCH = 512;

    private Path folder;
    private TokenStore store;
    private EpochPlan plan;
    private int batch;

    /** One id a word, so that the tokenizer is not what is measured. */
    private static final class OneIdAWord implements TextEncoder {
        @Override
        public int[] encode(String text) {
            return Arrays.stream(text.split(" ", -1)).mapToInt(String::hashCode).toArray();
        }

        @Override
        public String fingerprint() {
            return "one id a word";
        }
    }

    /** Writes a file of pairs and makes its store. */
    @Setup
    public void create() throws IOException {
        folder = Files.createTempDirectory("chiaro-benchmark-");
        Path file = folder.resolve("pairs.jsonl");
        RandomStream random = RandomStream.of(42, "pairs");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < ROWS; i++) {
                out.write("{\"anchor\": \"" + text(random) + "\", \"positive\": \"" + text(random) + "\"}\n");
            }
        }
        store = TokenStore.openOrBuild(
                folder.resolve("store"),
                file,
                Roles.defaults(file, List.of("anchor", "positive")),
                new OneIdAWord(),
                TokenStoreOptions.defaults());
        plan = planned();
    }

    private static String text(RandomStream random) {
        StringBuilder text = new StringBuilder("w");
        for (int word = 5 + random.nextInt(60); word > 0; word--) {
            text.append(" w").append(random.nextInt(30_000));
        }
        return text.toString();
    }

    private EpochPlan planned() {
        return EpochPlan.of(store, EpochOptions.defaults(BATCH).withDistinctTexts(true), 42, 0);
    }

    /** The ids of a batch of 512 pairs, another batch each time. */
    @Benchmark
    public long readBatch() {
        batch = (batch + 1) % plan.batches();
        long tokens = 0;
        for (int row : plan.rows(batch)) {
            tokens += store.tokens(row, 0).length + store.tokens(row, 1).length;
        }
        return tokens;
    }

    /** The batches of an epoch, no text twice in one. */
    @Benchmark
    public int planEpoch() {
        return planned().batches();
    }

    /** Deletes the files. */
    @TearDown
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
