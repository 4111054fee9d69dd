package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and gradients of the reference, written down by src/test/python/sentence_transformers_losses.py. */
@ExtendWith(LeakCheck.class)
class SentenceTransformersTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<Named<JsonObject>> cases() {
        String name = "sentence-transformers-losses.json";
        try (InputStream in = Objects.requireNonNull(SentenceTransformersTest.class.getResourceAsStream(name))) {
            JsonObject file = Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return file.objects("cases").stream()
                    .map(tried -> Named.of(tried.string("recipe") + ": " + tried.string("name"), tried));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_and_gradient_are_those_of_the_reference(JsonObject tried) {
        Recipe recipe = Recipes.named(tried.string("recipe"));
        JsonObject settings = tried.object("set");
        for (String slot : settings.keys()) {
            recipe = recipe.with(slot, settings.string(slot));
        }
        Sample sample = new Sample(arrays(tried, "views"));
        if (tried.has("scores")) {
            sample.scores = doubles(tried.numbers("scores"));
        }
        if (tried.has("teacher-scores")) {
            sample.teacher = rows(tried.numbers("teacher-scores"), sample.values.length - 1);
        }
        if (tried.has("guides")) {
            sample.guides = arrays(tried, "guides");
        }
        Sample.Result result = sample.evaluate(recipe.create());
        double loss = tried.number("loss");
        assertThat(result.loss()).isCloseTo(loss, within(1e-5 * (1 + Math.abs(loss))));
        double[][][] expected = arrays(tried, "gradients");
        double largest = Stream.of(expected)
                .flatMap(Stream::of)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
        assertThat(largest).as("the case has a gradient").isGreaterThan(1e-4);
        for (int v = 0; v < expected.length; v++) {
            for (int i = 0; i < expected[v].length; i++) {
                for (int k = 0; k < expected[v][i].length; k++) {
                    assertThat(result.gradients()[v][i][k]).isCloseTo(expected[v][i][k], within(1e-6 + 2e-5 * largest));
                }
            }
        }
    }

    @Test
    void every_recipe_with_this_reference_has_a_case() {
        List<String> recipes =
                cases().map(tried -> tried.getPayload().string("recipe")).toList();
        assertThat(recipes)
                .containsAll(Recipes.all().stream()
                        .filter(recipe -> recipe.pattern() == null)
                        .map(Recipe::name)
                        .toList());
    }

    private static double[][][] arrays(JsonObject tried, String key) {
        return tried.objects(key).stream()
                .map(view -> rows(view.numbers("values"), tried.integer("width")))
                .toArray(double[][][]::new);
    }

    private static double[][] rows(List<Double> flat, int width) {
        double[][] rows = new double[flat.size() / width][width];
        for (int i = 0; i < flat.size(); i++) {
            rows[i / width][i % width] = flat.get(i);
        }
        return rows;
    }

    private static double[] doubles(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
