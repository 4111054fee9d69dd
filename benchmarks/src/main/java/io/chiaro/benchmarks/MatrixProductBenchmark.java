package io.chiaro.benchmarks;

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

/** The matrix products of an encoder of width 384: [tokens, in] x [in, out], with a bias. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class MatrixProductBenchmark {

    /** Rows of the left side. */
    @Param({"1024", "4096"})
    public int tokens;

    /** in x out. */
    @Param({"384x1536", "1536x384", "384x384"})
    public String product;

    private Owner owner;
    private Tensor states;
    private Tensor weight;
    private Tensor bias;

    /** Makes the operands. */
    @Setup
    public void create() {
        String[] sizes = product.split("x", -1);
        int in = Integer.parseInt(sizes[0]);
        int out = Integer.parseInt(sizes[1]);
        owner = Owner.of("benchmark");
        try (Scope scope = Scope.open("set-up")) {
            states = owner.keep(Numbers.normal("states", tokens, in));
            weight = owner.keep(Numbers.normal("weight", out, in));
            bias = owner.keep(Numbers.normal("bias", out));
        }
    }

    /** 2 x tokens x in x out floating-point operations. */
    @Benchmark
    public long linear() {
        try (Scope scope = Scope.open("linear");
                Grad off = Grad.disabled()) {
            return states.linear(weight, bias).rank();
        }
    }

    /** Releases the operands. */
    @TearDown
    public void close() {
        owner.close();
    }
}
