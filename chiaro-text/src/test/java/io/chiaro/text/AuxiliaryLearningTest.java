package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Batch;
import io.chiaro.train.Learning;
import io.chiaro.train.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Masked and denoising language modelling. Which tokens are hidden and which numbers are dropped depends on the text's place
 * in the batch alone.
 */
@ExtendWith(LeakCheck.class)
class AuxiliaryLearningTest {

    private static final long STEP = RandomStream.address(42, "step", 3);
    private static @Nullable Tokenizer tokenizer;

    enum Method {
        MASKED,
        DENOISING
    }

    @BeforeAll
    static void load() {
        NativeRuntime.load();
        tokenizer = TinyModel.tokenizer();
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(tokenizer).close();
    }

    private static BertEncoder encoder(Method method) {
        List<Pooling> poolings = poolings(method);
        BertConfig config = TinyModel.config(16, 2);
        BertEncoder encoder = BertEncoder.create(config, builder -> {
            if (method == Method.MASKED) {
                MaskedLanguageModel.declare(builder, config);
            } else {
                DenoisingAutoEncoder.declare(builder, config, config.hiddenSize() * poolings.size());
            }
        });
        BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
        return encoder;
    }

    private static List<Pooling> poolings(Method method) {
        return method == Method.MASKED ? List.of(Pooling.MEAN) : List.of(Pooling.CLS, Pooling.MEAN);
    }

    private static Learning<PackedSequences> learning(Method method, BertEncoder encoder, double dropout) {
        Tokenizer words = Objects.requireNonNull(tokenizer);
        return method == Method.MASKED
                ? new MaskedLanguageModel(encoder, words, 0.3, dropout)
                : new DenoisingAutoEncoder(new TextTower(encoder, poolings(method)), words, 0.6, dropout);
    }

    private static Batch<PackedSequences> batch(int rows, int budget) {
        RandomStream random = RandomStream.of(3, "lengths");
        List<int[]> texts = TinyModel.tokens(
                random, IntStream.range(0, rows).map(i -> 4 + random.nextInt(8)).toArray());
        return new Batch<>(
                rows,
                List.of(new Batch.Column(
                        ViewRole.ANCHOR, IntStream.range(0, rows).asLongStream().toArray())),
                CachedGradientTest.chunks(texts, budget),
                new double[0],
                new double[0][],
                new int[0],
                new long[0],
                0,
                0,
                0);
    }

    @ParameterizedTest
    @EnumSource
    void the_chunk_size_does_not_matter_with_dropout(Method method) {
        try (BertEncoder encoder = encoder(method)) {
            Learning<PackedSequences> learning = learning(method, encoder, 0.1);
            StepOutcome whole = learning.accumulate(batch(16, Integer.MAX_VALUE), STEP);
            Map<String, float[]> expected = CachedGradientTest.gradients(encoder.parameters());
            for (int budget : new int[] {1, 20, 60}) {
                encoder.parameters().zeroGradients();
                StepOutcome cut = learning.accumulate(batch(16, budget), STEP);

                assertThat(cut.loss()).isCloseTo(whole.loss(), within(1e-5 * whole.loss()));
                assertThat(cut.components()).isEqualTo(whole.components());
                assertThat(CachedGradientTest.distance(CachedGradientTest.gradients(encoder.parameters()), expected))
                        .isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradients_are_finite_differences_with_dropout(Method method) {
        try (BertEncoder encoder = encoder(method)) {
            Learning<PackedSequences> learning = learning(method, encoder, 0.1);
            Batch<PackedSequences> batch = batch(6, 40);
            FiniteDifferences.check(
                    encoder.parameters(), () -> learning.accumulate(batch, STEP).loss(), 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sixteen_texts_can_be_learned_by_heart(Method method) {
        try (BertEncoder encoder = encoder(method);
                AdamW optimizer = new AdamW(encoder.parameters(), AdamW.Config.defaults())) {
            Learning<PackedSequences> learning = learning(method, encoder, 0);
            Batch<PackedSequences> batch = batch(16, 100);
            double first = 0;
            double last = 0;
            for (int step = 0; step < 80; step++) {
                encoder.parameters().zeroGradients();
                StepOutcome outcome = learning.accumulate(batch, STEP);
                first = step == 0 ? outcome.loss() : first;
                last = outcome.loss();
                assertThat(outcome.chance()).isCloseTo(Math.log(encoder.config().vocabularySize()), within(1e-9));
                optimizer.step(1e-2);
            }
            assertThat(first).isGreaterThan(3);
            assertThat(last).isLessThan(0.5 * first);
        }
    }
}
