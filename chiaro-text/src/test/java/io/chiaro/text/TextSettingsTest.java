package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.Prompts;
import io.chiaro.objective.Objective;
import io.chiaro.objective.recipe.Recipes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSettingsTest {

    private static final Prompts PROMPTS = new Prompts("text: ", "query: ", "passage: ");

    @TempDir
    Path folder;

    private static TextSettings told(Map<String, String> set) {
        return TextSettings.of(RunFile.defaults().with("test", Map.of("set", set)), Map.of());
    }

    private static PromptedTokenizer.Before before(Map<String, String> set, String recipe) {
        return told(set)
                .before(PROMPTS, Optional.of(Recipes.named(recipe).create().needs()));
    }

    @Test
    void slots_of_the_recipe_and_settings_of_text_are_told_apart() {
        TextSettings settings = told(Map.of("temperature", "0.1", "dropout", "0.2"));
        assertThat(settings.slots()).containsExactly(Map.entry("temperature", "0.1"));
        assertThat(settings.dropout(0.1)).isEqualTo(0.2);
    }

    @Test
    void a_share_is_the_recipes_own_where_it_has_such_a_slot_and_of_tokens_elsewhere() {
        RunFile run = RunFile.defaults().with("test", Map.of("set", Map.of("share", "0.8")));
        TextSettings own = TextSettings.of(run, "dynamic-distillation");
        assertThat(own.slots()).containsExactly(Map.entry("share", "0.8"));
        assertThat(Recipes.named("dynamic-distillation")
                        .with(own.slots())
                        .create()
                        .slots())
                .containsEntry("share", "0.8");
        assertThat(TextSettings.of(run, "tsdae").share(0.6)).isEqualTo(0.8);
        TextSettings edited = TextSettings.of(
                RunFile.defaults()
                        .with("test", Map.of("set", Map.of("share", "0.8", "auxiliary", "replaced-token-detection"))),
                "dynamic-distillation");
        assertThat(edited.slots()).isEmpty();
    }

    @Test
    void contrasted_pairs_get_the_prompts_of_query_and_document_and_all_else_that_of_a_text() {
        assertThat(before(Map.of(), "info-nce")).isEqualTo(new PromptedTokenizer.Before("query: ", "passage: "));
        assertThat(before(Map.of(), "cosent")).isEqualTo(new PromptedTokenizer.Before("text: ", "text: "));
        assertThat(before(Map.of(), "simcse")).isEqualTo(new PromptedTokenizer.Before("text: ", "text: "));
        assertThat(before(Map.of("prompts", "none"), "info-nce")).isEqualTo(new PromptedTokenizer.Before("", ""));
        assertThatThrownBy(() -> before(Map.of("prompts", "both"), "info-nce"))
                .hasMessageContaining("roles, text, none");
    }

    @Test
    void a_score_range_takes_its_ends_to_zero_and_one() {
        assertThat(told(Map.of("score-range", "1:5")).score().applyAsDouble(4)).isEqualTo(0.75);
        assertThat(told(Map.of()).score().applyAsDouble(4)).isEqualTo(4);
        for (String wrong : List.of("5", "5:0", "a:b", "0:5:9", "0:Infinity")) {
            assertThatThrownBy(() -> told(Map.of("score-range", wrong)).score())
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("0:5");
        }
    }

    @Test
    void a_setting_without_effect_is_refused() {
        Optional<Objective> contrast = Optional.of(Recipes.named("info-nce").create());
        for (String name : List.of("share", "guide", "score-range")) {
            assertThatThrownBy(() -> told(Map.of(name, "0.5"))
                            .refuseWithoutEffect("info-nce", contrast, ExampleShape.Kind.PAIRS))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("info-nce");
        }
        Optional<Objective> order = Optional.of(Recipes.named("cosent").create());
        TextSettings ranged = told(Map.of("score-range", "0:5"));
        ranged.refuseWithoutEffect("cosent", order, ExampleShape.Kind.SCORED_PAIRS);
        assertThatThrownBy(() -> ranged.refuseWithoutEffect("cosent", order, ExampleShape.Kind.LABELLED_PAIRS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("the records have labels");
    }

    @Test
    void scores_that_no_cosine_reaches_are_refused_before_the_first_step() throws Exception {
        Path file = folder.resolve("scored.tsv");
        Files.writeString(
                file,
                "anchor\tpositive\tscore\n"
                        + "a plane is taking off\tan air plane is taking off\t5\n"
                        + "a man plays a flute\ta man eats\t1\n");
        Map<String, Object> scored = Map.of(
                "recipe",
                "cosine-regression",
                "data",
                List.of(Map.of("path", file.toString())),
                "steps",
                2,
                "batch",
                2);
        assertThatThrownBy(() -> TinyRun.train(TinyRun.run(folder, "raw", scored), TextTraining.Options.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("score-range=0:5");

        RunFile ranged =
                TinyRun.run(folder, "ranged", scored).with("test", Map.of("set", Map.of("score-range", "0:5")));
        TinyRun.train(ranged, TextTraining.Options.defaults());
        assertThat(folder.resolve("ranged/model")).exists();
    }
}
