package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class TeacherScaleTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    /** Distils scores that lie around a number. */
    private List<String> described(String name, double around, Map<String, String> set) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            RandomStream random = RandomStream.of(3, "taught", i);
            rows.add(Map.of(
                    "anchor", TinyModel.words(random, 5),
                    "positive", TinyModel.words(random, 5),
                    "negative", TinyModel.words(random, 5),
                    "score", List.of(around + 1, around - 1)));
        }
        Path file = TinyRun.write(folder.resolve(name + ".jsonl"), rows);
        RunFile run = TinyRun.run(
                folder,
                name,
                Map.of(
                        "recipe",
                        "dynamic-distillation",
                        "set",
                        set,
                        "steps",
                        2,
                        "data",
                        List.of(Map.of("path", file.toString()))));
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            return training.describe();
        }
    }

    @Test
    void scores_that_ask_for_cosines_far_from_those_of_the_base_are_told() {
        assertThat(described("logits", -10, Map.of()))
                .anyMatch(line ->
                        line.startsWith("teacher's scores ask for cosines from -0.55 to -0.45, on average -0.50")
                                && line.contains("--set score-range=LOWEST:HIGHEST"));
        assertThat(described("moved", -10, Map.of("score-range", "-25:-24")))
                .anyMatch(line -> line.startsWith("teacher's scores ask for cosines from 0.70 to 0.80"))
                .noneMatch(line -> line.contains("far apart"));
    }

    @Test
    void scores_that_no_cosine_reaches_are_refused() {
        assertThatThrownBy(() -> described("high", 30, Map.of()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("high.jsonl, line 1: the teacher's score is 31.0")
                .hasMessageContaining("--set score-range");
    }
}
