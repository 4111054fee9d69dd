package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.RandomStream;
import io.chiaro.model.TextRole;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import io.chiaro.train.Sharpness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class TextInspectionTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @Test
    void the_last_layer_gives_the_vectors_of_the_model_and_the_first_does_not_see_the_order_of_words() {
        try (TextModel model = model()) {
            List<String> texts = List.of("ba de fi", "fi de ba", "go", "ba ba ba ba ba");

            List<float[][]> layers = TextInspection.layers(model, texts, TextRole.TEXT);

            assertThat(layers).hasSize(3);
            float[][] expected = model.embedder().embed(texts, TextRole.TEXT);
            for (int i = 0; i < texts.size(); i++) {
                float[] found = layers.get(2)[i];
                double length = 0;
                for (float value : found) {
                    length += value * value;
                }
                for (int k = 0; k < found.length; k++) {
                    assertThat(found[k] / Math.sqrt(length)).isCloseTo(expected[i][k], within(1e-5));
                }
            }
            assertThat(layers.get(0)[0]).hasSize(16).isNotEqualTo(layers.get(1)[0]);
        }
    }

    @Test
    void the_rise_along_the_gradient_is_its_length_times_the_step_for_small_steps() {
        try (TextModel model = model()) {
            RandomStream random = RandomStream.of(3, "texts");
            List<String> anchors = new ArrayList<>();
            List<String> positives = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                anchors.add(TinyModel.words(random, 4));
                positives.add(TinyModel.words(random, 4));
            }
            Map<String, float[]> before = weights(model);

            Sharpness small =
                    TextInspection.sharpness(model, Recipes.named("info-nce"), anchors, positives, 1e-3, 4, 1);
            Sharpness large =
                    TextInspection.sharpness(model, Recipes.named("info-nce"), anchors, positives, 0.05, 4, 1);

            assertThat(small.gradientNorm()).isPositive();
            assertThat(small.alongGradient() / (1e-3 * small.gradientNorm())).isCloseTo(1, within(0.05));
            assertThat(Math.abs(small.alongRandom())).isLessThan(small.alongGradient() / 2);
            assertThat(large.alongGradient()).isGreaterThan(10 * small.alongGradient());
            assertThat(large.loss()).isEqualTo(small.loss());
            assertThat(TextInspection.sharpness(model, Recipes.named("info-nce"), anchors, positives, 0.05, 4, 1))
                    .isEqualTo(large);
            weights(model).forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
        }
    }

    private TextModel model() {
        return TextModel.load("fresh:" + TinyModel.write(folder), 5);
    }

    private static Map<String, float[]> weights(TextModel model) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        model.parameters().named().forEach((name, array) -> weights.put(name, array.toFloats()));
        return weights;
    }
}
