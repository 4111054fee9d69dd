package io.chiaro.benchmarks;

import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** The tokenizer of all-MiniLM-L6-v2 on 1000 sentences of 18 words. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class TokenizerBenchmark {

    private static final String[] WORDS = {
        "the",
        "contrast",
        "between",
        "light",
        "and",
        "shadow",
        "teaches",
        "an",
        "encoder",
        "which",
        "texts",
        "belong",
        "together",
        "reverse",
        "dictionaries",
        "unbelievably",
        "42",
        "photosynthesis"
    };

    private Tokenizer tokenizer;
    private List<String> sentences;

    /** Makes the sentences. */
    @Setup
    public void create() {
        tokenizer = Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson());
        sentences = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            List<String> words = new ArrayList<>();
            for (int word : Numbers.ids("sentence " + i, 18, WORDS.length)) {
                words.add(WORDS[word]);
            }
            sentences.add(String.join(" ", words));
        }
    }

    /** All sentences, on one thread. */
    @Benchmark
    public List<int[]> encodeAll() {
        return tokenizer.encodeAll(sentences, 256);
    }

    /** Releases the tokenizer. */
    @TearDown
    public void close() {
        tokenizer.close();
    }
}
