package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.core.RunFile;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.TrainingEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe that the command line lists trains on texts, or says why it does not. */
@ExtendWith(LeakCheck.class)
class EveryRecipeTest {

    private static final int ROWS = 48;

    /** What compares more views of an item than any text record has, on arrays only. */
    private static final Set<String> OF_MORE_VIEWS = Set.of("symile", "mixed-barlow-twins", "curl-block", "all4one");

    /** What compares more of an item than any run makes: patches, regions, frames, a teacher's vectors, a prior. */
    private static final Set<String> OF_ARRAYS = Set.of(
            "vicregl",
            "pmsn-custom",
            "ibot-plus-plus",
            "ibot-patch",
            "patch-kernel-alignment",
            "dense-structure",
            "capi",
            "detcon-s",
            "detcon-b",
            "le-wm",
            "embedding-mse",
            "embed-distill",
            "embed-distill-distance");

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static List<String> recipes() {
        return TextRecipes.names();
    }

    /** Records of a shape, with what else must be told. */
    private record Kind(String name, Map<String, String> set, List<String> columns) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("pairs", Map.of(), List.of("anchor", "positive")),
            new Kind("labelled texts", Map.of(), List.of("anchor", "label")),
            new Kind("texts", Map.of(), List.of("anchor")),
            new Kind("texts in two views", Map.of("text-views", "deletion"), List.of("anchor")),
            new Kind("labelled texts in two views", Map.of("text-views", "repetition"), List.of("anchor", "label")),
            new Kind("triplets", Map.of(), List.of("anchor", "positive", "negative")),
            new Kind("scored pairs", Map.of(), List.of("anchor", "positive", "score")),
            new Kind("teacher's margins", Map.of(), List.of("anchor", "positive", "negative", "score")),
            new Kind("teacher's scores", Map.of(), List.of("anchor", "positive", "negative", "scores")));

    private Path data(Kind kind) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            RandomStream random = RandomStream.of(3, "row", i);
            Map<String, Object> row = new LinkedHashMap<>();
            for (String column : kind.columns()) {
                switch (column) {
                    case "label" -> row.put(column, "class " + i % 4);
                    case "score" -> row.put(column, (1 + random.nextInt(4)) / 4.0);
                    case "scores" -> row.put("score", List.of(random.nextDouble(), random.nextDouble()));
                    default -> row.put(column, TinyModel.words(random, 4 + random.nextInt(5)));
                }
            }
            rows.add(row);
        }
        return TinyRun.write(folder.resolve(kind.name().replaceAll("\\W", "-") + ".jsonl"), rows);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("recipes")
    void a_recipe_trains_or_says_why_it_does_not(String recipe) {
        Map<String, String> refused = new TreeMap<>();
        String trained = "";
        for (Kind kind : KINDS) {
            Map<String, String> set = new TreeMap<>(kind.set());
            if (Recipes.names().contains(recipe)
                    && Recipes.named(recipe).create().needs().guide()) {
                set.put("guide", "fresh:" + folder.resolve("shape"));
            }
            if (recipe.equals("w-mse")) {
                set.put("epsilon", "0.1");
            }
            List<Double> losses = new ArrayList<>();
            TextTraining.Options options = TextTraining.Options.defaults().withListeners(List.of(event -> {
                if (event instanceof TrainingEvent.StepDone step) {
                    losses.add(step.loss());
                }
            }));
            // What learns from clusters of all data does so from the second pass on.
            int steps = List.of("deepcluster-v2", "proto-nce").contains(recipe) ? 2 * ROWS / 24 : 2;
            Map<String, Object> changes = Map.of(
                    "recipe",
                    recipe,
                    "set",
                    set,
                    "steps",
                    steps,
                    "batch",
                    24,
                    "data",
                    List.of(Map.of("path", data(kind).toString())));
            try (TextTraining training =
                    TextTraining.start(TinyRun.run(folder, kind.name().replaceAll("\\W", "-"), changes), options)) {
                assertThat(training.run().ending()).isEqualTo(TrainingEvent.Ending.COMPLETED);
                assertThat(losses).as(kind.name()).hasSize(steps).allMatch(Double::isFinite);
                trained = kind.name();
                break;
            } catch (ChiaroException e) {
                refused.put(kind.name(), String.valueOf(e.getMessage()));
            }
        }
        refused.forEach((kind, reason) -> assertThat(reason)
                .as(kind)
                .containsPattern("recipe " + recipe + ": |set text-views: ")
                .endsWith("."));
        if (OF_MORE_VIEWS.contains(recipe)) {
            assertThat(trained).isEmpty();
            assertThat(refused.get("pairs")).contains("views of an item").contains("chiaro explain");
        } else if (OF_ARRAYS.contains(recipe)) {
            assertThat(trained).isEmpty();
        } else {
            assertThat(trained).as("refused: " + refused).isNotEmpty();
        }
    }

    @Test
    void whitening_says_why_it_cannot_whiten_what_a_normalisation_has_made_dependent() {
        RunFile run = TinyRun.run(folder, "white", Map.of("recipe", "w-mse", "batch", 24, "steps", 2));
        try (TextTraining training = TextTraining.start(run, TextTraining.Options.defaults())) {
            assertThatThrownBy(training::run)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("do not depend on each other")
                    .hasMessageContaining("epsilon above 0");
        }
    }

    @Test
    void every_slot_takes_the_value_that_it_has() {
        for (Recipe recipe : Recipes.all()) {
            for (String slot : recipe.settable()) {
                String value = recipe.slots().get(slot);
                if (value != null) {
                    assertThat(recipe.with(Map.of(slot, value)).create().slots())
                            .as(recipe.name() + " " + slot + "=" + value)
                            .isEqualTo(recipe.create().slots());
                }
            }
        }
    }
}
