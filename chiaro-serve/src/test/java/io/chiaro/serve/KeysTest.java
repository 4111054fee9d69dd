package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No key, no entry. */
class KeysTest {

    @TempDir
    Path folder = Path.of("");

    private OnnxEmbedder model;
    private RunningServer server;
    private KeyFile.NewKey key;

    @BeforeEach
    void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        key = add("reader", Role.READ);
        server = new RunningServer(model, List.of(), ServerSettings.defaults().withKeys(folder.resolve("keys.json")));
    }

    @AfterEach
    void stop() {
        server.close();
        model.close();
    }

    private KeyFile.NewKey add(String name, Role role) {
        return KeyFile.openOrCreate(folder.resolve("keys.json")).add(name, role, Clock.systemUTC());
    }

    private HttpResponse<String> embed(String authorization) {
        return server.send(server.posting("/embed", "{\"inputs\": \"tea\"}").header("Authorization", authorization));
    }

    @Test
    void without_a_key_only_health_and_the_page_that_asks_for_one_are_answered() {
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        assertThat(server.get("/").statusCode()).isEqualTo(200);
        assertThat(server.get("/page/key.js").statusCode()).isEqualTo(200);
        for (String path : List.of(
                "/info", "/metrics", "/openapi.json", "/v1/models", "/v1/indexes", "/nothing", "/page/nothing.js")) {
            HttpResponse<String> response = server.get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        for (String path : List.of("/v1/embeddings", "/embed", "/similarity", "/tokenize", "/v1/indexes/a/search")) {
            assertThat(server.post(path, "{}").statusCode()).as(path).isEqualTo(401);
        }
        assertThat(server.post("/v1/embeddings", "{}").body()).contains("invalid_api_key");
    }

    @Test
    void a_key_lets_in_and_anything_else_does_not() {
        assertThat(embed("Bearer " + key.text()).statusCode()).isEqualTo(200);
        assertThat(embed("bearer  " + key.text() + " ").statusCode()).isEqualTo(200);
        for (String wrong : List.of(
                key.text(),
                "Basic " + key.text(),
                "Bearer",
                "Bearer x",
                "Bearer " + key.text() + "x",
                "Bearer " + key.stored().hash(),
                "Bearer chiaro_" + key.stored().id() + "_")) {
            assertThat(embed(wrong).statusCode()).as(wrong).isEqualTo(401);
        }
    }

    @Test
    void keys_that_are_added_and_revoked_count_from_the_next_request_on() {
        KeyFile.NewKey second = add("second", Role.ADMIN);
        assertThat(embed("Bearer " + second.text()).statusCode()).isEqualTo(200);

        KeyFile.open(folder.resolve("keys.json")).revoke(key.stored().id());

        assertThat(embed("Bearer " + key.text()).statusCode()).isEqualTo(401);
        assertThat(embed("Bearer " + second.text()).statusCode()).isEqualTo(200);
    }

    @Test
    void while_the_keys_cannot_be_read_nobody_is_let_in() throws IOException {
        Files.delete(folder.resolve("keys.json"));

        HttpResponse<String> response = embed("Bearer " + key.text());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain(folder.toString());
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void the_log_names_the_id_of_a_key_and_never_the_key() {
        embed("Bearer " + key.text());
        embed("Bearer " + key.text() + "x");

        String secret = key.text().substring(16);
        assertThat(server.log()).hasSize(2).allSatisfy(line -> assertThat(line).doesNotContain(secret));
        assertThat(server.log().get(0)).contains("\"key\":\"" + key.stored().id() + "\"");
    }
}
