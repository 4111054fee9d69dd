package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.TextRole;
import io.chiaro.nn.Dropout;
import io.chiaro.nn.PackedSequences;
import io.chiaro.nn.Pass;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A mixture of experts whose routing is told: each text takes the feed-forward parts of its record's domain. */
@ExtendWith(LeakCheck.class)
class ExpertsTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();
    private static final List<String> DOMAINS = List.of("law", "medicine");

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Pairs of two domains: in one the positive has the anchor's words, in the other the words before them in the alphabet. */
    private Path pairs() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            RandomStream random = RandomStream.of(41, "pair", i);
            List<String> words = new ArrayList<>();
            List<String> positive = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int word = random.nextInt(TinyModel.syllables());
                words.add(TinyModel.syllable(word));
                positive.add(TinyModel.syllable(
                        i % 2 == 0 ? word : (word + TinyModel.syllables() - 1) % TinyModel.syllables()));
            }
            rows.add(Map.of(
                    "anchor", String.join(" ", words),
                    "positive", String.join(" ", positive),
                    "field", DOMAINS.get(i % 2)));
        }
        return TinyRun.write(folder.resolve("domains.jsonl"), rows);
    }

    private RunFile run(String name, Map<String, ?> changes) {
        Map<String, Object> all = new HashMap<>();
        all.put(
                "data",
                List.of(Map.of(
                        "path",
                        pairs().toString(),
                        "roles",
                        Map.of("anchor", "anchor", "positive", "positive", "domain", "field"))));
        all.put("steps", 12);
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    private TextModel fresh(List<String> domains) {
        Path shape = folder.resolve("shape");
        if (!Files.exists(shape)) {
            TinyModel.write(shape);
        }
        return TextModel.load(
                TextModel.FRESH + shape, 7, new TextModel.Additions(0, domains, (builder, specification) -> {}));
    }

    private static float[][] encode(TextModel model, List<int[]> texts, int expert) {
        try (Scope scope = Scope.open("test");
                Grad off = Grad.disabled()) {
            return model.tower()
                    .forward(PackedSequences.of(texts).withExpert(expert), Dropout.off())
                    .output()
                    .toRows();
        }
    }

    private static float[] array(TextModel model, String name) {
        try (Scope scope = Scope.open("test")) {
            return model.parameters().array(name).toFloats();
        }
    }

    @Test
    void equal_experts_are_the_dense_model_to_the_bit() {
        List<int[]> texts = TinyModel.tokens(RandomStream.of(5, "texts"), 4, 9, 6, 12);
        try (TextModel dense = fresh(List.of());
                TextModel mixture = fresh(DOMAINS)) {
            float[][] expected = encode(dense, texts, PackedSequences.NO_EXPERT);
            assertThat(encode(mixture, texts, 0)).isDeepEqualTo(expected);
            assertThat(encode(mixture, texts, 1)).isDeepEqualTo(expected);
        }
    }

    @Test
    void an_expert_learns_from_texts_of_its_own_domain_alone() {
        List<int[]> texts = TinyModel.tokens(RandomStream.of(6, "texts"), 5, 8, 8);
        String matrix = "encoder.layer.1.intermediate.dense.weight";
        try (TextModel dense = fresh(List.of());
                TextModel mixture = fresh(DOMAINS)) {
            float[] expected = gradient(dense, texts, PackedSequences.NO_EXPERT, matrix);
            assertThat(gradient(mixture, texts, 1, BertWeightNames.ofExpert(matrix, 1)))
                    .isEqualTo(expected);
            assertThat(gradient(mixture, texts, 1, BertWeightNames.ofExpert(matrix, 0)))
                    .isEqualTo(new float[expected.length]);
            String shared = "encoder.layer.0.attention.output.dense.weight";
            assertThat(gradient(mixture, texts, 1, shared))
                    .isEqualTo(gradient(dense, texts, PackedSequences.NO_EXPERT, shared));
        }
    }

    private static float[] gradient(TextModel model, List<int[]> texts, int expert, String array) {
        model.parameters().zeroGradients();
        try (Scope scope = Scope.open("test")) {
            Pass pass = model.tower().forward(PackedSequences.of(texts).withExpert(expert), Dropout.off());
            pass.backward(Tensor.ones(texts.size(), model.tower().dimension()));
            Tensor gradient = model.parameters().parameter(array).value().gradient();
            return gradient == null ? new float[array(model, array).length] : gradient.toFloats();
        }
    }

    @Test
    void a_run_learns_experts_that_differ_and_writes_a_graph_for_each_domain() {
        List<Double> losses = new ArrayList<>();
        TinyRun.train(run("out", Map.of("steps", 60)), PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                losses.add(step.loss());
            }
        })));
        assertThat(losses.get(59)).isLessThan(0.8 * losses.get(0));

        Path directory = folder.resolve("out/model");
        List<String> texts = List.of("ba du mo", "ti re na ke", "po");
        ModelDirectory opened = ModelDirectory.open(directory);
        assertThat(opened.specification().config().domains()).isEqualTo(DOMAINS);
        assertThat(directory.resolve("onnx/model.onnx")).doesNotExist();
        List<float[][]> byDomain = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        try (TextModel model = TextModel.load(directory.toString(), 0)) {
            String matrix = "encoder.layer.0.output.dense.weight";
            assertThat(array(model, BertWeightNames.ofExpert(matrix, 0)))
                    .isNotEqualTo(array(model, BertWeightNames.ofExpert(matrix, 1)));
            for (String domain : DOMAINS) {
                try (TextModel dense = model.ofDomain(domain);
                        OnnxEmbedder onnx = OnnxEmbedder.open(opened, domain, OnnxSettings.defaults())) {
                    float[][] expected = dense.embedder().embed(texts, TextRole.TEXT);
                    float[][] found = onnx.embed(texts, TextRole.TEXT);
                    for (int i = 0; i < texts.size(); i++) {
                        assertThat(found[i]).containsExactly(expected[i], within(1e-4f));
                    }
                    byDomain.add(expected);
                    hashes.add(onnx.description().hash());
                }
            }
            assertThat(byDomain.get(0)[0]).isNotEqualTo(byDomain.get(1)[0]);
            assertThat(hashes.get(0)).isNotEqualTo(hashes.get(1));
            assertThatThrownBy(() -> model.embedder().embed(texts, TextRole.TEXT))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("the texts have none");
            assertThatThrownBy(() -> model.ofDomain("medicin"))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("Did you mean \"medicine\"?");
        }
        assertThatThrownBy(() -> OnnxEmbedder.open(opened, OnnxSettings.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("experts for [law, medicine]");
    }

    @Test
    void the_model_of_a_domain_is_an_ordinary_one() {
        List<int[]> texts = TinyModel.tokens(RandomStream.of(8, "texts"), 4, 7);
        Path written = folder.resolve("medicine");
        try (TextModel mixture = fresh(DOMAINS);
                TextModel dense = mixture.ofDomain("medicine")) {
            dense.save(written, ModelCard.of("test"));
            dense.export(written);
            float[][] expected = dense.embedTokens(texts);
            assertThat(ModelDirectory.open(written).specification().config().domains())
                    .isEmpty();
            try (TextModel loaded = TextModel.load(written.toString(), 0)) {
                assertThat(loaded.embedTokens(texts)).isDeepEqualTo(expected);
            }
        }
        try (OnnxEmbedder onnx = OnnxEmbedder.open(written.toString(), OnnxSettings.defaults())) {
            assertThat(onnx.embed(List.of("ba du"), TextRole.TEXT)).hasDimensions(1, 16);
        }
    }

    @Test
    void a_stopped_run_ends_in_the_same_weights_and_a_mixture_is_a_base() {
        TinyRun.train(run("straight", Map.of()), PLAIN);
        TextTraining[] running = new TextTraining[1];
        TextTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 7) {
                running[0].requestStop();
            }
        }));
        try (TextTraining training = TextTraining.start(run("stopped", Map.of()), stopping)) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining training = TextTraining.resume(folder.resolve("stopped"), PLAIN)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        assertThat(TinyRun.weights(folder.resolve("stopped"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));

        String mixture = folder.resolve("straight/model").toString();
        assertThat(TinyRun.train(run("further", Map.of("base", mixture, "steps", 2)), PLAIN))
                .isEqualTo(TrainingEvent.Ending.COMPLETED);
        refused(
                TinyRun.run(
                        folder,
                        "without",
                        Map.of("base", mixture, "data", List.of(Map.of("path", pairs().toString())))),
                "has experts for the domains [law, medicine]");
    }

    @Test
    void what_experts_cannot_stand_beside_is_refused() {
        refused(run("a", Map.of("set", Map.of("lora", "2"))), "an encoder that stands still");
        refused(run("b", Map.of("recipe", "moco")), "towers beside the encoder");
        refused(run("c", Map.of("eval", List.of(Map.of("task", "sts", "path", "x")))), "Judge each domain afterwards");
        try (TextModel mixture = fresh(List.of("chemistry", "law"))) {
            Path base = folder.resolve("others");
            mixture.save(base, ModelCard.of("test"));
            refused(run("d", Map.of("base", base.toString())), "the domain \"medicine\" has no expert in the base");
        }
        assertThatThrownBy(() -> ScorerTraining.start(
                                run("e", Map.of("recipe", "late-interaction")), ScorerTraining.Options.defaults())
                        .close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("the role domain has no effect here");
    }

    private static void refused(RunFile run, String reason) {
        assertThatThrownBy(() -> TextTraining.start(run, PLAIN).close())
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(reason);
    }
}
