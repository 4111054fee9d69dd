package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.ModelCard;
import io.chiaro.model.PairClassifier;
import io.chiaro.model.PairTokens;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxPairClassifier;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Batch;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Cross-encoders that sort pairs into classes. */
@ExtendWith(LeakCheck.class)
class PairClassifierTest {

    private static final ScorerTraining.Options PLAIN = ScorerTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** What sentence-transformers saved, see src/test/python/tiny_pair_classifier.py. */
    private static String reference() {
        try {
            return Path.of(Objects.requireNonNull(PairClassifierTest.class.getResource("tiny-pair-classifier"))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject expected() {
        return Json.object(ChiaroException.Kind.DATA, Path.of(reference(), "classes.json"));
    }

    private static List<PairClassifier.Pair> pairs() {
        List<String> firsts = expected().strings("firsts");
        List<String> seconds = expected().strings("seconds");
        return IntStream.range(0, firsts.size())
                .mapToObj(i -> new PairClassifier.Pair(firsts.get(i), seconds.get(i)))
                .toList();
    }

    private static void assertLogits(float[][] logits, double tolerance) {
        List<Double> wanted = expected().numbers("logits");
        assertThat(logits).hasNumberOfRows(5);
        for (int i = 0; i < wanted.size(); i++) {
            assertThat((double) logits[i / 3][i % 3]).isCloseTo(wanted.get(i), within(tolerance));
        }
    }

    /** The pairs as a batch of two chunks, in the order of the pairs turned round. */
    private static Batch<PackedSequences> batch(CrossEncoder model, double[] classes) {
        List<PairTokens> tokens = pairs().stream()
                .map(pair -> model.tokenizer().encodePair(pair.first(), pair.second(), 24))
                .toList();
        List<Batch.Chunk<PackedSequences>> chunks = new ArrayList<>();
        for (int[] places : new int[][] {{4, 1, 3}, {2, 0}}) {
            chunks.add(new Batch.Chunk<>(
                    CrossEncoder.pack(
                            Arrays.stream(places).mapToObj(tokens::get).toList()),
                    places));
        }
        return new Batch<>(
                5,
                List.of(new Batch.Column(ViewRole.ANCHOR, new long[] {1, 2, 3, 4, 5})),
                chunks,
                classes,
                new double[0][],
                new int[] {0, 1, 2, 3, 4},
                new long[0],
                100,
                0.0,
                0.0);
    }

    @Test
    void logits_the_loss_and_its_gradient_are_those_of_sentence_transformers() {
        JsonObject expected = expected();
        try (CrossEncoder model = CrossEncoder.load(reference(), 0);
                Scope scope = Scope.open("gradients")) {
            assertThat(model.classifier().classes()).isEqualTo(expected.strings("classes"));
            assertLogits(model.classifier().logits(pairs()), 2e-6);

            double[] labels = expected.numbers("labels").stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            double loss = new ClassLearning(model, 0)
                    .accumulate(batch(model, labels), 7)
                    .loss();

            assertThat(loss).isCloseTo(expected.number("loss"), within(2e-6));
            for (String name : List.of("classifier.bias", "classifier.weight")) {
                float[] gradient = Objects.requireNonNull(
                                model.parameters().parameter(name).value().gradient())
                        .toFloats();
                List<Double> wanted = expected.numbers(name);
                assertThat(gradient).hasSize(wanted.size());
                for (int i = 0; i < gradient.length; i++) {
                    assertThat((double) gradient[i]).as(name).isCloseTo(wanted.get(i), within(3e-6));
                }
            }
        }
    }

    @Test
    void the_loss_is_the_plain_sum_of_its_formula_and_its_gradient_the_slope_in_every_parameter_with_dropout() {
        try (CrossEncoder model = CrossEncoder.load(reference(), 0)) {
            double[] labels = {1, 2, 0, 2, 2};
            List<Double> z = expected().numbers("logits");
            double plain = 0;
            for (int i = 0; i < 5; i++) {
                double sum = 0;
                for (int c = 0; c < 3; c++) {
                    sum += Math.exp(z.get(3 * i + c));
                }
                plain += (Math.log(sum) - z.get(3 * i + (int) labels[i])) / 5;
            }
            assertThat(new ClassLearning(model, 0)
                            .accumulate(batch(model, labels), 7)
                            .loss())
                    .isCloseTo(plain, within(2e-6));
            FiniteDifferences.check(
                    model.parameters(),
                    () -> new ClassLearning(model, 0.1)
                            .accumulate(batch(model, labels), 7)
                            .loss(),
                    6);
        }
    }

    @Test
    void what_is_saved_keeps_the_names_of_the_classes_and_onnx_runtime_gives_the_same_logits() {
        try (CrossEncoder model = CrossEncoder.load(reference(), 0)) {
            model.save(folder, ModelCard.of("test"));
            model.export(folder);
        }
        JsonObject config = Json.object(ChiaroException.Kind.MODEL, folder.resolve("config.json"));
        assertThat(config.object("id2label").toMap())
                .isEqualTo(Map.of("0", "contradiction", "1", "entailment", "2", "neutral"));
        assertThat(config.object("label2id").integer("neutral")).isEqualTo(2);
        assertThat(folder.resolve("README.md")).content().contains("contradiction, entailment, neutral");
        CrossEncoderDirectory directory = CrossEncoderDirectory.open(folder);
        try (OnnxPairClassifier exported = OnnxPairClassifier.open(directory, new OnnxSettings(2, 40));
                CrossEncoder again = CrossEncoder.load(folder.toString(), 9)) {
            assertLogits(exported.logits(pairs()), 1e-5);
            assertLogits(again.classifier().logits(pairs()), 2e-6);
            assertThat(exported.logits(List.of()).length).isZero();
            assertThat(exported.description().maxTokens()).isEqualTo(24);
            assertThat(again.classifier().description().maxTokens()).isEqualTo(24);
        }
        assertThatThrownBy(() -> OnnxCrossEncoder.open(directory, OnnxSettings.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("puts nothing in order");
        try (CrossEncoder score = CrossEncoder.load(CrossEncoderTest.reference().toString(), 0)) {
            assertThatThrownBy(score::classifier)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("--set loss=cross-entropy");
        }
    }

    @Test
    void probabilities_are_a_softmax_that_does_not_overflow_and_the_first_of_equal_logits_is_the_largest() {
        float[] logits = {1000, -1000, 1000};
        assertThat(PairClassifier.largest(logits)).isZero();
        assertThat(PairClassifier.probability(logits, 0)).isEqualTo(0.5);
        assertThat(PairClassifier.probability(logits, 1)).isZero();
    }

    /** Pairs whose class is whether the second text has the first word of the first, another known word, or neither. */
    private Path data() {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<String> names = List.of("same", "other", "none");
        for (int i = 0; i < 300; i++) {
            RandomStream random = RandomStream.of(5, "pair", i);
            int word = random.nextInt(3);
            int of = random.nextInt(3);
            int held = of == 0 ? word : of == 1 ? (word + 1) % 3 : 3 + random.nextInt(10);
            String second = TinyModel.syllable(held) + " " + TinyModel.syllable(20 + random.nextInt(20));
            rows.add(Map.of("anchor", TinyModel.syllable(word), "positive", second, "label", names.get(of)));
        }
        return TinyRun.write(folder.resolve("classes.jsonl"), rows);
    }

    private RunFile run(String name, Map<String, ?> changes) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("recipe", "cross-encoder");
        all.put("data", List.of(Map.of("path", data().toString())));
        all.put("set", Map.of("loss", "cross-entropy", "dropout", "0"));
        all.put("batch", 16);
        all.put("steps", 200);
        all.put("checkpoint-steps", 50);
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    private static ScorerTraining.Options told(TrainingListener listener) {
        return PLAIN.with(model -> Validation.none(), List.of(listener), line -> {});
    }

    private static void train(RunFile run, List<TrainingEvent.StepDone> steps) {
        try (ScorerTraining training = ScorerTraining.start(run, told(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        }))) {
            training.run();
        }
    }

    @Test
    void a_run_learns_which_class_a_pair_has_and_names_the_classes_in_their_order() {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();

        train(run("out", Map.of()), steps);

        assertThat(steps.get(0).chanceLoss()).isCloseTo(Math.log(3), within(1e-12));
        double right = steps.subList(190, 200).stream()
                .mapToDouble(step -> step.components().get("accuracy"))
                .average()
                .orElseThrow();
        assertThat(right).isGreaterThan(0.9);
        String saved = folder.resolve("out/model").toString();
        try (CrossEncoder model = CrossEncoder.load(saved, 0)) {
            assertThat(model.classifier().classes()).containsExactly("none", "other", "same");
            float[] logits = model.classifier()
                    .logits(List.of(new PairClassifier.Pair(TinyModel.syllable(1), TinyModel.syllable(1))))[0];
            assertThat(PairClassifier.largest(logits)).isEqualTo(2);
        }
        // What has learned to sort goes on to sort, and nothing else becomes of it.
        train(run("further", Map.of("base", saved, "steps", 1)), steps);
        RunFile scores = run("scores", Map.of("base", saved, "set", Map.of("loss", "pointwise")));
        assertThatThrownBy(() -> ScorerTraining.start(scores, PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("puts nothing in order");
        RunFile others = run("others", Map.of("base", reference()));
        assertThatThrownBy(() -> ScorerTraining.start(others, PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("[none, other, same], but it has [contradiction, entailment, neutral]");
    }

    @Test
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit_whatever_the_chunks() {
        Map<String, Object> changes = Map.of("steps", 12, "checkpoint-steps", 4);
        List<TrainingEvent.StepDone> straight = new ArrayList<>();
        train(run("straight", changes), straight);

        ScorerTraining[] running = new ScorerTraining[1];
        try (ScorerTraining training = ScorerTraining.start(run("resumed", changes), told(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == 7) {
                running[0].requestStop();
            }
        }))) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (ScorerTraining training = ScorerTraining.resume(folder.resolve("resumed"), PLAIN)) {
            training.run();
        }
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));

        List<TrainingEvent.StepDone> small = new ArrayList<>();
        train(run("small", Map.of("steps", 1, "chunk-tokens", 20)), small);
        assertThat(small.get(0).loss())
                .isCloseTo(straight.get(0).loss(), org.assertj.core.api.Assertions.withinPercentage(0.01));
        assertThat(small.get(0).gradientNorm())
                .isCloseTo(straight.get(0).gradientNorm(), org.assertj.core.api.Assertions.withinPercentage(0.01));
    }

    @Test
    void numbers_as_labels_stand_in_their_order_and_what_does_not_fit_is_refused() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String label : List.of("10", "9", "2")) {
            rows.add(Map.of("anchor", "ba", "positive", "be", "label", label));
        }
        Path numbers = TinyRun.write(folder.resolve("numbers.jsonl"), rows);
        Map<String, Object> changes = Map.of("data", List.of(Map.of("path", numbers.toString())));
        try (ScorerTraining training = ScorerTraining.start(run("numbers", changes), PLAIN)) {
            assertThat(training.describe()).contains("classes [2, 9, 10]");
        }
        refused(Map.of("set", Map.of("loss", "cross-entropy", "list", "4")), "no setting \"list\"");
        refused(Map.of("set", Map.of("loss", "cross-entropi")), "cross-entropy");
        refused(Map.of("set", Map.of()), "--set loss=cross-entropy");
        TinyRun.pairs(folder, 20);
        refused(
                Map.of(
                        "data",
                        List.of(Map.of("path", folder.resolve("pairs.jsonl").toString()))),
                "sorts pairs by their label");
        Path one = TinyRun.write(folder.resolve("one.jsonl"), rows.subList(0, 1));
        refused(Map.of("data", List.of(Map.of("path", one.toString()))), "two classes");
    }

    private void refused(Map<String, Object> changes, String says) {
        assertThatThrownBy(() -> ScorerTraining.start(run("refused", changes), PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(says);
    }
}
