package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochOptions;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.ViewRole;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.testkit.Property;
import io.chiaro.train.Batch;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class NegativeTurnsTest {

    private static final int NEGATIVES = 5;
    private static final int GROUPS = 4;
    private static final int STEPS = 40;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void negatives_are_easy_when_their_score_fell_by_the_ratio_and_is_within_the_bound() {
        RemineSettings usual = RemineSettings.parse(Map.of("remine", "1")).orElseThrow();
        assertThat(usual).isEqualTo(new RemineSettings(1, 100, 1.15, 0.8));
        assertThat(usual.isEasy(0.6, 0.5)).isTrue();
        assertThat(usual.isEasy(0.6, 0.53)).isFalse();
        assertThat(usual.isEasy(0.99, 0.81)).isFalse();
        assertThat(usual.isEasy(0.2, -0.9)).isFalse();
        Property.check(200, random -> {
            double first = random.nextDouble(-1, 1);
            double now = random.nextDouble(-1, 1);
            boolean easy = now * 1.15 < first && (now < 0 ? -now : now) < 0.8;
            assertThat(usual.isEasy(first, now)).isEqualTo(easy);
        });
    }

    /** A batch of records, of which only the numbers are looked at. */
    private static Batch<PackedSequences> batch(long[] records) {
        PackedSequences nothing = PackedSequences.of(List.of(new int[] {1}));
        return new Batch<>(
                records.length,
                List.of(new Batch.Column(ViewRole.ANCHOR, new long[records.length])),
                List.of(new Batch.Chunk<>(nothing, new int[] {0})),
                new double[0],
                new double[0][],
                new int[0],
                records,
                1,
                0,
                0);
    }

    /** The unit vector [cos, sin] of an angle whose cosine is told. */
    private static float[] vector(double cosine) {
        return new float[] {(float) cosine, (float) Math.sqrt(1 - cosine * cosine)};
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,3", "2,2"})
    void turns_are_those_of_the_rule_followed_by_hand(int atATime, int every) {
        int records = 6;
        RemineSettings settings = new RemineSettings(atATime, every, 1.15, 0.8);
        Property.check(10, random -> {
            ParameterStore.Builder builder = ParameterStore.builder("test");
            NegativeTurns.declare(builder, records);
            try (ParameterStore store = builder.create()) {
                NegativeTurns turns = new NegativeTurns(store, settings, NEGATIVES, records);
                int[] first = new int[records];
                double[] initial = new double[records];
                double[] latest = new double[records];
                Arrays.fill(initial, Double.NaN);
                long replaced = 0;
                for (int step = 1; step <= 30; step++) {
                    long[] seen = random.longs(0, records).distinct().limit(3).toArray();
                    double[][] cosines = new double[3][atATime];
                    see(turns, seen, cosines, random, atATime);
                    for (int i = 0; i < 3; i++) {
                        int record = (int) seen[i];
                        double mean = Arrays.stream(cosines[i]).sum() / atATime;
                        initial[record] = Double.isNaN(initial[record]) ? mean : initial[record];
                        latest[record] = mean;
                    }
                    turns.stepped();
                    for (int record = 0; step % every == 0 && record < records; record++) {
                        boolean easy = latest[record] * 1.15 < initial[record] && Math.abs(latest[record]) < 0.8;
                        if (easy && first[record] + atATime < NEGATIVES) {
                            first[record] = Math.min(first[record] + atATime, NEGATIVES - atATime);
                            initial[record] = Double.NaN;
                            replaced++;
                        }
                    }
                    for (int record = 0; record < records; record++) {
                        assertThat(turns.first(record)).isEqualTo(first[record]);
                    }
                    assertThat(turns.replaced()).isEqualTo(replaced);
                }
                assertThat(replaced).isPositive();
            }
        });
    }

    /** Shows a batch whose anchors are [1, 0], so that the first number of a vector is its cosine. */
    private static void see(
            NegativeTurns turns, long[] records, double[][] cosines, SplittableRandom random, int atATime) {
        try (Scope scope = Scope.open("test")) {
            Map<Integer, Tensor> embeddings = new LinkedHashMap<>();
            embeddings.put(0, Tensor.of(new float[][] {vector(1), vector(1), vector(1)}));
            for (int k = 0; k < atATime; k++) {
                float[][] rows = new float[records.length][];
                for (int i = 0; i < rows.length; i++) {
                    cosines[i][k] = random.nextDouble(-0.95, 0.95);
                    rows[i] = vector(cosines[i][k]);
                    rows[i][0] *= 3; // lengths do not count
                    rows[i][1] *= 3;
                }
                embeddings.put(2 + k, Tensor.of(rows));
            }
            long before = turns.replaced();
            assertThat(turns.saw(batch(records), embeddings)).isEqualTo(Map.of("negatives-replaced", (double) before));
        }
    }

    /** Pairs of one word group, with five negatives of others, so that telling them apart is soon learned. */
    private Path data() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            RandomStream random = RandomStream.of(71, "mined", i);
            int group = random.nextInt(GROUPS);
            String anchor = TinyModel.syllable(group) + " " + TinyModel.words(random, 1);
            String positive = TinyModel.syllable(group) + " " + TinyModel.words(random, 2);
            List<String> negatives = new ArrayList<>();
            for (int n = 0; n < NEGATIVES; n++) {
                String other = TinyModel.syllable((group + 1 + random.nextInt(GROUPS - 1)) % GROUPS);
                negatives.add(other + " " + TinyModel.words(random, 1 + n));
            }
            rows.add(Map.of("anchor", anchor, "positive", positive, "negative", negatives));
        }
        return TinyRun.write(folder.resolve("mined.jsonl"), rows);
    }

    private RunFile run(String name, Map<String, String> set) {
        return TinyRun.run(
                folder,
                name,
                Map.of(
                        "data",
                        List.of(Map.of("path", data().toString())),
                        "recipe",
                        "info-nce",
                        "batch",
                        16,
                        "steps",
                        STEPS,
                        "checkpoint-steps",
                        10,
                        "set",
                        set));
    }

    /** Looks often, and takes little for easy, so that a short run replaces something. */
    private static final Map<String, String> OFTEN =
            Map.of("remine", "2", "remine-steps", "3", "remine-ratio", "1.01", "remine-bound", "2");

    private static List<Double> replaced(RunFile run, List<String> notes) {
        List<Double> replaced = new ArrayList<>();
        TextTraining.Options options = TextTraining.Options.defaults()
                .withNotes(notes::add)
                .withListeners(List.of(event -> {
                    if (event instanceof TrainingEvent.StepDone step) {
                        replaced.add(step.components().get("negatives-replaced"));
                    }
                }));
        TinyRun.train(run, options);
        return replaced;
    }

    @Test
    void a_run_tells_how_often_negatives_were_replaced_and_learns_something_else_by_it() {
        List<String> notes = new ArrayList<>();
        List<Double> replaced = replaced(run("often", OFTEN), notes);
        assertThat(replaced).hasSize(STEPS).isSorted();
        assertThat(replaced.get(2)).isZero();
        assertThat(replaced.get(STEPS - 1)).isPositive().isLessThanOrEqualTo(2 * 80);
        assertThat(notes.get(notes.size() - 1))
                .startsWith("negatives: easy ones gave way")
                .endsWith(" times");

        List<Double> never = replaced(run("never", Map.of("remine", "2", "remine-steps", "1000")), notes);
        assertThat(never.get(STEPS - 1)).isZero();
        assertThat(TinyRun.weights(folder.resolve("never"))).isNotEqualTo(TinyRun.weights(folder.resolve("often")));
    }

    @ParameterizedTest
    @CsvSource({"20", "27"})
    void a_run_that_was_stopped_and_resumed_is_the_straight_run_to_the_bit(int stopAt) {
        List<Double> straight = replaced(run("straight", OFTEN), new ArrayList<>());
        assertThat(straight.get(stopAt - 2)).isPositive().isLessThan(straight.get(STEPS - 1));
        TextTraining[] running = new TextTraining[1];
        List<Double> resumed = new ArrayList<>();
        TextTraining.Options options = TextTraining.Options.defaults().withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step) {
                resumed.add(step.components().get("negatives-replaced"));
                if (step.step() == stopAt) {
                    running[0].requestStop();
                }
            }
        }));
        try (TextTraining training = TextTraining.start(run("resumed", OFTEN), options)) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining training = TextTraining.resume(folder.resolve("resumed"), options)) {
            running[0] = training;
            assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
        }
        assertThat(resumed).isEqualTo(straight);
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(TinyRun.weights(folder.resolve("straight")));
    }

    @Test
    void a_batch_holds_the_negatives_whose_turn_it_is_and_the_largest_the_longest() {
        RunFile run = run("batches", Map.of("remine", "2"));
        RemineSettings settings = new RemineSettings(2, 1, 1.15, 0.8);
        ParameterStore.Builder builder = ParameterStore.builder("test");
        NegativeTurns.declare(builder, 80);
        try (ParameterStore store = builder.create();
                TrainingData data = TrainingData.open(
                        run,
                        folder.resolve("stores"),
                        new PromptedTokenizer(TinyModel.tokenizer(), new PromptedTokenizer.Before("", ""), 64),
                        BadRows.STOP,
                        line -> {})) {
            NegativeTurns turns = new NegativeTurns(store, settings, NEGATIVES, 80);
            TextBatches batches = new TextBatches(
                    data.weighted(),
                    TextBatches.Form.of(EpochOptions.defaults(16), 1000).withTurns(turns),
                    7);
            assertThat(batches.columns()).isEqualTo(4);
            for (int turn = 0; turn < 3; turn++) {
                Batch<PackedSequences> batch = batches.batch(0);
                int first = Math.min(2 * turn, 3);
                for (int i = 0; i < 16; i++) {
                    for (int k = 0; k < 2; k++) {
                        assertThat(batch.columns().get(2 + k).contents()[i])
                                .isEqualTo(data.weighted()
                                        .get(0)
                                        .store()
                                        .contentHash((int) batch.records()[i], 2 + first + k));
                    }
                }
                assertThat(batch.columns()).hasSize(4);
                makeEasy(turns, batch.records());
            }
            assertThat(turns.replaced()).isEqualTo(2 * 16);
            assertThat(batches.largest().tokens())
                    .isGreaterThanOrEqualTo(batches.batch(1).tokens());
        }
    }

    /** Scores of 0.7 and then 0.1. */
    private static void makeEasy(NegativeTurns turns, long[] records) {
        for (double cosine : new double[] {0.7, 0.1}) {
            float[][] anchors = new float[records.length][];
            float[][] negatives = new float[records.length][];
            for (int i = 0; i < records.length; i++) {
                anchors[i] = vector(1);
                negatives[i] = vector(cosine);
            }
            try (Scope scope = Scope.open("test")) {
                turns.saw(
                        batch(records),
                        Map.of(0, Tensor.of(anchors), 2, Tensor.of(negatives), 3, Tensor.of(negatives)));
            }
        }
        turns.stepped();
    }

    @Test
    void what_cannot_be_replaced_is_refused() {
        refused(Map.of("remine", "5"), "5 negatives");
        refused(Map.of("remine-steps", "5"), "expected beside set remine");
        refused(Map.of("remine", "0"), "from 1");
        refused(Map.of("remine", "1", "remine-ratio", "0.5"), "from 1 to 1000");
        assertThat(RemineSettings.parse(Map.of())).isEmpty();
    }

    private void refused(Map<String, String> set, String says) {
        assertThatThrownBy(() -> TextTraining.start(run("refused", set), TextTraining.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(says);
    }
}
