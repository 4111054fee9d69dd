package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of an index over HTTP. */
class SnapshotsTest {

    private static final String SNAPSHOTS = "/v1/indexes/birds/snapshots";

    @TempDir
    Path folder = Path.of("");

    private OnnxEmbedder model;
    private LiveIndex live;
    private RunningServer server;
    private String writer = "";
    private String admin = "";

    @BeforeEach
    void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        TextIndex.write(folder.resolve("birds"), Stream.of(new Document("first", "", "a bird in winter")), model);
        live = LiveIndex.open(folder.resolve("birds"));
        Path keys = folder.resolve("keys.json");
        writer = key(keys, Role.WRITE);
        admin = key(keys, Role.ADMIN);
        server = new RunningServer(
                model,
                List.of(new ServedIndex("birds", live)),
                ServerSettings.defaults().withKeys(keys));
    }

    @AfterEach
    void stop() {
        server.close();
        live.close();
        model.close();
    }

    private static String key(Path keys, Role role) {
        return KeyFile.openOrCreate(keys)
                .add(role.word(), role, Clock.systemUTC())
                .text();
    }

    private HttpResponse<String> ask(String key, String method, String path, Map<String, ?> body) {
        HttpRequest.Builder request = server.request(path)
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.line(body)));
        return server.send(body.isEmpty() ? request : request.header("Content-Type", "application/json"));
    }

    private HttpResponse<String> save(String name) {
        return ask(admin, "POST", SNAPSHOTS, Map.of("name", name));
    }

    private List<String> names() {
        return RunningServer.object(ask(writer, "GET", SNAPSHOTS, Map.of())).objects("data").stream()
                .map(snapshot -> snapshot.string("name"))
                .toList();
    }

    @Test
    void a_snapshot_is_made_listed_and_deleted_by_an_admin_alone() {
        assertThat(names()).isEmpty();
        assertThat(ask(writer, "POST", SNAPSHOTS, Map.of("name", "x")).statusCode())
                .isEqualTo(403);
        JsonObject made = RunningServer.object(save("monday"));

        assertThat(made.string("name")).isEqualTo("monday");
        assertThat(made.integer("documents")).isEqualTo(1);
        assertThat(made.longInteger("bytes")).isPositive();
        assertThat(Instant.parse(made.string("taken"))).isNotNull();
        assertThat(names()).containsExactly("monday");
        assertThat(save("monday").statusCode()).isEqualTo(409);
        try (TextIndex copy = TextIndex.open(folder.resolve("birds/snapshots/monday"))) {
            assertThat(copy.search("a bird", model, 5)).hasSize(1);
        }

        assertThat(ask(writer, "DELETE", SNAPSHOTS + "/monday", Map.of()).statusCode())
                .isEqualTo(403);
        assertThat(ask(admin, "DELETE", SNAPSHOTS + "/monday", Map.of()).statusCode())
                .isEqualTo(200);
        assertThat(ask(admin, "DELETE", SNAPSHOTS + "/monday", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(names()).isEmpty();
    }

    @Test
    void no_name_and_no_path_leads_out_of_the_folder() {
        for (String name : List.of("../x", "..", "", "a/b", "/x", "a\\b", ".x", "x\0")) {
            HttpResponse<String> refused = save(name);
            assertThat(refused.statusCode()).as(name).isEqualTo(400);
            assertThat(refused.body())
                    .contains("expected the name of a snapshot")
                    .doesNotContain(folder.toString());
        }
        for (String path : List.of("..", "%2e%2e", "..%2f..%2fkeys.json", "%00")) {
            assertThat(ask(admin, "DELETE", SNAPSHOTS + "/" + path, Map.of()).statusCode())
                    .as(path)
                    .isBetween(400, 404);
        }
        assertThat(folder.resolve("birds")).isDirectory();
        assertThat(folder.resolve("keys.json")).exists();
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("birds/x")).doesNotExist();
    }

    @Test
    void a_snapshot_taken_while_clients_write_holds_all_that_they_were_answered() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                Map<String, ?> document = Map.of("id", "d" + answered.get(), "text", "a bird " + answered.get());
                assertThat(ask(writer, "PUT", "/v1/indexes/birds/documents", Map.of("documents", List.of(document)))
                                .statusCode())
                        .isEqualTo(200);
                answered.incrementAndGet();
            }
        });
        try {
            for (int i = 1; i <= 3; i++) {
                while (answered.get() < 2 * i && !writing.isDone()) {
                    Thread.sleep(5);
                }
                int before = answered.get();
                assertThat(save("s" + i).statusCode()).isEqualTo(200);
                try (TextIndex copy = TextIndex.open(folder.resolve("birds/snapshots/s" + i))) {
                    for (int d = 0; d < before; d++) {
                        assertThat(copy.find("d" + d)).as("d%d in s%d", d, i).isPresent();
                    }
                }
            }
        } finally {
            enough.set(true);
        }
        writing.get();
        assertThat(names()).containsExactly("s1", "s2", "s3");
    }

    @Test
    void while_another_process_writes_a_snapshot_is_to_be_tried_again() {
        try (TextIndexWriter other = TextIndexWriter.open(folder.resolve("birds"))) {
            HttpResponse<String> busy = save("x");
            assertThat(busy.statusCode()).isEqualTo(503);
            assertThat(busy.headers().firstValue("Retry-After")).isPresent();
            assertThat(busy.body()).doesNotContain(folder.toString());
        }
        assertThat(Files.exists(folder.resolve("birds/snapshots/x"))).isFalse();
        assertThat(save("x").statusCode()).isEqualTo(200);
    }
}
