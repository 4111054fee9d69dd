package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.serve.batch.QueueSettings;
import io.chiaro.serve.http.Raw;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.Limits;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Indexes that are made, dropped and drawn while a server runs. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MadeIndexesTest {

    private static final String INDEXES = "/v1/indexes";

    @TempDir
    Path folder = Path.of("");

    private final Map<Role, String> keys = new EnumMap<>(Role.class);
    private Path shelf = Path.of("");
    private OnnxEmbedder model;
    private LiveIndex named;
    private ServerSettings settings = ServerSettings.defaults().withName("tiny");
    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        TextIndex.write(folder.resolve("named"), Stream.of(new Document("first", "", "a bird in winter")), model);
        named = LiveIndex.open(folder.resolve("named"));
        for (Role role : Role.values()) {
            keys.put(
                    role,
                    KeyFile.openOrCreate(folder.resolve("keys.json"))
                            .add(role.word(), role, Clock.systemUTC())
                            .text());
        }
        shelf = Files.createDirectory(folder.resolve("shelf"));
        settings = settings.withKeys(folder.resolve("keys.json"))
                .withIndexes(shelf)
                .withWork(new QueueSettings(2, 1024, 131_072, Duration.ofSeconds(10)), Limits.defaults());
        server = served();
    }

    @AfterEach
    void stop() {
        server.close();
        named.close();
        model.close();
    }

    private RunningServer served() {
        return new RunningServer(model, List.of(new ServedIndex("named", named)), settings);
    }

    private HttpResponse<String> ask(Role role, String method, String path, Map<String, ?> body) {
        HttpRequest.Builder request = server.request(path)
                .header("Authorization", "Bearer " + keys.get(role))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.line(body)));
        return server.send(body.isEmpty() ? request : request.header("Content-Type", "application/json"));
    }

    private HttpResponse<String> make(String name) {
        return ask(Role.ADMIN, "POST", INDEXES, Map.of("name", name));
    }

    private HttpResponse<String> drop(String name) {
        return ask(Role.ADMIN, "DELETE", INDEXES + "/" + name, Map.of());
    }

    private HttpResponse<String> write(String index, String... ids) {
        return ask(
                Role.WRITE,
                "PUT",
                INDEXES + "/" + index + "/documents",
                Map.of(
                        "documents",
                        Stream.of(ids)
                                .map(id -> Map.of("id", id, "text", "a bird called " + id))
                                .toList()));
    }

    private HttpResponse<String> search(String index) {
        return ask(Role.READ, "POST", INDEXES + "/" + index + "/search", Map.of("query", "a bird", "k", 50));
    }

    private List<String> found(String index) {
        return ok(search(index)).objects("hits").stream()
                .map(hit -> hit.string("id"))
                .sorted()
                .toList();
    }

    private JsonObject entry(String index) {
        return ok(ask(Role.READ, "GET", INDEXES + "/" + index, Map.of()));
    }

    private List<String> names() {
        return ok(ask(Role.READ, "GET", INDEXES, Map.of())).objects("data").stream()
                .map(index -> index.string("name"))
                .toList();
    }

    private List<String> onDisk() throws IOException {
        try (Stream<Path> children = Files.list(shelf)) {
            return children.map(child -> child.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    private static JsonObject ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response);
    }

    private void noMistakes() {
        assertThat(server.log()).noneMatch(line -> line.contains("\"error\":"));
    }

    @Test
    void an_index_is_made_filled_searched_dropped_and_made_again_without_what_it_held() throws IOException {
        HttpResponse<String> made = make("birds");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonObject entry = RunningServer.object(made);
        assertThat(entry.string("name")).isEqualTo("birds");
        assertThat(entry.integer("documents")).isZero();
        assertThat(entry.string("model_hash")).isEqualTo(model.description().hash());
        assertThat(entry.string("engine")).isEqualTo("exact");
        assertThat(entry.bool("droppable")).isTrue();
        assertThat(entry.toMap()).isEqualTo(entry("birds").toMap());
        assertThat(names()).containsExactly("named", "birds");
        assertThat(found("birds")).isEmpty();

        assertThat(write("birds", "robin", "wren").statusCode()).isEqualTo(200);
        assertThat(found("birds")).containsExactly("robin", "wren");
        assertThat(ask(Role.ADMIN, "POST", INDEXES + "/birds/snapshots", Map.of("name", "monday"))
                        .statusCode())
                .isEqualTo(200);

        HttpResponse<String> dropped = drop("birds");
        assertThat(dropped.statusCode()).as(dropped.body()).isEqualTo(204);
        assertThat(dropped.body()).isEmpty();
        assertThat(names()).containsExactly("named");
        assertThat(onDisk()).isEmpty();
        assertThat(search("birds").statusCode()).isEqualTo(404);
        assertThat(write("birds", "late").statusCode()).isEqualTo(404);
        assertThat(drop("birds").statusCode()).isEqualTo(404);

        assertThat(make("birds").statusCode()).isEqualTo(201);
        assertThat(found("birds")).isEmpty();
        assertThat(ok(ask(Role.READ, "GET", INDEXES + "/birds/snapshots", Map.of()))
                        .objects("data"))
                .isEmpty();
        assertThat(write("birds", "owl").statusCode()).isEqualTo(200);
        assertThat(found("birds")).containsExactly("owl");
        noMistakes();
    }

    @Test
    void what_chiaro_index_lets_one_choose_at_the_beginning_can_be_chosen() {
        Map<String, Map<String, ?>> wishes = new HashMap<>();
        wishes.put("exact/none", Map.of("name", "a", "quantise", "none", "engine", "lucene", "sparse", false));
        wishes.put("codes/int8", Map.of("name", "b", "quantise", "int8"));
        wishes.put("codes/binary", Map.of("name", "c", "quantise", "binary"));
        wishes.put("jvector/product", Map.of("name", "d", "engine", "jvector"));
        wishes.forEach((expected, wish) -> {
            HttpResponse<String> made = ask(Role.ADMIN, "POST", INDEXES, wish);
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            String name = String.valueOf(wish.get("name"));
            assertThat(write(name, "robin", "wren").statusCode()).isEqualTo(200);
            assertThat(found(name)).containsExactly("robin", "wren");
            JsonObject entry = entry(name);
            assertThat(entry.string("engine") + "/" + entry.string("quantisation"))
                    .isEqualTo(expected);
        });
        for (Map<String, ?> wrong : List.<Map<String, ?>>of(
                Map.of("name", "x", "quantise", "int9"),
                Map.of("name", "x", "engine", "hnsw"),
                Map.of("name", "x", "engine", "jvector", "quantise", "int8"),
                Map.of("name", "x", "sparse", true),
                Map.of("name", "x", "model", "other"),
                Map.of("name", 7),
                Map.of("quantise", "int8"))) {
            HttpResponse<String> refused = ask(Role.ADMIN, "POST", INDEXES, wrong);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        }
        assertThat(names()).doesNotContain("x");
    }

    @Test
    void only_an_admin_makes_and_drops_and_only_a_writer_draws() throws IOException {
        assertThat(make("birds").statusCode()).isEqualTo(201);
        for (Role role : List.of(Role.READ, Role.WRITE)) {
            assertThat(ask(role, "POST", INDEXES, Map.of("name", "x")).statusCode())
                    .isEqualTo(403);
            assertThat(ask(role, "DELETE", INDEXES + "/birds", Map.of()).statusCode())
                    .isEqualTo(403);
        }
        assertThat(ask(Role.READ, "POST", INDEXES + "/birds/map", Map.of()).statusCode())
                .isEqualTo(403);
        assertThat(server.post(INDEXES, Map.of("name", "x")).statusCode()).isEqualTo(401);
        assertThat(onDisk()).containsExactly("birds");
        try (RunningServer open = new RunningServer(
                model,
                List.of(),
                ServerSettings.defaults().withIndexes(Files.createDirectory(folder.resolve("other"))))) {
            assertThat(open.post(INDEXES, Map.of("name", "x")).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void no_name_and_no_path_leads_out_of_the_folder() throws IOException {
        for (String name : List.of(
                "",
                ".",
                "..",
                "../x",
                "../named",
                "a/b",
                "/x",
                "a\\b",
                "..\\x",
                ".x",
                ".x.part",
                ".lock",
                "-x",
                "x.",
                "x\0",
                "C:x",
                "con",
                "Nul.txt",
                "%2e%2e",
                "ü",
                "a".repeat(65),
                "x".repeat(5000))) {
            HttpResponse<String> refused = make(name);
            assertThat(refused.statusCode()).as(name).isEqualTo(400);
            assertThat(refused.body()).contains("expected the name of an index").doesNotContain(folder.toString());
            assertThat(refused.body().length()).isLessThan(1000);
        }
        for (String path : List.of("..", "%2e%2e", "..%2fnamed", "..%5cnamed", "%00", ".lock", "", "%2e")) {
            assertThat(drop(path).statusCode()).as(path).isBetween(400, 405);
        }
        assertThat(onDisk()).isEmpty();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(one -> one.getFileName().toString()))
                    .containsExactlyInAnyOrder("keys.json", "keys.json.lock", "named", "shelf", "tiny");
        }
        assertThat(found("named")).containsExactly("first");
        noMistakes();
    }

    @Test
    void what_is_there_is_not_made_again_and_what_was_named_at_the_start_is_not_dropped() throws IOException {
        Files.createDirectory(shelf.resolve("notes"));
        assertThat(make("birds").statusCode()).isEqualTo(201);
        for (String name : List.of("birds", "named", "notes")) {
            assertThat(make(name).statusCode()).as(name).isEqualTo(409);
        }

        HttpResponse<String> refused = drop("named");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("named when the server was started");
        assertThat(entry("named").bool("droppable")).isFalse();
        assertThat(found("named")).containsExactly("first");
        assertThat(drop("notes").statusCode()).isEqualTo(404);
        assertThat(onDisk()).containsExactly("birds", "notes");
    }

    @Test
    void a_server_without_the_folder_says_which_option_gives_one() {
        server.close();
        settings = ServerSettings.defaults().withKeys(folder.resolve("keys.json"));
        server = served();

        HttpResponse<String> refused = make("birds");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("--indexes");
        assertThat(drop("named").statusCode()).isEqualTo(409);
        assertThat(drop("birds").statusCode()).isEqualTo(404);
    }

    @Test
    void of_many_who_make_one_name_at_once_exactly_one_does() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "round" + round;
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Integer>> answers = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        return make(name).statusCode();
                    }))
                    .toList();
            go.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (CompletableFuture<Integer> answer : answers) {
                statuses.add(answer.get(60, TimeUnit.SECONDS));
            }
            assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
            assertThat(entry(name).integer("documents")).isZero();
        }
    }

    @Test
    void an_index_that_is_dropped_while_many_use_it_is_answered_or_gone_and_never_a_mistake() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        Set<Integer> statuses = ConcurrentHashMap.newKeySet();
        AtomicInteger searched = new AtomicInteger();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        List<Runnable> uses = List.of(
                () -> {
                    statuses.add(search("birds").statusCode());
                    searched.incrementAndGet();
                },
                () -> {
                    HttpResponse<String> words = ask(
                            Role.READ,
                            "POST",
                            INDEXES + "/birds/search",
                            Map.of("query", "bird", "by", "hybrid", "highlight", true));
                    statuses.add(words.statusCode());
                    searched.incrementAndGet();
                },
                () -> statuses.add(write("birds", "w" + searched.get()).statusCode()),
                () -> statuses.add(
                        ask(Role.ADMIN, "POST", INDEXES + "/birds/snapshots", Map.of("name", "s" + searched.get()))
                                .statusCode()),
                () -> {
                    statuses.add(ask(Role.WRITE, "POST", INDEXES + "/birds/map", Map.of())
                            .statusCode());
                    statuses.add(ask(Role.READ, "GET", INDEXES + "/birds/map", Map.of())
                            .statusCode());
                    statuses.add(ask(Role.READ, "GET", INDEXES, Map.of()).statusCode());
                });
        for (Runnable use : uses) {
            clients.add(CompletableFuture.runAsync(
                    () -> {
                        while (!enough.get()) {
                            use.run();
                        }
                    },
                    work -> {
                        Thread thread = new Thread(work);
                        thread.start();
                    }));
        }
        try {
            for (int round = 0; round < 12; round++) {
                HttpResponse<String> made = make("birds");
                assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
                int before = searched.get();
                while (searched.get() < before + 4 && clients.stream().noneMatch(CompletableFuture::isDone)) {
                    Thread.sleep(1);
                }
                HttpResponse<String> dropped = drop("birds");
                assertThat(dropped.statusCode()).as(dropped.body()).isEqualTo(204);
                // Of what was under way nothing may have begun the folder anew.
                assertThat(onDisk()).isEmpty();
            }
        } finally {
            enough.set(true);
        }
        for (CompletableFuture<Void> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        assertThat(statuses).contains(200, 404).isSubsetOf(200, 202, 404, 409, 429);
        assertThat(onDisk()).isEmpty();
        noMistakes();
    }

    @Test
    void
            a_search_that_waits_for_the_model_while_its_index_is_dropped_and_made_anew_ends_and_writes_nothing_into_the_new()
                    throws Exception {
        server.close();
        GatedModel gate = new GatedModel(model);
        server = new RunningServer(gate, List.of(), settings);
        assertThat(make("birds").statusCode()).isEqualTo(201);
        CompletableFuture<HttpResponse<String>> searching = CompletableFuture.supplyAsync(() -> search("birds"));
        gate.awaitBatches(1);
        CompletableFuture<HttpResponse<String>> writing = CompletableFuture.supplyAsync(() -> write("birds", "old"));
        gate.awaitBatches(1);

        assertThat(drop("birds").statusCode()).isEqualTo(204);
        assertThat(make("birds").statusCode()).isEqualTo(201);
        gate.letAll();

        // A search has its snapshot; what would change the index finds that it is another.
        assertThat(searching.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(writing.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
        assertThat(found("birds")).isEmpty();
        noMistakes();
    }

    @Test
    void a_server_that_starts_again_serves_what_was_made_and_not_what_was_dropped() throws IOException {
        make("birds");
        make("trees");
        make("fish");
        write("birds", "robin");
        drop("fish");
        assertThat(server.server().drain(Duration.ofSeconds(30))).isTrue();
        server.close();
        // What kills leave: one half made, one whole but for its name, one half dropped.
        Files.createDirectory(shelf.resolve(".half.part"));
        Files.writeString(shelf.resolve(".half.part/_0.cfs"), "half");
        TextIndex.write(shelf.resolve(".whole.part"), Stream.of(new Document("x", "", "x")), model);
        Files.createDirectory(shelf.resolve("unfinished"));
        Files.writeString(shelf.resolve("README"), "not an index");

        server = served();

        assertThat(names()).containsExactly("named", "birds", "trees");
        assertThat(found("birds")).containsExactly("robin");
        assertThat(onDisk()).containsExactly("README", "birds", "trees", "unfinished");
        assertThat(make("half").statusCode()).isEqualTo(201);
        assertThat(drop("birds").statusCode()).isEqualTo(204);
        noMistakes();
    }

    @Test
    void a_folder_that_cannot_be_served_ends_the_start_and_says_why() throws IOException {
        server.close();
        try (OnnxEmbedder other = TinyModel.create(folder.resolve("other"), 2, true)) {
            TextIndex.write(shelf.resolve("strange"), Stream.of(new Document("x", "", "x")), other);
        }
        assertThatThrownBy(this::served)
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                .hasMessageContaining("strange");
        Files.move(shelf.resolve("strange"), folder.resolve("strange"));
        TextIndex.write(shelf.resolve("named"), Stream.of(new Document("x", "", "x")), model);
        assertThatThrownBy(this::served)
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("--indexes")
                .hasMessageContaining("different names");
        settings = settings.withIndexes(folder.resolve("missing"));
        assertThatThrownBy(this::served).isInstanceOf(ChiaroException.class).hasMessageContaining("Make the folder");
        settings = settings.withIndexes(folder.resolve("named"));
        assertThatThrownBy(this::served).isInstanceOf(ChiaroException.class).hasMessageContaining("found an index");
    }

    @Test
    void an_index_that_another_process_writes_is_not_dropped_and_served_on() {
        make("birds");
        write("birds", "robin");
        assertThat(ask(Role.ADMIN, "DELETE", INDEXES + "/birds", Map.of("x", 1)).statusCode())
                .as("a body")
                .isEqualTo(400);
        server.close();
        server = served();
        try (TextIndexWriter other = TextIndexWriter.open(shelf.resolve("birds"))) {
            HttpResponse<String> busy = drop("birds");
            assertThat(busy.statusCode()).isEqualTo(503);
            assertThat(busy.headers().firstValue("Retry-After")).isPresent();
            assertThat(busy.body()).doesNotContain(folder.toString());
            assertThat(found("birds")).containsExactly("robin");
        }
        assertThat(write("birds", "wren").statusCode()).isEqualTo(200);
        assertThat(found("birds")).containsExactly("robin", "wren");
        assertThat(drop("birds").statusCode()).isEqualTo(204);
    }

    @Test
    void an_answer_without_content_leaves_the_connection_to_the_next_request() throws IOException {
        make("birds");
        String head = " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + keys.get(Role.ADMIN) + "\r\n\r\n";
        try (Raw raw = new Raw(server.server().address())) {
            raw.send(("DELETE /v1/indexes/birds" + head).getBytes(StandardCharsets.ISO_8859_1));
            String dropped = raw.responseWithoutBody();
            assertThat(dropped).startsWith("HTTP/1.1 204").doesNotContain("Content-Length");
            raw.send(("GET /health" + head).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(raw.response()).startsWith("HTTP/1.1 200");
        }
    }

    /** A server that opens its model anew at each reload. */
    private void startReloadable(List<GatedModel> gates) {
        server.close();
        Content.Source source = () -> {
            GatedModel gate = new GatedModel(model);
            gates.add(gate);
            return new Content(gate, List.of());
        };
        server = new RunningServer(source, settings);
    }

    private void reload() {
        assertThat(ask(Role.ADMIN, "POST", "/v1/reload", Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    void what_is_made_and_dropped_stays_so_through_a_reload_and_old_requests_end() throws Exception {
        List<GatedModel> gates = new ArrayList<>();
        startReloadable(gates);
        make("kept");
        make("dropped");
        // One after the other: texts that come together are one batch.
        CompletableFuture<HttpResponse<String>> searching = CompletableFuture.supplyAsync(() -> search("dropped"));
        gates.get(0).awaitBatches(1);
        CompletableFuture<HttpResponse<String>> writing = CompletableFuture.supplyAsync(() -> write("dropped", "old"));
        gates.get(0).awaitBatches(1);
        TextIndex.write(shelf.resolve("brought"), Stream.of(new Document("b", "", "a bird")), model);

        reload();
        gates.get(1).letAll();

        assertThat(names()).containsExactly("brought", "dropped", "kept");
        assertThat(found("brought")).containsExactly("b");
        assertThat(write("kept", "robin").statusCode()).isEqualTo(200);
        assertThat(drop("dropped").statusCode()).isEqualTo(204);
        assertThat(make("late").statusCode()).isEqualTo(201);
        gates.get(0).letAll();
        assertThat(searching.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(writing.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
        assertThat(onDisk()).containsExactly("brought", "kept", "late");

        reload();
        gates.get(2).letAll();
        assertThat(names()).containsExactly("brought", "kept", "late");
        assertThat(found("kept")).containsExactly("robin");
        noMistakes();
    }

    @Test
    void while_clients_make_and_drop_reloads_lose_none_and_bring_none_back() throws Exception {
        List<GatedModel> gates = new ArrayList<>();
        startReloadable(gates);
        AtomicBoolean enough = new AtomicBoolean();
        Set<String> kept = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> clients = IntStream.range(0, 3)
                .mapToObj(client -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; !enough.get(); i++) {
                        String name = "c" + client + "-" + i;
                        assertThat(make(name).statusCode()).isEqualTo(201);
                        assertThat(entry(name).integer("documents")).isZero();
                        if (i % 3 == 0) {
                            kept.add(name);
                        } else {
                            assertThat(drop(name).statusCode()).isEqualTo(204);
                            assertThat(search(name).statusCode()).isEqualTo(404);
                        }
                    }
                }))
                .toList();
        try {
            for (int i = 0; i < 6; i++) {
                reload();
                Thread.sleep(30);
            }
        } finally {
            enough.set(true);
        }
        for (CompletableFuture<Void> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        assertThat(names()).containsExactlyInAnyOrderElementsOf(kept);
        assertThat(onDisk()).containsExactlyInAnyOrderElementsOf(kept);
        noMistakes();
    }

    private JsonObject drawn(String index) throws InterruptedException {
        while (entry(index).has("map_drawing")) {
            assertThat(entry(index).string("map_drawing", "under-way")).isEqualTo("under-way");
            Thread.sleep(5);
        }
        return ok(ask(Role.READ, "GET", INDEXES + "/" + index + "/map", Map.of()));
    }

    @Test
    void a_map_is_drawn_behind_the_answer_as_the_command_line_draws_it() throws Exception {
        make("birds");
        String map = INDEXES + "/birds/map";
        HttpResponse<String> none = ask(Role.READ, "GET", map, Map.of());
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("POST");
        write("birds", IntStream.range(0, 60).mapToObj(i -> "b" + i).toArray(String[]::new));

        HttpResponse<String> begun = ask(Role.WRITE, "POST", map, Map.of());

        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        assertThat(RunningServer.object(begun).string("name")).isEqualTo("birds");
        JsonObject drawn = drawn("birds");
        assertThat(drawn.bool("stale")).isFalse();
        assertThat(drawn.strings("ids")).hasSize(60);
        assertThat(entry("birds").bool("map")).isTrue();
        try (TextIndex index = TextIndex.open(shelf.resolve("birds"))) {
            assertThat(drawn.integers("x")).isEqualTo(ofLongs(index.layMap(42).x()));
        }
        write("birds", "another");
        assertThat(ok(ask(Role.READ, "GET", map, Map.of())).bool("stale")).isTrue();
        ask(Role.WRITE, "POST", map, Map.of());
        assertThat(drawn("birds").strings("ids")).hasSize(61);
        // One that was named at the start is drawn as well.
        assertThat(ask(Role.WRITE, "POST", INDEXES + "/named/map", Map.of()).statusCode())
                .isEqualTo(202);
        assertThat(drawn("named").strings("ids")).containsExactly("first");
        assertThat(ask(Role.WRITE, "POST", INDEXES + "/nobody/map", Map.of()).statusCode())
                .isEqualTo(404);
        noMistakes();
    }

    private static List<Long> ofLongs(List<Integer> whole) {
        return whole.stream().map(Integer::longValue).toList();
    }

    @Test
    void one_map_is_drawn_at_a_time_and_none_comes_to_an_index_that_was_dropped_meanwhile() throws Exception {
        make("large");
        for (int part = 0; part < 3; part++) {
            int from = part * 1000;
            assertThat(write(
                                    "large",
                                    IntStream.range(from, from + 1000)
                                            .mapToObj(i -> "b" + i)
                                            .toArray(String[]::new))
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(RunningServer.object(ask(Role.WRITE, "POST", INDEXES + "/large/map", Map.of()))
                        .string("map_drawing"))
                .isEqualTo("under-way");

        HttpResponse<String> second = ask(Role.WRITE, "POST", INDEXES + "/named/map", Map.of());
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
        assertThat(drop("large").statusCode()).isEqualTo(204);
        assertThat(make("large").statusCode()).isEqualTo(201);
        assertThat(entry("large").has("map_drawing")).isFalse();
        while (ask(Role.WRITE, "POST", INDEXES + "/named/map", Map.of()).statusCode() == 429) {
            Thread.sleep(10);
        }
        assertThat(entry("large").bool("map")).isFalse();
        drawn("named");
        noMistakes();
    }

    @Test
    void a_map_that_cannot_be_kept_says_so_and_another_may_be_drawn() throws Exception {
        make("birds");
        write("birds", "robin");
        Path inTheWay = Files.createDirectories(shelf.resolve("birds/map.json/x"));

        assertThat(ask(Role.WRITE, "POST", INDEXES + "/birds/map", Map.of()).statusCode())
                .isEqualTo(202);
        while (!entry("birds").string("map_drawing", "").equals("failed")) {
            Thread.sleep(5);
        }
        while (server.log().stream().noneMatch(line -> line.contains("a map could not be drawn"))) {
            Thread.sleep(5);
        }

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        assertThat(ask(Role.WRITE, "POST", INDEXES + "/birds/map", Map.of()).statusCode())
                .isEqualTo(202);
        assertThat(drawn("birds").strings("ids")).containsExactly("robin");
    }

    @Test
    void a_server_that_ends_while_a_map_is_drawn_does_not_wait_for_it() throws Exception {
        make("large");
        for (int part = 0; part < 3; part++) {
            int from = part * 1000;
            write(
                    "large",
                    IntStream.range(from, from + 1000).mapToObj(i -> "b" + i).toArray(String[]::new));
        }
        ask(Role.WRITE, "POST", INDEXES + "/large/map", Map.of());
        assertThat(server.server().drain(Duration.ofSeconds(60))).isTrue();
        server.close();
        assertThat(shelf.resolve("large/map.json")).doesNotExist();

        server = served();
        assertThat(entry("large").integer("documents")).isEqualTo(3000);
        assertThat(entry("large").has("map_drawing")).isFalse();
    }
}
