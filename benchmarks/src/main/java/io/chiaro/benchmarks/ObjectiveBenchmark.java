package io.chiaro.benchmarks;

import io.chiaro.objective.Objective;
import io.chiaro.objective.View;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.Views;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Owner;
import io.chiaro.tensor.Scope;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

/** Value and gradients of InfoNCE on pairs of embeddings of 384 numbers. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class ObjectiveBenchmark {

    /** Pairs. */
    @Param({"512", "4096"})
    public int batch;

    private final Objective objective = Recipes.named("info-nce").create();
    private Owner owner;
    private Views views;

    /** Makes the embeddings. */
    @Setup
    public void create() {
        owner = Owner.of("benchmark");
        long[] items = LongStream.range(0, batch).toArray();
        long[] others = LongStream.range(batch, 2L * batch).toArray();
        try (Scope scope = Scope.open("set-up")) {
            views = Views.of(
                    new View(ViewRole.ANCHOR, owner.keep(Numbers.normal("anchors", batch, 384)), items, items),
                    new View(ViewRole.POSITIVE, owner.keep(Numbers.normal("positives", batch, 384)), items, others));
        }
    }

    /** The loss with both gradients. */
    @Benchmark
    public double evaluate() {
        try (Scope scope = Scope.open("objective");
                Grad off = Grad.disabled()) {
            return objective.evaluate(views).loss();
        }
    }

    /** Releases the embeddings. */
    @TearDown
    public void close() {
        owner.close();
    }
}
