package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.Grouping;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class BatchGroupsTest {

    private static final TextTraining.Options PLAIN = TextTraining.Options.defaults();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    private static BatchGroups told(Map<String, String> set) {
        return BatchGroups.of(set, 16, ExampleShape.PAIRS);
    }

    private RunFile run(String name, Map<String, String> set) {
        return TinyRun.run(folder, name, Map.of("recipe", "info-nce", "set", set, "steps", 8, "checkpoint-steps", 3));
    }

    /** A teacher that has learned a little. */
    private String teacher() {
        TinyRun.train(TinyRun.run(folder, "teacher", Map.of("steps", 10)), PLAIN);
        return folder.resolve("teacher/model").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"communities", "clusters-apart"})
    void batches_by_a_teacher_are_other_batches_and_a_stopped_run_goes_on_with_them(String kind) {
        Map<String, String> set = Map.of("batches", kind, "teacher", teacher());
        TinyRun.train(run("random", Map.of()), PLAIN);
        TinyRun.train(run("straight", set), PLAIN);

        long[] steps = {0};
        TextTraining[] training = new TextTraining[1];
        TextTraining.Options stopping = PLAIN.withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone && ++steps[0] == 5) {
                training[0].requestStop();
            }
        }));
        try (TextTraining first = TextTraining.start(run("resumed", set), stopping)) {
            training[0] = first;
            assertThat(first.run().ending()).isEqualTo(TrainingEvent.Ending.INTERRUPTED);
        }
        try (TextTraining second = TextTraining.resume(folder.resolve("resumed"), PLAIN)) {
            second.run();
        }
        byte[] straight = TinyRun.weights(folder.resolve("straight"));
        assertThat(TinyRun.weights(folder.resolve("resumed"))).isEqualTo(straight);
        assertThat(TinyRun.weights(folder.resolve("random"))).isNotEqualTo(straight);
    }

    @Test
    void a_run_says_how_near_the_texts_of_its_communities_are() {
        String teacher = teacher();
        RunFile run = run("near", Map.of("batches", "communities", "teacher", teacher));
        try (TextTraining training = TextTraining.start(run, PLAIN)) {
            assertThat(training.describe())
                    .filteredOn(line -> line.startsWith("communities"))
                    .singleElement()
                    .asString()
                    .matches("communities of 8, of ranks 7 to 36: mean cosine 0\\.\\d+ within one, 0\\.\\d+ among all");
        }
        RunFile far = run("far", Map.of("batches", "communities", "teacher", teacher, "skipped-ranks", "250"));
        try (TextTraining training = TextTraining.start(far, PLAIN)) {
            assertThat(training.describe()).anyMatch(line -> line.contains("no harder than random batches"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels-balanced", "bound"})
    void texts_with_labels_train_in_batches_that_labels_tell(String kind) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(Map.of(
                    "anchor", TinyModel.words(RandomStream.of(1, "text", i), 5), "label", String.valueOf(i % 7)));
        }
        Path file = TinyRun.write(folder.resolve("labelled.jsonl"), rows);
        RunFile run = TinyRun.run(
                folder,
                kind,
                Map.of(
                        "recipe",
                        "sup-con",
                        "set",
                        kind.equals("bound") ? Map.of("batches", kind) : Map.of("batches", kind, "group", "3"),
                        "steps",
                        8,
                        "data",
                        List.of(Map.of("path", file.toString()))));
        assertThat(TinyRun.train(run, PLAIN)).isEqualTo(TrainingEvent.Ending.COMPLETED);
    }

    @Test
    void each_kind_of_batch_has_its_grouping() {
        assertThat(told(Map.of()).grouping()).isEqualTo(Grouping.none());
        assertThat(told(Map.of("batches", "communities", "teacher", "t")).grouping())
                .isEqualTo(Grouping.together());
        assertThat(told(Map.of("batches", "communities", "teacher", "t")).number())
                .isEqualTo(8);
        assertThat(told(Map.of("batches", "clusters-apart", "teacher", "t")).grouping())
                .isEqualTo(Grouping.apart());
        assertThat(BatchGroups.of(Map.of("batches", "labels-balanced"), 16, ExampleShape.LABELLED_TEXTS)
                        .grouping())
                .isEqualTo(Grouping.balanced(4));
        assertThat(BatchGroups.of(Map.of("batches", "bound"), 16, ExampleShape.LABELLED_TEXTS)
                        .grouping())
                .isEqualTo(Grouping.bound());
    }

    @Test
    void what_is_missing_or_has_no_effect_is_refused() {
        refused(Map.of("batches", "comunities"), "communities");
        refused(Map.of("batches", "communities"), "--set teacher=");
        refused(Map.of("batches", "labels-balanced"), "role label");
        refused(Map.of("batches", "bound"), "role label");
        refused(Map.of("teacher", "t"), "no effect");
        refused(Map.of("batches", "clusters-apart", "teacher", "t", "skipped-ranks", "3"), "no effect");
        refused(Map.of("batches", "communities", "teacher", "t", "group", "17"), "from 2 to 16");
    }

    @Test
    void a_batch_of_one_has_nothing_to_choose() {
        assertThatThrownBy(() -> BatchGroups.of(Map.of("batches", "labels-balanced"), 1, ExampleShape.LABELLED_TEXTS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("at least 2");
    }

    private static void refused(Map<String, String> set, String reason) {
        assertThatThrownBy(() -> told(set)).isInstanceOf(ChiaroException.class).hasMessageContaining(reason);
    }
}
