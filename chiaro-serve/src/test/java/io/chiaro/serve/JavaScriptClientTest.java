package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's JavaScript client, unchanged, in Node. */
class JavaScriptClientTest {

    private static final List<String> TEXTS = List.of("a longer text about a cold harbour", "tea", "naïve 😀 日本");

    @TempDir
    Path folder = Path.of("");

    @Test
    void the_official_javascript_client_of_openai_gets_the_vectors_of_the_model() throws Exception {
        String installed = System.getProperty("chiaro.openai.javascript", "");
        assumeTrue(
                !installed.isEmpty(),
                "skipped: name the folder that holds node_modules/openai by -Dchiaro.openai.javascript=FOLDER");
        Path script = folder.resolve("openai.mjs");
        try (InputStream stream =
                Objects.requireNonNull(JavaScriptClientTest.class.getResourceAsStream("openai.mjs"))) {
            Files.copy(stream, script);
        }
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true);
                RunningServer server = RunningServer.of(model)) {
            Process node = new ProcessBuilder(
                            "node",
                            script.toString(),
                            installed,
                            server.uri("/v1").toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(node.waitFor()).isZero();
            JsonObject got = Json.parse("client", output);

            float[][] expected = model.embed(TEXTS, TextRole.TEXT);
            for (String form : List.of("usual", "floats")) {
                assertThat(got.toMap().get(form))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .hasSize(TEXTS.size());
                List<?> rows = (List<?>) Objects.requireNonNull(got.toMap().get(form));
                for (int i = 0; i < rows.size(); i++) {
                    List<?> row = (List<?>) rows.get(i);
                    assertThat(row).hasSize(TinyModel.DIMENSION);
                    for (int k = 0; k < row.size(); k++) {
                        assertThat(((Number) row.get(k)).doubleValue()).isCloseTo(expected[i][k], within(1e-6));
                    }
                }
            }
            assertThat(got.integer("tokens"))
                    .isEqualTo(model.tokens(TEXTS, TextRole.TEXT).stream()
                            .mapToInt(ids -> ids.length)
                            .sum());
            assertThat(got.strings("models")).containsExactly("tiny");
            assertThat(got.string("refusal")).isEqualTo("NotFoundError 404");
        }
    }
}
