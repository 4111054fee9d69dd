package io.chiaro.benchmarks;

import io.chiaro.core.RandomStream;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.Pass;
import io.chiaro.tensor.Scope;
import io.chiaro.vision.AugmentationRecipe;
import io.chiaro.vision.ConvConfig;
import io.chiaro.vision.ConvEncoder;
import io.chiaro.vision.PictureBatches;
import io.chiaro.vision.PictureChunk;
import io.chiaro.vision.PictureSize;
import io.chiaro.vision.Pictures;
import java.util.List;
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

/** A step on pictures of 32 x 32 x 3 in two parts: 256 of them in two views, and the 512 views encoded forward and backward. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class PictureBenchmark {

    private static final int BATCH = 256;

    /** The encoder's size. */
    @Param({"tiny", "small"})
    public String size;

    private ConvEncoder encoder;
    private PictureBatches batches;
    private PictureChunk chunk;
    private long step;

    /** Draws pictures and an encoder. */
    @Setup
    public void create() {
        PictureSize each = new PictureSize(32, 32, 3);
        byte[][] pixels = new byte[4 * BATCH][each.numbers()];
        for (int i = 0; i < pixels.length; i++) {
            RandomStream random = RandomStream.of(42, "picture", i);
            for (int k = 0; k < pixels[i].length; k++) {
                pixels[i][k] = (byte) random.nextInt(256);
            }
        }
        Pictures pictures = Pictures.of(each, pixels, new int[0], List.of(), "noise");
        batches = PictureBatches.of(
                pictures, AugmentationRecipe.named("symmetric"), BATCH, PictureBatches.Options.defaults());
        chunk = batches.batch(0).chunks().get(0).input();
        encoder = ConvEncoder.create(ConvConfig.named(size, each.channels())).initialize(42);
    }

    /** 512 views. */
    @Benchmark
    public long views() {
        return batches.batch(step++).tokens();
    }

    /** Forward and backward through 512 pictures. */
    @Benchmark
    public void encode() {
        try (Scope scope = Scope.open("encode")) {
            Pass pass = encoder.forward(chunk, Dropout.off());
            pass.backward(pass.output().detach());
        }
    }

    /** Releases the encoder. */
    @TearDown
    public void close() {
        encoder.close();
    }
}
