package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.model.Pooling;
import io.chiaro.model.TextRole;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.Validation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors that are learned before every text. */
@ExtendWith(LeakCheck.class)
class SoftPromptTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();
    private static final int VOCABULARY = TinyModel.config(16, 2).vocabularySize();
    private static final int WIDTH = 16;
    private static final List<String> TEXTS = List.of("ba", "be ta bo", "du fa", "ka ".repeat(90));

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private RunFile run(String name, String set) {
        return run(name, "info-nce", set);
    }

    /** Of eight steps, from a base that is not fresh; settings are written {@code key=value key=value}. */
    private RunFile run(String name, String recipe, String set) {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("base", base().toString());
        changes.put("recipe", recipe);
        changes.put("steps", 8);
        Map<String, String> settings = new LinkedHashMap<>();
        for (String one : set.split(" ")) {
            settings.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        changes.put("set", settings);
        return TinyRun.run(folder, name, changes);
    }

    private Path base() {
        Path base = folder.resolve("base");
        if (!Files.exists(base)) {
            try (TextModel model = TextModel.load("fresh:" + TinyModel.write(folder.resolve("shape")), 3)) {
                model.save(base, ModelCard.of("test"));
            }
        }
        return base;
    }

    private static float[] array(TextModel model, String name) {
        try (Scope scope = Scope.open("array")) {
            return model.parameters().array(name).toFloats();
        }
    }

    @Test
    void before_the_first_step_the_model_is_a_plain_bert_over_more_tokens() {
        int count = 3;
        List<int[]> texts = TinyModel.tokens(RandomStream.of(5, "texts"), 3, 9, 12, 40);
        List<int[]> longer = new ArrayList<>();
        for (int[] text : texts) {
            int[] with = new int[text.length + count];
            with[0] = text[0];
            for (int i = 0; i < count; i++) {
                with[1 + i] = VOCABULARY + i;
            }
            System.arraycopy(text, 1, with, 1 + count, text.length - 1);
            longer.add(with);
        }
        BertConfig config = TinyModel.config(WIDTH, 2).withVocabularySize(VOCABULARY + count);
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=3"), PLAIN);
                TextModel base = TextModel.load(base().toString(), 0);
                TextTower plain = new TextTower(
                        BertEncoder.create(config), base.specification().poolings())) {
            float[] prompt = array(training.model(), SoftPrompt.NAME);
            assertThat(prompt).hasSize(count * WIDTH);
            try (Scope scope = Scope.open("plain")) {
                for (String name : plain.encoder().arrayNames()) {
                    float[] values = array(base, name);
                    plain.parameters().array(name).put(0, values, 0, values.length);
                }
                plain.parameters().array(BertEncoder.TOKENS).put((long) VOCABULARY * WIDTH, prompt, 0, prompt.length);
                float[][] found = training.model().embedTokens(longer);
                for (int i = 0; i < texts.size(); i++) {
                    try (Grad off = Grad.disabled()) {
                        float[] expected = plain.forward(PackedSequences.of(List.of(longer.get(i))), Dropout.off())
                                .output()
                                .normalize(1)
                                .toRows()[0];
                        assertThat(found[i]).containsExactly(expected, within(1e-5f));
                    }
                }
            }
            // Without the prompt in front, the same encoder is the base.
            assertThat(training.model().embedTokens(texts)).isDeepEqualTo(base.embedTokens(texts));
        }
    }

    @Test
    void the_vectors_begin_as_rows_of_the_table_might_be() {
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=40"), PLAIN);
                TextModel base = TextModel.load(base().toString(), 0)) {
            float[] prompt = array(training.model(), SoftPrompt.NAME);
            float[] table = array(base, BertEncoder.TOKENS);
            assertThat(deviation(prompt)).isCloseTo(deviation(table), within(0.15 * deviation(table)));
            assertThat(Arrays.copyOf(prompt, WIDTH)).isNotEqualTo(Arrays.copyOfRange(prompt, WIDTH, 2 * WIDTH));
            // The first vectors do not depend on how many there are.
            try (TextTraining fewer = TextTraining.start(run("fewer", "soft-prompt=2"), PLAIN)) {
                assertThat(array(fewer.model(), SoftPrompt.NAME)).containsExactly(Arrays.copyOf(prompt, 2 * WIDTH));
            }
        }
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / values.length);
    }

    @Test
    void the_gradient_of_the_vectors_is_the_slope_of_a_loss() {
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=2"), PLAIN)) {
            TextModel model = training.model();
            Parameter prompt = model.parameters().parameter(SoftPrompt.NAME);
            assertThat(model.parameters().parameters()).containsExactly(prompt);
            PackedSequences packed = PackedSequences.of(model.tokenizer().encodeAll(TEXTS, 64));
            try (Scope scope = Scope.open("gradient")) {
                Tensor direction = direction(packed.sequences());
                Pass pass = model.tower().forward(packed, Dropout.off());
                pass.backward(direction);
                float[] gradient =
                        Objects.requireNonNull(prompt.value().gradient()).toFloats();
                assertThat(deviation(gradient)).isGreaterThan(1e-2);
                float[] values = array(model, SoftPrompt.NAME);
                float step = 4e-3f;
                for (int i = 0; i < gradient.length; i++) {
                    double above = loss(model, packed, direction, values, i, step);
                    double below = loss(model, packed, direction, values, i, -step);
                    assertThat((above - below) / (2 * step)).isCloseTo(gradient[i], within(5e-3));
                }
            }
        }
    }

    private static Tensor direction(int texts) {
        RandomStream random = RandomStream.of(7, "direction");
        double[] values = new double[texts * WIDTH];
        Arrays.setAll(values, i -> random.nextGaussian());
        return Tensor.of(values, texts, WIDTH).to(io.chiaro.tensor.DType.FLOAT);
    }

    private static double loss(
            TextModel model, PackedSequences packed, Tensor direction, float[] values, int at, float step) {
        try (Scope scope = Scope.open("loss");
                Grad off = Grad.disabled()) {
            float[] moved = values.clone();
            moved[at] += step;
            model.parameters().array(SoftPrompt.NAME).put(moved);
            double loss = model.tower()
                    .forward(packed, Dropout.off())
                    .output()
                    .multiply(direction)
                    .sum()
                    .item();
            model.parameters().array(SoftPrompt.NAME).put(values);
            return loss;
        }
    }

    @Test
    void only_the_vectors_learn_and_the_saved_model_is_an_ordinary_one() {
        int count = 4;
        float[][] trained;
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=4"), PLAIN)) {
            float[] start = array(training.model(), SoftPrompt.NAME);
            assertThat(training.model().parameters().count()).isEqualTo(count * WIDTH);
            assertThat(training.describe().get(0)).contains("stand still", "64 that are trained");
            assertThat(training.memory().parts())
                    .containsEntry("gradients", 4L * count * WIDTH)
                    .containsEntry("optimizer", 4L * 2 * count * WIDTH);
            assertThat(training.run().parity().orElseThrow().minimumCosine()).isGreaterThanOrEqualTo(0.99999);
            trained = training.model().embedder().embed(TEXTS, TextRole.TEXT);
            assertThat(Arrays.copyOfRange(
                            array(training.model(), BertEncoder.TOKENS),
                            VOCABULARY * WIDTH,
                            (VOCABULARY + count) * WIDTH))
                    .isNotEqualTo(start);
        }
        Path saved = folder.resolve("out/model");
        try (TextModel model = TextModel.load(saved.toString(), 0);
                TextModel base = TextModel.load(base().toString(), 0);
                OnnxEmbedder onnx = OnnxEmbedder.open(saved.toString(), OnnxSettings.defaults())) {
            assertThat(model.specification().config().vocabularySize()).isEqualTo(VOCABULARY + count);
            assertThat(model.specification().maxTokens())
                    .isEqualTo(base.specification().maxTokens());
            assertThat(model.tokenizer().encode("ba", 64))
                    .hasSize(3 + count)
                    .containsSubsequence(VOCABULARY, VOCABULARY + 1, VOCABULARY + 2, VOCABULARY + 3);
            assertThat(model.embedder().embed(TEXTS, TextRole.TEXT)).isDeepEqualTo(trained);
            float[][] served = onnx.embed(TEXTS, TextRole.TEXT);
            float[][] untouched = base.embedder().embed(TEXTS, TextRole.TEXT);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(ParityTest.cosine(trained[i], served[i])).isGreaterThanOrEqualTo(0.99999);
                assertThat(ParityTest.cosine(trained[i], untouched[i])).isLessThan(0.9999);
            }
            for (String name : base.tower().encoder().arrayNames()) {
                float[] before = array(base, name);
                assertThat(Arrays.copyOf(array(model, name), before.length))
                        .as(name)
                        .containsExactly(before);
                if (!name.equals(BertEncoder.TOKENS)) {
                    assertThat(array(model, name)).hasSize(before.length);
                }
            }
        }
    }

    @Test
    void the_loss_falls_though_nothing_but_the_vectors_moves() {
        List<Double> losses = new ArrayList<>();
        TextTraining.Options listening = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        }));
        RunFile run = run("out", "soft-prompt=8 dropout=0")
                .with("test", Map.of("steps", 60, "learning-rate", 5e-2, "weight-decay", 0.0));
        TinyRun.train(run, listening);
        double first = losses.subList(0, 10).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        double last = losses.subList(50, 60).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        assertThat(last).as("from %s", first).isLessThan(0.9 * first);
    }

    @Test
    void readers_are_told_to_take_the_tokenizer_as_it_is_written() {
        TinyRun.train(run("out", "soft-prompt=2"), PLAIN);
        Path saved = folder.resolve("out/model");
        // With "BertTokenizer" transformers 5.24.0 puts only [CLS] and [SEP] around a text.
        assertThat(Json.object(saved.resolve("tokenizer_config.json")).string("tokenizer_class"))
                .isEqualTo("PreTrainedTokenizerFast");
        assertThat(saved.resolve("vocab.txt")).doesNotExist();
        assertThat(Json.object(base().resolve("tokenizer_config.json")).string("tokenizer_class"))
                .isEqualTo("BertTokenizer");
        assertThat(base().resolve("vocab.txt")).exists();
    }

    @Test
    void what_is_judged_before_the_end_is_what_is_saved_after_it() {
        List<float[][]> judged = new ArrayList<>();
        TextTraining.Options options = PLAIN.withValidation(model -> new Validation() {
            @Override
            public Set<String> metrics() {
                return Set.of("spearman");
            }

            @Override
            public Map<String, Double> judge() {
                judged.add(model.embedder().embed(TEXTS, TextRole.TEXT));
                return Map.of("spearman", 0.0);
            }
        });
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=3 lora=2"), options)) {
            assertThat(training.model().parameters().count()).isEqualTo(3 * WIDTH + 2 * 2 * 64);
            training.run();
            float[][] last = judged.get(judged.size() - 1);
            float[][] merged = training.model().embedder().embed(TEXTS, TextRole.TEXT);
            for (int i = 0; i < merged.length; i++) {
                assertThat(merged[i]).containsExactly(last[i], within(1e-5f));
            }
            assertThat(last).isNotEqualTo(judged.get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "adamw, soft-prompt=3",
        "lazy-adamw, soft-prompt=3 average=0.8 sharpness-radius=0.02",
        "lars, soft-prompt=2 lora=2",
        "adamw, soft-prompt=2 text-views=deletion",
        "adamw, soft-prompt=2 lora=2 queue=32 momentum=0.8:1",
        "adamw, soft-prompt=2 momentum=0.9 head=16-8 predictor=direct"
    })
    void a_resumed_run_is_the_straight_one_to_the_bit(String optimizer, String set) {
        Map<String, Object> changes = new LinkedHashMap<>(Map.of("optimizer", optimizer));
        String recipe = set.contains("queue") ? "moco" : set.contains("predictor") ? "byol" : "info-nce";
        if (set.contains("text-views")) {
            recipe = "simcse";
            run("texts", "soft-prompt=1");
            changes.put(
                    "data",
                    List.of(Map.of(
                            "path", folder.resolve("pairs.jsonl").toString(), "roles", Map.of("anchor", "positive"))));
        }
        TinyRun.train(run("straight", recipe, set).with("test", changes), PLAIN);

        RunFile resumed = run("resumed", recipe, set).with("test", changes);
        List<Runnable> stop = new ArrayList<>();
        TextTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 3) {
                stop.forEach(Runnable::run);
            }
        }));
        try (TextTraining training = TextTraining.start(resumed, stopping)) {
            stop.add(training::requestStop);
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining training = TextTraining.resume(folder.resolve("resumed"), PLAIN)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void a_model_with_a_prompt_can_be_trained_further_and_have_more_of_them() {
        TinyRun.train(run("first", "soft-prompt=2"), PLAIN);
        String first = folder.resolve("first/model").toString();
        TinyRun.train(run("whole", "dropout=0.1").with("test", Map.of("base", first)), PLAIN);
        TinyRun.train(run("second", "soft-prompt=3").with("test", Map.of("base", first)), PLAIN);
        try (TextModel whole = TextModel.load(folder.resolve("whole/model").toString(), 0);
                TextModel second = TextModel.load(folder.resolve("second/model").toString(), 0)) {
            assertThat(whole.tokenizer().specialTokens()).isEqualTo(4);
            assertThat(second.tokenizer().specialTokens()).isEqualTo(7);
            assertThat(second.specification().config().vocabularySize()).isEqualTo(VOCABULARY + 5);
        }
    }

    @Test
    void rows_that_a_table_has_beyond_its_vocabulary_are_used_before_new_ones() {
        BertConfig padded = TinyModel.config(WIDTH, 2).withVocabularySize(VOCABULARY + 5);
        Path wide = TinyModel.write(folder.resolve("padded"), padded, List.of(Pooling.MEAN), true);
        Path base = folder.resolve("wide");
        try (TextModel model = TextModel.load("fresh:" + wide, 3)) {
            model.save(base, ModelCard.of("test"));
        }
        RunFile run = run("out", "soft-prompt=3").with("test", Map.of("base", base.toString()));
        try (TextTraining training = TextTraining.start(run, PLAIN);
                TextModel old = TextModel.load(base.toString(), 0)) {
            assertThat(training.run().parity().orElseThrow().minimumCosine()).isGreaterThanOrEqualTo(0.99999);
            TextModel model = training.model();
            assertThat(model.specification().config().vocabularySize()).isEqualTo(VOCABULARY + 5);
            assertThat(model.tokenizer().vocabularySize()).isEqualTo(VOCABULARY + 3);
            float[] before = array(old, BertEncoder.TOKENS);
            float[] after = array(model, BertEncoder.TOKENS);
            int from = VOCABULARY * WIDTH;
            int to = from + 3 * WIDTH;
            assertThat(Arrays.copyOf(after, from)).containsExactly(Arrays.copyOf(before, from));
            assertThat(Arrays.copyOfRange(after, from, to)).isNotEqualTo(Arrays.copyOfRange(before, from, to));
            assertThat(Arrays.copyOfRange(after, to, after.length))
                    .containsExactly(Arrays.copyOfRange(before, to, before.length));
        }
    }

    @Test
    void views_of_a_text_keep_the_tokens_of_the_prompt() {
        try (TextTraining training = TextTraining.start(run("out", "soft-prompt=3"), PLAIN)) {
            TextModel model = training.model();
            int[] text = model.tokenizer().encode("ba be bi bo bu da de di", 64);
            TextSettings told = TextSettings.of(
                    RunFile.defaults()
                            .with("test", Map.of("set", Map.of("text-views", "deletion", "view-rate", "0.9"))),
                    Map.of());
            TextViews views = told.views(model.tokenizer(), 64);
            for (int row = 0; row < 20; row++) {
                assertThat(views.of(text, 42, 0, 0, row, 1))
                        .startsWith(Arrays.copyOf(text, 4))
                        .endsWith(text[text.length - 1])
                        .hasSizeLessThan(text.length);
            }
        }
    }

    private void assertFails(String recipe, String set, String... parts) {
        RunFile run = run("out", recipe, set);
        assertThatThrownBy(() -> TextTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n")
                .endsWith(".");
    }

    @Test
    void what_does_not_fit_is_refused_in_a_sentence() {
        assertFails("info-nce", "soft-prompt=0", "set soft-prompt", "\"0\"");
        assertFails("info-nce", "soft-prompt=2.5", "set soft-prompt", "a whole number from 1 to");
        assertFails("info-nce", "soft-prompt=many", "set soft-prompt", "\"many\"");
        // A limit of 64 tokens, of which [CLS], [SEP] and one of the text are needed.
        assertFails("info-nce", "soft-prompt=62", "at most 61 vectors", "64 tokens", "found 62");
        assertFails("info-nce", "soft-prompt=8 max-tokens=10", "set max-tokens", "from 11.0 to 512.0");
        assertFails("info-nce", "soft-prompt=2 encoder=trained", "set encoder", "beside set soft-prompt");
        assertFails("gist", "soft-prompt=2 guide=" + base(), "set guide", "tokens of set soft-prompt");
        assertFails(
                "info-nce",
                "soft-prompt=2 batches=communities teacher=" + base(),
                "set teacher",
                "tokens of set soft-prompt");
        assertFails("info-nce", "soft-promt=2", "unknown slot \"soft-promt\"");
    }

    @ParameterizedTest
    @CsvSource({"masked-language-model", "tsdae"})
    void recipes_that_predict_tokens_refuse_a_prompt(String recipe) {
        RunFile run = run("out", recipe, "soft-prompt=2");
        RunFile texts = run.with(
                "test",
                Map.of(
                        "data",
                        List.of(Map.of(
                                "path",
                                folder.resolve("pairs.jsonl").toString(),
                                "roles",
                                Map.of("anchor", "positive")))));
        assertThatThrownBy(() -> TextTraining.start(texts, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContainingAll("recipe " + recipe, "set soft-prompt", "Leave it out");
    }
}
