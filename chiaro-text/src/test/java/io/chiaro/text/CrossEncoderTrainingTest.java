package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.objective.list.ListLoss;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakCheck.class)
class CrossEncoderTrainingTest {

    private static final ScorerTraining.Options PLAIN = ScorerTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<String> losses() {
        return ListLoss.names().stream();
    }

    private static final int QUERIES = 3;

    /** A text answers a query of one word if it holds that word; others hold that of another query. */
    private static String candidate(RandomStream random, int query, boolean answers) {
        List<String> words = new ArrayList<>();
        int at = random.nextInt(3);
        int held = answers ? query : (query + 1 + random.nextInt(QUERIES - 1)) % QUERIES;
        for (int i = 0; i < 3; i++) {
            words.add(TinyModel.syllable(i == at ? held : QUERIES + random.nextInt(20)));
        }
        return String.join(" ", words);
    }

    /** Records in one of three forms: with negatives, with a teacher's scores, or a row for each candidate. */
    private Path data(String form) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            RandomStream random = RandomStream.of(21, "list", i);
            int query = random.nextInt(QUERIES);
            // For rows with labels only some records share a query, and lists are of several lengths.
            String filler = " " + TinyModel.syllable(40 + random.nextInt(8));
            String anchor = TinyModel.syllable(query) + (form.equals("labels") ? filler : "");
            List<String> others = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                others.add(candidate(random, query, false));
            }
            String positive = candidate(random, query, true);
            if (form.equals("labels")) {
                rows.add(Map.of("anchor", anchor, "positive", positive, "label", "1"));
                others.forEach(other -> rows.add(Map.of("anchor", anchor, "positive", other, "label", "0")));
                continue;
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("anchor", anchor);
            row.put("positive", positive);
            row.put("negative", others);
            if (form.equals("scores")) {
                row.put("score", List.of(2.0, -1.0, -1.0, -1.0));
            }
            rows.add(row);
        }
        return TinyRun.write(folder.resolve(form + ".jsonl"), rows);
    }

    private RunFile run(String form, String name, Map<String, ?> changes) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("recipe", "cross-encoder");
        all.put("data", List.of(Map.of("path", data(form).toString())));
        all.put("batch", 8);
        all.put("steps", 200);
        all.put("checkpoint-steps", 50);
        all.putAll(changes);
        return TinyRun.run(folder, name, all);
    }

    private static TrainingEvent.Ending train(RunFile run, ScorerTraining.Options options) {
        try (ScorerTraining training = ScorerTraining.start(run, options)) {
            return training.run().ending();
        }
    }

    private static ScorerTraining.Options told(TrainingListener listener) {
        return PLAIN.with(model -> Validation.none(), List.of(listener), line -> {});
    }

    @ParameterizedTest
    @MethodSource("losses")
    void every_loss_learns_which_texts_answer(String loss) {
        List<TrainingEvent.StepDone> steps = new ArrayList<>();
        String form = loss.equals("margin-mse") ? "scores" : loss.equals("contrastive") ? "negatives" : "labels";
        RunFile run = run(form, "out", Map.of("set", Map.of("loss", loss, "dropout", "0")));

        train(run, told(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                steps.add(step);
            }
        }));

        double ordered = steps.subList(190, 200).stream()
                .mapToDouble(step -> step.components().get("pairs-in-order"))
                .average()
                .orElseThrow();
        assertThat(ordered).isGreaterThan(0.85);
        double last = steps.subList(190, 200).stream()
                .mapToDouble(TrainingEvent.StepDone::loss)
                .average()
                .orElseThrow();
        assertThat(last).isLessThan(0.8 * steps.get(0).chanceLoss());
        try (CrossEncoder model = CrossEncoder.load(folder.resolve("out/model").toString(), 0)) {
            float[] scores = model.reranker().score("ba", List.of("ba du mo", "be du mo"));
            assertThat(scores[0]).isGreaterThan(scores[1]);
        }
        for (String file : List.of(
                "run.json",
                "provenance.json",
                "events.jsonl",
                "report.html",
                "model/README.md",
                "model/onnx/model.onnx")) {
            assertThat(folder.resolve("out").resolve(file)).exists();
        }
    }

    @Test
    void the_size_of_a_chunk_does_not_change_the_gradient() {
        List<Double> norms = new ArrayList<>();
        for (int tokens : new int[] {1, 60, 100_000}) {
            train(run("labels", "out-" + tokens, Map.of("chunk-tokens", tokens, "steps", 1)), told(event -> {
                if (event instanceof TrainingEvent.StepDone step) {
                    norms.add(step.gradientNorm());
                    norms.add(step.loss());
                }
            }));
        }
        for (int i = 2; i < norms.size(); i++) {
            assertThat(norms.get(i))
                    .isCloseTo(norms.get(i % 2), org.assertj.core.api.Assertions.withinPercentage(0.01));
        }
    }

    @ParameterizedTest
    @CsvSource({"labels,lambda-loss,17", "negatives,contrastive,3"})
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(String form, String loss, int stopAt) {
        Map<String, Object> changes = Map.of("steps", 30, "checkpoint-steps", 10, "set", Map.of("loss", loss));
        ScorerTraining.Options judged = PLAIN.with(CrossEncoderTrainingTest::judge, List.of(), line -> {});
        train(run(form, "straight", changes), judged);

        RunFile run = run(form, "resumed", changes);
        ScorerTraining[] running = new ScorerTraining[1];
        TrainingListener stop = event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() == stopAt) {
                running[0].requestStop();
            }
        };
        try (ScorerTraining training =
                ScorerTraining.start(run, PLAIN.with(CrossEncoderTrainingTest::judge, List.of(stop), line -> {}))) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (ScorerTraining training = ScorerTraining.resume(folder.resolve("resumed"), judged)) {
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }

        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
        train(run(form, "other", changes).with("test", Map.of("seed", 43)), judged);
        assertThat(TinyRun.weights(folder.resolve("other"))).isNotEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    private static Validation judge(TextScorer model) {
        return new Validation() {
            @Override
            public Set<String> metrics() {
                return Set.of("ndcg@10");
            }

            @Override
            public Map<String, Double> judge() {
                return Map.of("ndcg@10", (double) model.reranker().score("ba", List.of("ba du mo"))[0]);
            }
        };
    }

    @Test
    void rows_of_one_query_are_a_list_and_a_long_list_is_seen_in_parts_with_both_kinds_in_each() {
        RunFile run = run("labels", "out", Map.of("set", Map.of("list", "4", "loss", "ranknet")));
        try (ScorerTraining training = ScorerTraining.start(run, PLAIN)) {
            assertThat(training.describe()).anyMatch(line -> line.startsWith("24 lists of up to "));
            assertThat(training.steps()).isEqualTo(200);
        }
        try (CrossEncoder model = CrossEncoder.load("fresh:" + folder.resolve("shape"), 0);
                TrainingData data = TrainingData.open(
                        run,
                        folder.resolve("out"),
                        new PromptedTokenizer(model.tokenizer(), new PromptedTokenizer.Before("", ""), 64),
                        io.chiaro.data.BadRows.STOP,
                        line -> {})) {
            ListBatches batches = ListBatches.of(
                    data.weighted(),
                    model.tokenizer(),
                    new ListBatches.Options(5, 4, 1000, 64, 7),
                    ListLoss.named("ranknet"));
            assertThat(batches.batchesPerEpoch()).isEqualTo(5);
            Set<String> seen = new java.util.HashSet<>();
            for (int step = 0; step < 4; step++) {
                io.chiaro.train.Batch<io.chiaro.nn.PackedSequences> batch = batches.batch(step);
                assertThat(batch.rows()).isEqualTo(20);
                for (int list = 0; list < 5; list++) {
                    double sum = 0;
                    for (int i = 0; i < 4; i++) {
                        assertThat(batch.labels()[4 * list + i]).isEqualTo(list);
                        sum += batch.scores()[4 * list + i];
                    }
                    assertThat(sum).isBetween(1.0, 3.0);
                }
                seen.add(java.util.Arrays.toString(batch.columns().get(0).contents()));
                assertThat(batches.batch(step).columns().get(0).contents())
                        .isEqualTo(batch.columns().get(0).contents());
            }
            assertThat(seen).hasSize(4);
            assertThat(batches.batch(4).rows()).isEqualTo(16);
            assertThat(batches.batch(5).columns().get(0).contents())
                    .isNotEqualTo(batches.batch(0).columns().get(0).contents());
            assertThat(batches.largest().tokens())
                    .isGreaterThanOrEqualTo(batches.batch(3).tokens());
        }
    }

    @Test
    void lists_without_an_order_are_left_out_and_data_of_nothing_else_are_refused() {
        Map<String, Object> yes = Map.of("anchor", "ba", "positive", "ba be", "label", "1");
        Map<String, Object> no = Map.of("anchor", "ba", "positive", "du", "label", "0");
        Map<String, Object> alone = Map.of("anchor", "be", "positive", "du", "label", "0");
        Path some = TinyRun.write(folder.resolve("some.jsonl"), List.of(yes, no, alone));
        Path none = TinyRun.write(folder.resolve("none.jsonl"), List.of(no, alone));
        Map<String, Object> changes = Map.of("steps", 1, "set", Map.of("loss", "contrastive"));
        RunFile mixed =
                run("labels", "some", changes).with("test", Map.of("data", List.of(Map.of("path", some.toString()))));
        try (ScorerTraining training = ScorerTraining.start(mixed, PLAIN)) {
            assertThat(training.describe())
                    .anyMatch(line -> line.startsWith("1 lists of up to 2 candidates"))
                    .anyMatch(line -> line.startsWith("1 lists left out"));
        }
        RunFile empty = mixed.with(
                "test",
                Map.of(
                        "data",
                        List.of(Map.of("path", none.toString())),
                        "out",
                        folder.resolve("none").toString()));
        assertThatThrownBy(() -> ScorerTraining.start(empty, PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("differ in their grades");
    }

    @Test
    void settings_and_data_that_do_not_fit_are_refused_by_name() {
        refused("labels", Map.of("loss", "lambda"), "lambda-loss");
        refused("labels", Map.of("temperature", "0.1"), "no setting \"temperature\"");
        refused("labels", Map.of("mu", "5"), "has no effect on the loss pointwise");
        refused("labels", Map.of("list", "1"), "from 2 to 4096");
        refused("scores", Map.of("loss", "lambda-loss"), "a teacher's scores");
        refused("labels", Map.of("loss", "margin-mse"), "chiaro mine --rescore");
        TinyRun.pairs(folder, 20);
        assertThatThrownBy(() -> ScorerTraining.start(
                        run(
                                "labels",
                                "out",
                                Map.of(
                                        "data",
                                        List.of(Map.of(
                                                "path",
                                                folder.resolve("pairs.jsonl").toString())))),
                        PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("chiaro mine");
    }

    @Test
    void a_run_is_judged_by_the_limit_that_it_learns_with_and_saves() {
        try (ScorerTraining training = ScorerTraining.start(
                run("labels", "limited", Map.of("set", Map.of("max-tokens", "9"), "steps", 1)), PLAIN)) {
            assertThat(((CrossEncoder) training.model()).specification().maxTokens())
                    .isEqualTo(9);
            training.run();
        }
        try (CrossEncoder saved =
                CrossEncoder.load(folder.resolve("limited/model").toString(), 0)) {
            assertThat(saved.specification().maxTokens()).isEqualTo(9);
        }
    }

    private void refused(String form, Map<String, String> set, String says) {
        assertThatThrownBy(() -> ScorerTraining.start(run(form, "out", Map.of("set", set)), PLAIN))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(says);
    }
}
