package io.chiaro.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import io.chiaro.testkit.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values, gradients and states of packages of single papers, written down by src/test/python/paper_fixtures.py. */
@ExtendWith(LeakCheck.class)
class PaperReferenceTest {

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    static Stream<Named<JsonObject>> cases() {
        return file().objects("cases").stream()
                .map(told -> Named.of(told.string("recipe") + ": " + told.string("reference"), told));
    }

    /** The recipes that have a case here. */
    static List<String> recipes() {
        return file().objects("cases").stream()
                .map(told -> told.string("recipe"))
                .distinct()
                .toList();
    }

    private static JsonObject file() {
        String name = "paper-references.json";
        try (InputStream in = Objects.requireNonNull(PaperReferenceTest.class.getResourceAsStream(name))) {
            return Json.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_gradient_and_state_are_those_of_the_reference(JsonObject told) {
        Map<String, String> settings = new LinkedHashMap<>();
        told.object("settings").toMap().forEach((name, value) -> settings.put(name, whole(value)));
        Objective objective =
                Recipes.named(told.string("recipe")).with(settings).create();
        try (Scope scope = Scope.open("test")) {
            List<View> views = new ArrayList<>();
            List<?> given = list(Objects.requireNonNull(told.toMap().get("views")));
            for (int v = 0; v < given.size(); v++) {
                Tensor values = tensor(given.get(v));
                int rows = Math.toIntExact(values.size(0));
                long[] places = new long[rows];
                Arrays.setAll(places, i -> i);
                views.add(new View(v == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, values, places, places));
            }
            Map<String, Tensor> memories = new LinkedHashMap<>();
            told.object("memory").toMap().forEach((name, rows) -> memories.put(name, tensor(rows)));

            Evaluation found = objective.evaluate(Views.of(views).withMemories(memories));

            assertThat(found.loss()).isCloseTo(told.number("loss"), within(1e-9));
            List<?> gradient = list(Objects.requireNonNull(told.toMap().get("gradient")));
            for (int v = 0; v < gradient.size(); v++) {
                assertThat(found.gradients().get(v).toDoubles())
                        .containsExactly(tensor(gradient.get(v)).toDoubles(), within(1e-9));
            }
            told.object("after")
                    .toMap()
                    .forEach((name, rows) -> assertThat(
                                    Objects.requireNonNull(found.remembered().get(name))
                                            .toDoubles())
                            .as(name)
                            .containsExactly(tensor(rows).toDoubles(), within(1e-9)));
        }
    }

    /** A whole number as it is written in a slot. */
    private static String whole(Object value) {
        double number = ((Number) value).doubleValue();
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static Tensor tensor(Object nested) {
        List<?> rows = list(nested);
        double[] flat = rows.stream()
                .flatMap(row -> list(row).stream())
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
        return Tensor.of(flat, rows.size(), flat.length / rows.size());
    }

    private static List<?> list(Object nested) {
        return (List<?>) nested;
    }
}
