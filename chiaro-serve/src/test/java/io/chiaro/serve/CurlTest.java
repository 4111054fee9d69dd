package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server asked by curl, as the book asks it. */
class CurlTest {

    private static final String JSON = "Content-Type: application/json";

    @TempDir
    Path folder = Path.of("");

    private static String curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body", "--max-time", "60"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static boolean isHere() {
        try {
            return new ProcessBuilder("curl", "--version")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void curl_gets_vectors_writes_documents_and_searches() throws Exception {
        Assumptions.assumeTrue(isHere(), "curl is not installed, so nothing is asked by it");
        String key = DocumentsTest.key(folder.resolve("keys.json"), Role.WRITE);
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(folder.resolve("index"), Stream.of(new Document("tea", "", "a pot of tea")), model);
            try (LiveIndex index = LiveIndex.open(folder.resolve("index"));
                    RunningServer server = new RunningServer(
                            model,
                            List.of(new ServedIndex("papers", index)),
                            ServerSettings.defaults().withKeys(folder.resolve("keys.json")))) {
                JsonObject embedded = Json.parse(
                        "curl",
                        curl(
                                server.uri("/v1/embeddings").toString(),
                                "-H",
                                JSON,
                                "-H",
                                "Authorization: Bearer " + key,
                                "-d",
                                "{\"input\": [\"a cup of tea\", \"a cold harbour\"]}"));
                float[] expected = model.embed(List.of("a cold harbour"), TextRole.TEXT)[0];
                List<Double> found = embedded.objects("data").get(1).numbers("embedding");
                assertThat(found).hasSize(expected.length);
                for (int k = 0; k < expected.length; k++) {
                    assertThat(found.get(k).floatValue()).isEqualTo(expected[k]);
                }

                curl(
                        "-X",
                        "PUT",
                        server.uri("/v1/indexes/papers/documents").toString(),
                        "-H",
                        JSON,
                        "-H",
                        "Authorization: Bearer " + key,
                        "-d",
                        "{\"documents\": [{\"id\": \"ship\", \"text\": \"ships in the harbour at night\"}]}");
                String hits = curl(
                        server.uri("/v1/indexes/papers/search").toString(),
                        "-H",
                        JSON,
                        "-H",
                        "Authorization: Bearer " + key,
                        "-d",
                        "{\"query\": \"harbour\", \"by\": \"words\"}");
                assertThat(Json.parse("curl", hits).objects("hits").get(0).string("id"))
                        .isEqualTo("ship");
                assertThat(curl(server.uri("/health").toString())).isNotNull();
            }
        }
    }
}
