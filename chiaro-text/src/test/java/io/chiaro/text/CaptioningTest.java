package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.Pooling;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A decoder that writes one text from the embedding of the other. */
@ExtendWith(LeakCheck.class)
class CaptioningTest {

    private static final int WIDTH = 16;
    private static final int ROWS = 6;
    private static final long STEP = 91;
    private static final List<Pooling> POOLINGS = List.of(Pooling.MEAN);

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static BertEncoder encoder() {
        BertConfig config = TinyModel.config(WIDTH, 2);
        BertEncoder encoder = BertEncoder.create(config, builder -> Captioning.declare(builder, config, WIDTH));
        BertEncoder.initialize(encoder.parameters(), name -> true, 0.2, 7);
        return encoder;
    }

    /** Texts of the first column, then those of the second, which are others. */
    private static List<int[]> texts() {
        return Stream.of("first", "second")
                .flatMap(column -> {
                    RandomStream random = RandomStream.of(3, column);
                    return TinyModel.tokens(
                            random,
                            IntStream.range(0, ROWS)
                                    .map(i -> 3 + random.nextInt(7))
                                    .toArray())
                            .stream();
                })
                .toList();
    }

    private static Batch<PackedSequences> batch(int budget) {
        return new Batch<>(
                ROWS,
                List.of(
                        new Batch.Column(
                                ViewRole.ANCHOR,
                                IntStream.range(0, ROWS).asLongStream().toArray()),
                        new Batch.Column(
                                ViewRole.POSITIVE,
                                IntStream.range(ROWS, 2 * ROWS).asLongStream().toArray())),
                CachedGradientTest.chunks(texts(), budget),
                new double[0],
                new double[0][],
                new int[0],
                new long[0],
                0,
                0,
                0);
    }

    private static ContrastiveLearning<PackedSequences> learning(BertEncoder encoder, double weight, double dropout) {
        return new ContrastiveLearning<>(
                        new TextTower(encoder, POOLINGS), Recipes.named("co-ca").create(), dropout, null)
                .withAuxiliary(List.of(new Captioning(encoder, weight, dropout)));
    }

    private static AuxiliaryTerm.Found found(BertEncoder encoder, double weight, int budget) {
        RandomStream random = RandomStream.of(5, "embeddings");
        float[][][] columns = new float[2][ROWS][WIDTH];
        for (float[][] column : columns) {
            for (float[] row : column) {
                for (int k = 0; k < row.length; k++) {
                    row[k] = (float) random.nextGaussian();
                }
            }
        }
        return new Captioning(encoder, weight, 0)
                .accumulate(batch(budget), Map.of(0, Tensor.of(columns[0]), 1, Tensor.of(columns[1])), STEP);
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
    void gradients_of_decoder_and_encoder_are_finite_differences() {
        try (BertEncoder encoder = encoder()) {
            ContrastiveLearning<PackedSequences> learning = learning(encoder, 2, 0.1);
            Batch<PackedSequences> batch = batch(60);
            FiniteDifferences.check(
                    encoder.parameters(), () -> learning.accumulate(batch, STEP).loss(), 2, name -> true);
        }
    }

    /** With no weights in the head, scores are its bias b, and the value is mean(log sum exp b - b of the next token). */
    @Test
    void the_value_is_the_cross_entropy_of_the_tokens_of_the_second_text() {
        try (BertEncoder encoder = encoder();
                Scope scope = Scope.open("test")) {
            int vocabulary = encoder.config().vocabularySize();
            float[] bias = new float[vocabulary];
            RandomStream random = RandomStream.of(9, "bias");
            for (int j = 0; j < vocabulary; j++) {
                bias[j] = (float) random.nextGaussian();
            }
            String head = TokenPredictionHead.names().get(0).replace("dense.weight", "");
            encoder.parameters().array(head + "LayerNorm.weight").put(new float[WIDTH]);
            encoder.parameters().array(head + "LayerNorm.bias").put(new float[WIDTH]);
            encoder.parameters().array(head + "output.bias").put(bias);
            double below = 0;
            for (float each : bias) {
                below += Math.exp(each);
            }
            double sum = 0;
            int tokens = 0;
            for (int[] text : texts().subList(ROWS, 2 * ROWS)) {
                for (int t = 1; t < text.length; t++) {
                    sum += Math.log(below) - bias[text[t]];
                    tokens++;
                }
            }
            for (int budget : new int[] {30, Integer.MAX_VALUE}) {
                AuxiliaryTerm.Found found = found(encoder, 2, budget);
                assertThat(found.value()).isCloseTo(sum / tokens, within(1e-5));
                assertThat(found.chance()).isEqualTo(Math.log(vocabulary));
                assertThat(found.gradients()).containsOnlyKeys(0);
            }
        }
    }

    @Test
    void the_decoder_learns_to_write_each_text_from_its_vector() {
        try (BertEncoder encoder = encoder();
                AdamW optimizer = new AdamW(encoder.parameters(), AdamW.Config.defaults())) {
            double first = 0;
            double last = 0;
            for (int step = 0; step < 80; step++) {
                encoder.parameters().zeroGradients();
                try (Scope scope = Scope.open("step")) {
                    last = found(encoder, 1, 100).value();
                }
                first = step == 0 ? last : first;
                optimizer.step(1e-2);
            }
            assertThat(last).isLessThan(0.2 * first);
        }
    }

    private Map<String, Object> changes(Map<String, String> set) {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("recipe", "co-ca");
        changes.put("set", set);
        changes.put("steps", 4);
        changes.put("data", List.of(Map.of("path", TinyRun.pairs(folder, 60).toString())));
        return changes;
    }

    private byte[] trained(String name, Map<String, String> set) {
        TinyRun.train(TinyRun.run(folder, name, changes(set)), TextTraining.Options.defaults());
        return TinyRun.weights(folder.resolve(name));
    }

    @Test
    void a_run_of_co_ca_has_the_term_with_its_weight() {
        byte[] usual = trained("usual", Map.of());
        assertThat(trained("written", Map.of("auxiliary-weight", "2"))).isEqualTo(usual);
        assertThat(trained("lighter", Map.of("auxiliary-weight", "0.1"))).isNotEqualTo(usual);
        try (TextTraining training =
                TextTraining.start(TinyRun.run(folder, "told", changes(Map.of())), TextTraining.Options.defaults())) {
            assertThat(training.slots()).containsEntry("auxiliary", "captioning");
            assertThat(training.memory().toString()).contains("predictions");
        }
    }

    @Test
    void where_nothing_is_there_to_write_it_is_refused() {
        for (Map<String, String> row : List.of(
                Map.of("anchor", "ba du", "label", "a"), Map.of("anchor", "ba du", "positive", "mo", "score", "1"))) {
            Map<String, Object> changes = new LinkedHashMap<>(changes(Map.of("auxiliary", "captioning")));
            changes.put("recipe", row.containsKey("label") ? "sup-con" : "cosent");
            Path file = TinyRun.write(
                    folder.resolve("rows.jsonl"),
                    IntStream.range(0, 20)
                            .<Map<String, Object>>mapToObj(i -> new LinkedHashMap<>(
                                    row.containsKey("score")
                                            ? Map.of("anchor", "ba du", "positive", "mo " + i, "score", 1)
                                            : Map.of("anchor", "ba du " + i, "label", "class " + i % 2)))
                            .toList());
            changes.put("data", List.of(Map.of("path", file.toString())));
            assertThatThrownBy(() ->
                            TinyRun.train(TinyRun.run(folder, "nothing", changes), TextTraining.Options.defaults()))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("captioning has the second of two texts written");
        }
        assertThatThrownBy(() -> trained("prompted", Map.of("soft-prompt", "2")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("none to write");
    }

    @Test
    void settings_of_the_other_term_are_refused() {
        for (String setting : Arrays.asList("generator=bigram", "discriminator-layers=1", "share=0.3")) {
            String name = Objects.requireNonNull(setting).split("=")[0];
            assertThatThrownBy(() -> trained("refused", Map.of(name, setting.split("=")[1])))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining(name);
        }
    }
}
