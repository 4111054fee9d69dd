package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model takes the place of another while requests run. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReloadTest {

    @TempDir
    Path folder = Path.of("");

    private final List<OnnxEmbedder> opened = new ArrayList<>();
    private KeyFile.NewKey admin;
    private KeyFile.NewKey writer;
    private ServerSettings settings = ServerSettings.defaults();

    @BeforeEach
    void makeKeys() {
        Path keys = folder.resolve("keys.json");
        admin = KeyFile.openOrCreate(keys).add("admin", Role.ADMIN, Clock.systemUTC());
        writer = KeyFile.openOrCreate(keys).add("writer", Role.WRITE, Clock.systemUTC());
        settings = settings.withKeys(keys).withName("tiny");
    }

    /** Each opening gives another model. */
    private OnnxEmbedder next() {
        int number = opened.size() + 1;
        OnnxEmbedder model = TinyModel.create(folder.resolve("model" + number), number, true);
        opened.add(model);
        return model;
    }

    private static boolean isClosed(OnnxEmbedder model) {
        try {
            model.embed(List.of("tea"), TextRole.TEXT);
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }

    private static HttpRequest.Builder reloading(RunningServer server, KeyFile.NewKey key) {
        return server.request("/v1/reload")
                .header("Authorization", "Bearer " + key.text())
                .POST(HttpRequest.BodyPublishers.noBody());
    }

    private HttpRequest.Builder embedding(RunningServer server) {
        return server.posting("/embed", "{\"inputs\": \"tea\"}").header("Authorization", "Bearer " + admin.text());
    }

    @Test
    void only_an_admin_may_reload_and_then_the_new_model_answers_and_the_old_one_is_closed() {
        try (RunningServer server = new RunningServer(() -> new Content(next(), List.of()), settings)) {
            String before = server.send(embedding(server)).body();
            assertThat(server.send(reloading(server, writer)).statusCode()).isEqualTo(403);
            assertThat(opened).hasSize(1);

            HttpResponse<String> reloaded = server.send(reloading(server, admin));

            assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);
            assertThat(RunningServer.object(reloaded).string("model_sha"))
                    .isEqualTo(opened.get(1).description().hash())
                    .isNotEqualTo(opened.get(0).description().hash());
            assertThat(server.send(embedding(server)).body()).isNotEqualTo(before);
            assertThat(isClosed(opened.get(1))).isFalse();
            while (!isClosed(opened.get(0))) {
                Thread.onSpinWait(); // closed by the thread of the reload after its response
            }
        }
        assertThat(isClosed(opened.get(1))).isTrue();
    }

    @Test
    void a_request_under_way_ends_with_the_model_that_it_began_with() throws Exception {
        List<GatedModel> gates = new ArrayList<>();
        Supplier<Content> source = () -> {
            gates.add(new GatedModel(next()));
            return new Content(gates.get(gates.size() - 1), List.of());
        };
        try (RunningServer server = new RunningServer(source::get, settings)) {
            float[] expected = opened.get(0).embed(List.of("tea"), TextRole.TEXT)[0];
            CompletableFuture<HttpResponse<String>> slow =
                    CompletableFuture.supplyAsync(() -> server.send(embedding(server)));
            gates.get(0).awaitBatches(1);

            assertThat(server.send(reloading(server, admin)).statusCode()).isEqualTo(200);
            gates.get(1).letAll();
            String fresh = server.send(embedding(server)).body();
            assertThat(slow).isNotDone();
            gates.get(0).letAll();

            String old = slow.get(60, TimeUnit.SECONDS).body();
            assertThat(old).isNotEqualTo(fresh);
            assertThat(Float.parseFloat(old.substring(2, old.indexOf(',')))).isCloseTo(expected[0], within(1e-5f));
        } finally {
            gates.forEach(GatedModel::letAll);
            opened.forEach(OnnxEmbedder::close);
        }
    }

    @Test
    void what_cannot_be_opened_leaves_the_old_in_its_place() {
        Content.Source source = () -> {
            if (!opened.isEmpty()) {
                throw ChiaroException.model("model: planted.");
            }
            return new Content(next(), List.of());
        };
        try (RunningServer server = new RunningServer(source, settings)) {
            String before = server.send(embedding(server)).body();

            HttpResponse<String> refused = server.send(reloading(server, admin));

            assertThat(refused.statusCode()).isEqualTo(424);
            assertThat(refused.body()).contains("planted");
            assertThat(server.send(embedding(server)).body()).isEqualTo(before);
        }
    }

    @Test
    void without_keys_there_is_no_such_route_and_content_that_cannot_be_served_is_closed() {
        try (RunningServer server =
                new RunningServer(() -> new Content(next(), List.of()), ServerSettings.defaults())) {
            assertThat(server.send(server.request("/v1/reload").POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(404);
        }
        ServerSettings taken = ServerSettings.defaults().withAddress("192.0.2.1", 0);
        assertThatThrownBy(() -> new RunningServer(() -> new Content(next(), List.of()), taken))
                .isInstanceOf(ChiaroException.class);
        assertThat(isClosed(opened.get(1))).isTrue();
    }

    @Test
    void what_a_request_from_before_a_reload_writes_is_found_by_those_after_it() throws Exception {
        OnnxEmbedder model = TinyModel.create(folder.resolve("model"), 1, true);
        opened.add(model);
        Path place = folder.resolve("birds");
        TextIndex.write(place, Stream.of(new Document("first", "", "a bird")), model);
        List<GatedModel> gates = new ArrayList<>();
        List<LiveIndex> indexes = new ArrayList<>();
        Supplier<Content> source = () -> {
            gates.add(new GatedModel(model));
            indexes.add(LiveIndex.open(place));
            return new Content(
                    gates.get(gates.size() - 1), List.of(new ServedIndex("birds", indexes.get(indexes.size() - 1))));
        };
        try (RunningServer server = new RunningServer(source::get, settings)) {
            String documents = "/v1/indexes/birds/documents";
            CompletableFuture<HttpResponse<String>> slow =
                    CompletableFuture.supplyAsync(() -> server.send(server.request(documents)
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + writer.text())
                            .PUT(HttpRequest.BodyPublishers.ofString(
                                    "{\"documents\": [{\"id\": \"second\", \"text\": \"tea\"}]}"))));
            gates.get(0).awaitBatches(1);
            assertThat(server.send(reloading(server, admin)).statusCode()).isEqualTo(200);

            gates.get(0).letAll();

            HttpResponse<String> written = slow.get(60, TimeUnit.SECONDS);
            assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
            HttpResponse<String> found = server.send(
                    server.request(documents + "/second").header("Authorization", "Bearer " + admin.text()));
            assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
        } finally {
            gates.forEach(GatedModel::letAll);
            indexes.forEach(LiveIndex::close);
            opened.forEach(OnnxEmbedder::close);
        }
    }
}
