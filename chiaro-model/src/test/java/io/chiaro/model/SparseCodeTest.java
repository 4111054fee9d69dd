package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseCodeTest {

    private static final int INPUTS = 6;

    @TempDir
    Path folder;

    /** What sentence-transformers has written; {@code src/test/python/sparse_code.py} made it. */
    private static Path reference() {
        try {
            return Path.of(Objects.requireNonNull(SparseCodeTest.class.getResource("sparse-code"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] floats(String json) {
        List<Double> numbers = Json.parse("row", "{\"row\": " + json + "}").numbers("row");
        float[] row = new float[numbers.size()];
        for (int k = 0; k < row.length; k++) {
            row[k] = numbers.get(k).floatValue();
        }
        return row;
    }

    @SuppressWarnings("unchecked")
    private static float[][] rows(JsonObject told, String key) {
        return ((List<Object>) Objects.requireNonNull(told.toMap().get(key)))
                .stream().map(row -> floats(row.toString())).toArray(float[][]::new);
    }

    @Test
    void codes_are_those_of_the_reference() {
        JsonObject told = Json.object(reference().resolve("codes.json"));
        assertThat(told.string("package")).isEqualTo("sentence-transformers 6.2.0");
        SparseCode code = SparseCode.open(reference());
        assertThat(code.active()).isEqualTo(3);
        assertThat(code.latents()).isEqualTo(14);
        float[][] vectors = rows(told, "vectors");
        int compared = 0;
        for (String active : List.of("1", "3", "8")) {
            float[][] expected = rows(told.object("codes"), active);
            for (int i = 0; i < vectors.length; i++) {
                assertThat(code.of(vectors[i], Integer.parseInt(active)))
                        .as("vector %d, %s active", i, active)
                        .containsExactly(expected[i], within(1e-6f));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(15);
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        SparseCode code = SparseCode.open(reference());
        code.write(folder);
        assertThat(SparseCode.isBeside(folder)).isTrue();
        SparseCode again = SparseCode.open(folder);
        float[] vector = {1, -2, 0.5f, 3, 0, 1};
        for (int active = 1; active <= again.latents(); active++) {
            assertThat(again.of(vector, active)).isEqualTo(code.of(vector, active));
        }
        assertThat(Json.object(folder.resolve("3_SparseAutoEncoder/config.json"))
                        .toMap())
                .containsOnlyKeys("input_dim", "hidden_dim", "k", "k_aux", "normalize", "dead_threshold");
    }

    @Test
    void no_more_numbers_are_left_than_told_even_where_they_are_equal() {
        float[] matrix = new float[5 * INPUTS];
        SparseCode code = new SparseCode(matrix, new float[] {1, 2, 2, 2, 0}, new float[INPUTS], 2);
        assertThat(code.of(new float[] {1, 0, 0, 0, 0, 0}, 2)).containsExactly(0, 2, 2, 0, 0);
        assertThat(code.of(new float[] {1, 0, 0, 0, 0, 0}, 4)).containsExactly(1, 2, 2, 2, 0);
        assertThat(code.of(new float[] {1, 0, 0, 0, 0, 0}, 5)).containsExactly(1, 2, 2, 2, 0);
    }

    @Test
    void the_length_of_a_vector_does_not_matter() {
        SparseCode code = SparseCode.open(reference());
        float[] small = code.of(new float[] {1, -2, 0.5f, 3, 0, 1}, 4);
        assertThat(code.of(new float[] {10, -20, 5, 30, 0, 10}, 4)).containsExactly(small, within(1e-5f));
    }

    @Test
    void a_missing_or_damaged_code_is_an_error_that_names_the_file() throws IOException {
        assertThat(SparseCode.isBeside(folder)).isFalse();
        refused("3_SparseAutoEncoder", "recipe csr");
        SparseCode.open(reference()).write(folder);
        Path config = folder.resolve("3_SparseAutoEncoder/config.json");
        String whole = Files.readString(config);
        for (Map.Entry<String, String> change : Map.of(
                        "\"normalize\":false", "\"normalize\":true",
                        "\"hidden_dim\":14", "\"hidden_dim\":13",
                        "\"k\":3", "\"k\":15",
                        "\"k_aux\"", "\"k-aux\"")
                .entrySet()) {
            String compact = whole.replaceAll("\\s", "");
            assertThat(compact).contains(change.getKey());
            Files.writeString(config, compact.replace(change.getKey(), change.getValue()));
            refused("3_SparseAutoEncoder");
        }
    }

    private void refused(String... reasons) {
        assertThatThrownBy(() -> SparseCode.open(folder))
                .isInstanceOf(ChiaroException.class)
                .satisfies(error -> {
                    for (String reason : reasons) {
                        assertThat(error).hasMessageContaining(reason);
                    }
                });
    }
}
