package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {

    enum Shade {
        LIGHT,
        VERY_DARK
    }

    record Inner(double learningRate, List<Integer> sizes) {
        Inner {
            if (learningRate <= 0) {
                throw new IllegalArgumentException("the learning rate must be positive, but was " + learningRate);
            }
            sizes = List.copyOf(sizes);
        }
    }

    record Outer(
            String name, int maxTokens, Shade shade, Inner inner, Optional<Long> seed, Map<String, Double> metrics) {}

    private static final Outer OUTER = new Outer(
            "a \"name\" é 😀",
            256,
            Shade.VERY_DARK,
            new Inner(0.1, List.of(1, 2)),
            Optional.empty(),
            Map.of("ndcg@10", Double.NaN));

    @Test
    void a_record_is_written_in_kebab_case_in_the_order_of_its_components() {
        assertThat(Json.text(OUTER)).isEqualTo("""
                        {
                          "name": "a \\"name\\" é 😀",
                          "max-tokens": 256,
                          "shade": "very-dark",
                          "inner": {
                            "learning-rate": 0.1,
                            "sizes": [ 1, 2 ]
                          },
                          "metrics": {
                            "ndcg@10": "NaN"
                          }
                        }
                        """);
        assertThat(Json.line(Map.of("a", new float[] {0.1f, 2}))).isEqualTo("{\"a\":[0.1,2.0]}");
    }

    @Test
    void what_is_written_reads_back_equal(@TempDir Path folder) {
        Path file = folder.resolve("deep/outer.json");

        Json.write(file, OUTER);

        assertThat(Json.read(Json.object(file), Outer.class)).isEqualTo(OUTER);
    }

    @Test
    void an_unknown_key_is_refused_with_the_nearest_name() {
        JsonObject object = Json.parse("run.json", Json.text(OUTER).replace("max-tokens", "max-token"));

        assertThatThrownBy(() -> Json.read(object, Outer.class))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith("run.json: the key \"max-token\" is not known. Did you mean \"max-tokens\"?");
    }

    @Test
    void a_missing_key_and_a_wrong_type_and_a_refused_value_name_the_key() {
        assertThatThrownBy(() -> Json.read(Json.parse("f", "{\"learning-rate\": 1}"), Inner.class))
                .hasMessage("f: expected a value at \"sizes\", but the key is missing. Add it.");
        assertThatThrownBy(() -> Json.read(Json.parse("f", Json.text(OUTER).replace("0.1", "\"fast\"")), Outer.class))
                .hasMessage("f: expected a number at \"inner.learning-rate\", but found \"fast\". Correct the value.");
        assertThatThrownBy(() -> Json.read(Json.parse("f", Json.text(OUTER).replace("0.1", "-1")), Outer.class))
                .hasMessage("f: the learning rate must be positive, but was -1.0");
        assertThatThrownBy(() -> Json.read(Json.parse("f", Json.text(OUTER).replace("very-dark", "dark")), Outer.class))
                .hasMessageContaining("\"dark\" is not a value of \"shade\"")
                .hasMessageContaining("very-dark");
    }

    @Test
    void duplicate_keys_and_trailing_text_and_other_roots_are_refused() {
        assertThatThrownBy(() -> Json.parse("f", "{\"a\": 1, \"a\": 2}")).hasMessageContaining("Duplicate field 'a'");
        assertThatThrownBy(() -> Json.parse("f", "{} {}")).isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> Json.parse("f", "[1]")).hasMessage("f: expected a JSON object, but found array.");
        assertThatThrownBy(() -> Json.parse("f", "")).isInstanceOf(ChiaroException.class);
        assertThatThrownBy(() -> Json.parse("f", "{\"a\": \n x}")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> Json.parse("f", "[".repeat(10_000))).isInstanceOf(ChiaroException.class);
    }

    @Test
    void text_that_breaks_off_is_told_without_the_parser_s_own_words_for_sources() {
        assertThatThrownBy(() -> Json.parse("here", "{\"a\": [1,"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageStartingWith("here: expected valid JSON, but found at line 1")
                .hasMessageNotContaining("REDACTED")
                .hasMessageNotContaining("Source");
    }

    @Test
    void fallbacks_serve_absent_and_null_keys_only() {
        JsonObject object = Json.parse("f", "{\"a\": null, \"b\": \"x\", \"c\": 2.0, \"d\": 1.5, \"e\": 1e400}");

        assertThat(object.string("a", "y")).isEqualTo("y");
        assertThat(object.integer("z", 3)).isEqualTo(3);
        assertThat(object.integer("c")).isEqualTo(2);
        assertThat(object.has("a")).isFalse();
        assertThat(object.keys()).containsExactly("a", "b", "c", "d", "e");
        assertThatThrownBy(() -> object.integer("b", 3)).hasMessageContaining("expected an integer at \"b\"");
        assertThatThrownBy(() -> object.integer("d")).hasMessageContaining("but found 1.5");
        assertThatThrownBy(() -> object.integer("e")).hasMessageContaining("expected an integer");
    }

    @Test
    void a_file_that_is_not_there_or_not_text_is_one_sentence(@TempDir Path folder) throws Exception {
        Path binary = Files.write(folder.resolve("b.json"), new byte[] {(byte) 0xFF, 0});

        assertThatThrownBy(() -> Json.object(folder.resolve("none.json")))
                .hasMessageContaining("none.json: expected a readable JSON file in UTF-8, but found: no such file");
        assertThatThrownBy(() -> Json.object(ChiaroException.Kind.MODEL, binary))
                .hasMessageContaining("b.json: expected a readable JSON file")
                .extracting(e -> ((ChiaroException) e).kind())
                .isEqualTo(ChiaroException.Kind.MODEL);
    }

    @Test
    void errors_name_no_setting_of_the_parser_and_no_key_for_itself() {
        for (String text : List.of("{\"a\": NaN}", "[".repeat(5000))) {
            assertThatThrownBy(() -> Json.parse("request", text))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageNotContainingAny("enable", "StreamRead", "JsonRead", "`");
        }
        assertThatThrownBy(() -> Json.parse("request", "{\"query\": null}").string("query"))
                .hasMessageContaining("the key is null")
                .hasMessageNotContaining("Did you mean");
    }
}
