package io.chiaro.benchmarks;

import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A step of AdamW on 22.6 million numbers, as many as all-MiniLM-L6-v2 has, half of them in the token table. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class OptimizerBenchmark {

    private static final int VOCABULARY = 30_522;
    private static final int WIDTH = 384;

    /** Whether the table is stepped on as a whole or on the rows of 4096 tokens only. */
    @Param({"adamw", "lazy-adamw"})
    public String optimizer;

    private ParameterStore parameters;
    private AdamW adam;

    /** Makes parameters with gradients. */
    @Setup
    public void create() {
        parameters = ParameterStore.builder("benchmark")
                .add("tokens", Parameter.Kind.TABLE, VOCABULARY, WIDTH)
                .add("weights", Parameter.Kind.WEIGHT, 10_845_000)
                .create();
        adam = new AdamW(parameters, AdamW.Config.defaults().withLazyTables(optimizer.equals("lazy-adamw")));
        int[] ids = Numbers.ids("tokens", 4096, VOCABULARY);
        try (Scope scope = Scope.open("set-up");
                Grad off = Grad.disabled()) {
            parameters.addRowGradients(
                    parameters.parameter("tokens"), ids, Numbers.normal("gradient", ids.length, WIDTH));
        }
    }

    /** One step. */
    @Benchmark
    public void step() {
        adam.step(1e-6);
    }

    /** Releases everything. */
    @TearDown
    public void close() {
        adam.close();
        parameters.close();
    }
}
