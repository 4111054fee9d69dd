package io.chiaro.benchmarks;

import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.TransformerLayer;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Owner;
import io.chiaro.tensor.ParameterStore;
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

/** The attention half of a layer (width 384, 12 heads) on 4096 packed tokens, by the lengths of the texts they come from. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class AttentionBenchmark {

    private static final int TOKENS = 4096;
    private static final TransformerLayer.Shape SHAPE = new TransformerLayer.Shape(384, 12, 1536, 1e-12);

    /** Tokens of a text, from-to. */
    @Param({"16-16", "64-64", "256-256", "10-200"})
    public String lengths;

    private ParameterStore parameters;
    private Owner owner;
    private TransformerLayer layer;
    private PackedSequences packed;
    private Tensor states;

    /** Makes a layer and its input. */
    @Setup
    public void create() {
        String[] ends = lengths.split("-", -1);
        packed = Numbers.packed(TOKENS, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
        ParameterStore.Builder declared = ParameterStore.builder("benchmark");
        TransformerLayer.declare(declared, "layer.", SHAPE);
        parameters = declared.create();
        layer = new TransformerLayer(parameters, "layer.", SHAPE);
        owner = Owner.of("benchmark");
        try (Scope scope = Scope.open("set-up");
                Grad off = Grad.disabled()) {
            parameters
                    .named()
                    .forEach((name, array) -> array.put(
                            Numbers.normal(name, array.shape()).multiply(0.02).toFloats()));
            states = owner.keep(Numbers.normal("states", TOKENS, SHAPE.hiddenSize()));
        }
    }

    /** Without recording. */
    @Benchmark
    public long forward() {
        try (Scope scope = Scope.open("forward");
                Grad off = Grad.disabled()) {
            return layer.attend(states, packed, Dropout.off(), false).rank();
        }
    }

    /** With gradients to parameters and input. */
    @Benchmark
    public long forwardAndBackward() {
        try (Scope scope = Scope.open("forward and backward")) {
            Tensor input = states.leaf();
            Tensor output = layer.attend(input, packed, Dropout.off(), false);
            output.backward(states);
            return output.rank();
        }
    }

    /** Releases layer and input. */
    @TearDown
    public void close() {
        owner.close();
        parameters.close();
    }
}
