package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
import io.chiaro.model.Tokenizer;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.Batch;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.StepOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The discriminator of DiffCSE beside a contrast. */
@ExtendWith(LeakCheck.class)
class ReplacedTokenDetectionTest {

    private static final int ROWS = 8;
    private static final int WIDTH = 16;
    private static final List<Pooling> POOLINGS = List.of(Pooling.CLS, Pooling.MEAN);
    private static final long STEP = RandomStream.address(42, "step", 3);
    private static @Nullable Tokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
        tokenizer = TinyModel.tokenizer();
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(tokenizer).close();
    }

    private static BertEncoder encoder() {
        BertConfig config = TinyModel.config(WIDTH, 2);
        BertEncoder encoder = BertEncoder.create(
                config, builder -> ReplacedTokenDetection.declare(builder, config, WIDTH * POOLINGS.size(), 2));
        BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
        return encoder;
    }

    private static List<int[]> texts() {
        RandomStream random = RandomStream.of(3, "lengths");
        List<int[]> texts = TinyModel.tokens(
                random, IntStream.range(0, ROWS).map(i -> 4 + random.nextInt(8)).toArray());
        return Stream.concat(texts.stream(), texts.stream()).toList();
    }

    private static ReplacementTokens replacements(BertEncoder encoder) {
        return ReplacementTokens.of(
                ReplacementTokens.Kind.BIGRAM,
                texts(),
                encoder.config().vocabularySize(),
                Objects.requireNonNull(tokenizer)::frames);
    }

    private static ReplacedTokenDetection term(BertEncoder encoder, double weight, double dropout) {
        return new ReplacedTokenDetection(
                encoder,
                Objects.requireNonNull(tokenizer),
                replacements(encoder),
                new ReplacedTokenDetection.Settings(weight, 0.4, 2, dropout));
    }

    private static ContrastiveLearning<PackedSequences> learning(BertEncoder encoder, double weight, double dropout) {
        return new ContrastiveLearning<>(
                        new TextTower(encoder, POOLINGS),
                        Recipes.named("diffcse").create(),
                        dropout,
                        null)
                .withAuxiliary(List.of(term(encoder, weight, dropout)));
    }

    /** Texts as their own positives. */
    private static Batch<PackedSequences> batch(int budget) {
        long[] contents = IntStream.range(0, ROWS).asLongStream().toArray();
        return new Batch<>(
                ROWS,
                List.of(new Batch.Column(ViewRole.ANCHOR, contents), new Batch.Column(ViewRole.POSITIVE, contents)),
                CachedGradientTest.chunks(texts(), budget),
                new double[0],
                new double[0][],
                new int[0],
                new long[0],
                0,
                0,
                0);
    }

    @Test
    void the_chunk_size_does_not_matter_with_dropout() {
        try (BertEncoder encoder = encoder()) {
            ContrastiveLearning<PackedSequences> learning = learning(encoder, 2, 0.1);
            StepOutcome whole = learning.accumulate(batch(Integer.MAX_VALUE), STEP);
            Map<String, float[]> expected = CachedGradientTest.gradients(encoder.parameters());
            for (int budget : new int[] {1, 20, 60}) {
                encoder.parameters().zeroGradients();
                StepOutcome cut = learning.accumulate(batch(budget), STEP);
                assertThat(cut.loss()).isCloseTo(whole.loss(), within(1e-5 * whole.loss()));
                assertThat(CachedGradientTest.distance(CachedGradientTest.gradients(encoder.parameters()), expected))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void gradients_of_discriminator_and_encoder_are_finite_differences() {
        try (BertEncoder encoder = encoder()) {
            ContrastiveLearning<PackedSequences> learning = learning(encoder, 3, 0.1);
            Batch<PackedSequences> batch = batch(60);
            // The discriminator reads the encoder's token embeddings and holds them fixed.
            FiniteDifferences.check(
                    encoder.parameters(),
                    () -> learning.accumulate(batch, STEP).loss(),
                    2,
                    name -> !name.startsWith("embeddings."));
        }
    }

    /** With one verdict b for every token the value is mean(softplus(b) - y b), whatever the layers do. */
    @Test
    void the_value_is_the_cross_entropy_of_the_tokens_that_could_have_been_replaced() {
        try (BertEncoder encoder = encoder()) {
            double verdict = 0.7;
            encoder.parameters().array("head.discriminator.verdict.weight").put(new float[WIDTH]);
            encoder.parameters().array("head.discriminator.verdict.bias").put(new float[] {(float) verdict});
            ReplacementTokens replacements = replacements(encoder);
            int judged = 0;
            int replaced = 0;
            List<int[]> texts = texts();
            for (int place = 0; place < texts.size(); place++) {
                ReplacementTokens.Edited edited = replacements.edit(
                        texts.get(place),
                        0.4,
                        Objects.requireNonNull(tokenizer)::frames,
                        RandomStream.of(STEP, "replace", place));
                for (int t = 0; t < edited.ids().length; t++) {
                    judged += edited.judged()[t] ? 1 : 0;
                    replaced += edited.replaced()[t] ? 1 : 0;
                }
            }
            assertThat(replaced).isPositive().isLessThan(judged);
            double expected = Math.log1p(Math.exp(verdict)) - verdict * replaced / judged;
            for (int budget : new int[] {30, Integer.MAX_VALUE}) {
                assertThat(found(encoder, term(encoder, 0.1, 0.2), budget).value())
                        .isCloseTo(expected, within(1e-5));
            }
        }
    }

    private record Plain(double value, double weight, List<float[][]> gradients) {}

    /** The term alone, on embeddings that no encoder has made. */
    private static Plain found(BertEncoder encoder, ReplacedTokenDetection term, int budget) {
        encoder.parameters().zeroGradients();
        try (Scope scope = Scope.open("term")) {
            RandomStream random = RandomStream.of(5, "embeddings");
            List<Tensor> columns = new ArrayList<>();
            for (int c = 0; c < 2; c++) {
                float[][] rows = new float[ROWS][WIDTH * POOLINGS.size()];
                for (float[] row : rows) {
                    for (int k = 0; k < row.length; k++) {
                        row[k] = (float) random.nextGaussian();
                    }
                }
                columns.add(Tensor.of(rows));
            }
            AuxiliaryTerm.Found found =
                    term.accumulate(batch(budget), Map.of(0, columns.get(0), 1, columns.get(1)), STEP);
            assertThat(found.chance()).isEqualTo(Math.log(2));
            return new Plain(
                    found.value(),
                    found.weight(),
                    List.of(
                            Objects.requireNonNull(found.gradients().get(0)).toRows(),
                            Objects.requireNonNull(found.gradients().get(1)).toRows()));
        }
    }

    @Test
    void the_encoder_learns_through_the_embedding_alone() {
        try (BertEncoder encoder = encoder()) {
            Plain found = found(encoder, term(encoder, 1, 0), 40);
            CachedGradientTest.gradients(encoder.parameters()).forEach((name, gradient) -> {
                boolean moved = false;
                for (float each : gradient) {
                    moved |= each != 0;
                }
                assertThat(moved).as(name).isEqualTo(name.startsWith("head."));
            });
            for (float[][] column : found.gradients()) {
                for (float[] row : column) {
                    double norm = 0;
                    for (float each : row) {
                        norm += each * each;
                    }
                    assertThat(norm).isPositive();
                }
            }
        }
    }

    @Test
    void the_weight_scales_gradients_and_leaves_the_value() {
        try (BertEncoder encoder = encoder()) {
            Plain one = found(encoder, term(encoder, 1, 0.1), 40);
            Plain tenth = found(encoder, term(encoder, 0.1, 0.1), 40);
            assertThat(tenth.value()).isEqualTo(one.value());
            assertThat(tenth.weight()).isEqualTo(0.1);
            float large = one.gradients().get(1)[2][3];
            assertThat(tenth.gradients().get(1)[2][3]).isCloseTo(0.1f * large, within(1e-6f + 1e-4f * Math.abs(large)));
        }
    }

    @Test
    void the_discriminator_begins_as_the_encoder_and_learns_to_tell_edits() {
        try (BertEncoder encoder = encoder();
                AdamW optimizer = new AdamW(encoder.parameters(), AdamW.Config.defaults())) {
            ReplacedTokenDetection term = term(encoder, 1, 0);
            term.start();
            String matrix = "layer.1.intermediate.dense.weight";
            assertThat(encoder.parameters()
                            .array("head.discriminator." + matrix)
                            .toFloats())
                    .isEqualTo(encoder.parameters().array("encoder." + matrix).toFloats());
            double last = 0;
            for (int step = 0; step < 60; step++) {
                last = found(encoder, term, 100).value();
                optimizer.step(1e-2);
            }
            assertThat(last).isLessThan(0.3 * Math.log(2));
        }
    }

    private Map<String, Object> bare(Map<String, String> set) {
        return Map.of(
                "recipe",
                "diffcse",
                "set",
                set,
                "steps",
                4,
                "data",
                List.of(Map.of("path", TinyRun.pairs(folder, 60).toString(), "roles", Map.of("anchor", "positive"))));
    }

    private byte[] trained(String name, Map<String, String> set) {
        TinyRun.train(TinyRun.run(folder, name, bare(set)), TextTraining.Options.defaults());
        return TinyRun.weights(folder.resolve(name));
    }

    @Test
    void a_run_of_diffcse_has_the_term_and_its_settings() {
        byte[] usual = trained("usual", Map.of());
        assertThat(trained("written", Map.of("auxiliary-weight", "0.005", "share", "0.3", "generator", "bigram")))
                .isEqualTo(usual);
        assertThat(trained("heavier", Map.of("auxiliary-weight", "1"))).isNotEqualTo(usual);
        assertThat(trained("unigram", Map.of("generator", "unigram"))).isNotEqualTo(usual);
        assertThat(trained("shallow", Map.of("discriminator-layers", "1"))).isNotEqualTo(usual);
        try (TextTraining training = TextTraining.start(
                TinyRun.run(folder, "told", bare(Map.of("generator", "unigram"))), TextTraining.Options.defaults())) {
            assertThat(training.slots())
                    .containsEntry("auxiliary", "replaced-token-detection")
                    .containsEntry("generator", "unigram");
        }
    }

    @Test
    void settings_that_do_not_fit_are_refused() {
        refused(Map.of("generator", "trigram"), "\"trigram\"", "unigram, bigram");
        refused(Map.of("auxiliary", "replaced-tokens"), "Did you mean \"replaced-token-detection\"?");
        refused(Map.of("auxiliary-weight", "-1"), "set auxiliary-weight");
        refused(Map.of("discriminator-layers", "9"), "set discriminator-layers", "from 1 to 2");
        refusedOf("simcse", Map.of("generator", "bigram"), "without set auxiliary");
        refusedOf("tsdae", Map.of("auxiliary", "replaced-token-detection"), "nothing to stand beside");
    }

    private void refused(Map<String, String> set, String... reasons) {
        refusedOf("diffcse", set, reasons);
    }

    private void refusedOf(String recipe, Map<String, String> set, String... reasons) {
        Map<String, Object> changes = new java.util.LinkedHashMap<>(bare(set));
        changes.put("recipe", recipe);
        assertThatThrownBy(() ->
                        TextTraining.start(TinyRun.run(folder, "refused", changes), TextTraining.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .satisfies(error -> Arrays.stream(reasons)
                        .forEach(reason -> assertThat(error).hasMessageContaining(reason)));
    }
}
