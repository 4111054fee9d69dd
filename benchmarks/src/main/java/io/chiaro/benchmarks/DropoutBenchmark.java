package io.chiaro.benchmarks;

import io.chiaro.nn.Dropout;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Owner;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
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

/** A dropout mask of [tokens, 384], made from its address and applied. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class DropoutBenchmark {

    /** Rows of the mask. */
    @Param({"1024", "4096"})
    public int tokens;

    private Owner owner;
    private Tensor states;
    private long address;

    /** Makes the input. */
    @Setup
    public void create() {
        owner = Owner.of("benchmark");
        try (Scope scope = Scope.open("set-up")) {
            states = owner.keep(Numbers.normal("states", tokens, 384));
        }
    }

    /** Another address each time. */
    @Benchmark
    public long maskAndMultiply() {
        try (Scope scope = Scope.open("dropout");
                Grad off = Grad.disabled()) {
            return Dropout.at(0.1, address++).apply(states).rank();
        }
    }

    /** Releases the input. */
    @TearDown
    public void close() {
        owner.close();
    }
}
