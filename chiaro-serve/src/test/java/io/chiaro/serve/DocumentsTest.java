package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.StoredText;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents come, change and go over HTTP. */
class DocumentsTest {

    private static final String DOCUMENTS = "/v1/indexes/birds/documents";
    private static final String SEARCH = "/v1/indexes/birds/search";

    @TempDir
    Path folder = Path.of("");

    private OnnxEmbedder model;
    private LiveIndex live;
    private RunningServer server;
    private String reader = "";
    private String writer = "";

    @BeforeEach
    void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        TextIndex.write(folder.resolve("birds"), Stream.of(new Document("first", "", "a bird in winter")), model);
        live = LiveIndex.open(folder.resolve("birds"));
        Path keys = folder.resolve("keys.json");
        reader = key(keys, Role.READ);
        writer = key(keys, Role.WRITE);
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

    static String key(Path keys, Role role) {
        return KeyFile.openOrCreate(keys)
                .add(role.word(), role, Clock.systemUTC())
                .text();
    }

    private HttpResponse<String> ask(String key, String method, String path, String body) {
        HttpRequest.Builder request = server.request(path)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return server.send(key.isEmpty() ? request : request.header("Authorization", "Bearer " + key));
    }

    private static JsonObject good(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response);
    }

    private static String documents(Map<?, ?>... documents) {
        return Json.line(Map.of("documents", List.of(documents)));
    }

    @Test
    void what_was_answered_is_on_the_disk_is_found_and_shown_and_has_the_vector_of_the_model() {
        String body = documents(
                Map.of("id", "b c", "title", "Tea", "text", "in a cold harbour", "metadata", Map.of("year", 2020)),
                Map.of("id", "first", "text", "another bird"));
        JsonObject written = good(ask(writer, "PUT", DOCUMENTS, body));

        assertThat(written.integer("written")).isEqualTo(2);
        assertThat(written.integer("documents")).isEqualTo(2);
        try (TextIndex onDisk = TextIndex.open(folder.resolve("birds"))) {
            assertThat(onDisk.find("first").map(StoredText::text)).contains("another bird");
            assertThat(good(ask(reader, "GET", DOCUMENTS + "/b%20c", "")).string("title"))
                    .isEqualTo("Tea");
            assertThat(good(ask(reader, "GET", DOCUMENTS + "/first", "")).has("title"))
                    .isFalse();
            assertThat(good(ask(reader, "POST", SEARCH, "{\"query\": \"tea in a harbour\", \"k\": 1}"))
                            .objects("hits"))
                    .singleElement()
                    .satisfies(hit -> assertThat(hit.string("title")).isEqualTo("Tea"));
            List<TextHit> hits = onDisk.search("tea in a harbour", model, 2);
            assertThat(good(ask(reader, "POST", SEARCH, "{\"query\": \"tea in a harbour\"}"))
                            .objects("hits"))
                    .map(hit -> hit.string("id"))
                    .isEqualTo(hits.stream().map(TextHit::id).toList());
            // As if the same documents had been indexed from a file.
            TextIndex.write(
                    folder.resolve("file"),
                    Stream.of(
                            new Document("b c", "Tea", "in a cold harbour"), new Document("first", "", "another bird")),
                    model);
            try (TextIndex file = TextIndex.open(folder.resolve("file"))) {
                assertThat(file.search("tea in a harbour", model, 2))
                        .map(TextHit::score)
                        .isEqualTo(hits.stream().map(TextHit::score).toList());
            }
        }
        JsonObject shown = good(ask(reader, "GET", DOCUMENTS + "/b%20c", ""));
        assertThat(shown.string("id")).isEqualTo("b c");
        assertThat(shown.string("text")).isEqualTo("Tea in a cold harbour");
        assertThat(shown.object("metadata").integer("year")).isEqualTo(2020);

        assertThat(good(ask(writer, "DELETE", DOCUMENTS + "/b%20c", "")).integer("deleted"))
                .isEqualTo(1);
        assertThat(ask(writer, "DELETE", DOCUMENTS + "/b%20c", "").statusCode()).isEqualTo(404);
        assertThat(ask(reader, "GET", DOCUMENTS + "/b%20c", "").statusCode()).isEqualTo(404);
        assertThat(good(ask(reader, "GET", "/v1/indexes/birds", "")).integer("documents"))
                .isEqualTo(1);
    }

    @Test
    void only_a_key_of_the_role_write_changes_documents() {
        String body = documents(Map.of("id", "x", "text", "y"));
        for (String method : List.of("PUT", "POST")) {
            assertThat(ask("", method, DOCUMENTS, body).statusCode()).isEqualTo(401);
            assertThat(ask(reader, method, DOCUMENTS, body).statusCode()).isEqualTo(403);
            assertThat(ask(writer, method, DOCUMENTS, body).statusCode()).isEqualTo(200);
        }
        assertThat(ask(reader, "DELETE", DOCUMENTS + "/x", "").statusCode()).isEqualTo(403);
        assertThat(ask(reader, "GET", DOCUMENTS + "/x", "").statusCode()).isEqualTo(200);
        try (RunningServer open =
                new RunningServer(model, List.of(new ServedIndex("birds", live)), ServerSettings.defaults())) {
            assertThat(open.post(DOCUMENTS, body).statusCode()).isEqualTo(403);
            assertThat(open.get(DOCUMENTS + "/x").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void documents_that_are_not_whole_are_refused_and_none_of_their_request_is_written() {
        String good = "{\"id\": \"good\", \"text\": \"x\"}";
        for (String wrong : List.of(
                "{\"id\": \"a\"}",
                "{\"text\": \"a\"}",
                "{\"id\": \"good\", \"text\": \"twice\"}",
                "{\"id\": \"\", \"text\": \"a\"}",
                "{\"id\": 7, \"text\": \"a\"}",
                "{\"id\": \"a\", \"txt\": \"a\"}",
                "{\"id\": \"a\", \"text\": \"a\", \"metadata\": {\"b\": {}}}",
                "{\"id\": \"a\", \"text\": \"a\", \"metadata\": {\"b c\": 1}}",
                "{\"id\": \"" + "x".repeat(2000) + "\", \"text\": \"a\"}",
                "[]")) {
            HttpResponse<String> response =
                    ask(writer, "PUT", DOCUMENTS, "{\"documents\": [" + good + ", " + wrong + "]}");
            assertThat(response.statusCode()).as(wrong).isEqualTo(400);
            assertThat(response.body()).doesNotContain(folder.toString());
        }
        assertThat(ask(writer, "PUT", DOCUMENTS, "{\"documents\": []}").statusCode())
                .isEqualTo(400);
        assertThat(ask(writer, "PUT", "/v1/indexes/brids/documents", documents(Map.of("id", "a", "text", "b")))
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(reader, "GET", DOCUMENTS + "/good", "").statusCode()).isEqualTo(404);
    }

    @Test
    void filters_facets_and_passages_come_with_a_search_where_asked_for() {
        good(ask(
                writer,
                "POST",
                DOCUMENTS,
                documents(
                        Map.of("id", "a", "text", "Tea is cold.", "metadata", Map.of("year", 2020, "topic", "tea")),
                        Map.of(
                                "id",
                                "b",
                                "text",
                                "Birds drink tea.",
                                "metadata",
                                Map.of("year", 2021, "topic", "bird")),
                        Map.of("id", "c", "text", "Bread.", "metadata", Map.of("year", 2021)))));
        JsonObject found = good(ask(
                reader,
                "POST",
                SEARCH,
                "{\"query\": \"teas\", \"filter\": {\"field\": \"year\", \"at_least\": 2021}, \"facets\": [\"topic\", \"year\"],"
                        + " \"highlight\": true}"));
        assertThat(found.objects("hits")).map(hit -> hit.string("id")).containsExactlyInAnyOrder("b", "c");
        assertThat(found.objects("hits")).allMatch(hit -> hit.object("metadata").integer("year") == 2021);
        assertThat(found.object("facets").objects("year").get(0).integer("documents"))
                .isEqualTo(2);
        for (JsonObject hit : found.objects("hits")) {
            String text = hit.objects("passages").stream()
                    .flatMap(passage -> passage.objects("pieces").stream())
                    .map(piece -> piece.bool("match") ? "<" + piece.string("text") + ">" : piece.string("text"))
                    .collect(Collectors.joining());
            assertThat(text).isEqualTo(hit.string("id").equals("b") ? "Birds drink <tea>." : "");
        }
        String explained = "{\"query\": \"drink tea\", \"id\": \"a\"%s}";
        String route = SEARCH.replace("/search", "/explain");
        assertThat(good(ask(reader, "POST", route, explained.formatted("")))
                        .object("words")
                        .integer("rank"))
                .isEqualTo(2);
        assertThat(good(ask(
                                reader,
                                "POST",
                                route,
                                explained.formatted(", \"filter\": {\"field\": \"topic\", \"equal\": \"tea\"}")))
                        .object("words")
                        .integer("rank"))
                .as("among the documents that meet the filter")
                .isEqualTo(1);
        JsonObject words =
                good(ask(reader, "POST", SEARCH, "{\"query\": \"tea\", \"by\": \"words\", \"facets\": [\"topic\"]}"));
        assertThat(words.object("facets").objects("topic"))
                .map(count -> count.string("value"))
                .containsExactly("bird", "tea");
        for (String wrong : List.of(
                "\"filter\": {}",
                "\"filter\": 7",
                "\"filter\": {\"field\": \"yaer\", \"equal\": 1}",
                "\"facets\": [\"nothing\"]",
                "\"facets\": \"topic\"",
                "\"highlight\": \"yes\"")) {
            HttpResponse<String> response = ask(reader, "POST", SEARCH, "{\"query\": \"tea\", " + wrong + "}");
            assertThat(response.statusCode()).as(wrong).isEqualTo(400);
            assertThat(response.body()).doesNotContain(folder.toString());
        }
    }

    @Test
    void before_any_document_has_metadata_a_filter_finds_nothing_and_a_facet_counts_nothing() {
        String query =
                "{\"query\": \"tea\", \"filter\": {\"field\": \"year\", \"at_least\": 2020}, \"facets\": [\"topic\"]}";
        for (int round = 0; round < 2; round++) {
            JsonObject found = good(ask(reader, "POST", SEARCH, query));
            assertThat(found.objects("hits")).isEmpty();
            assertThat(found.object("facets").toMap().keySet()).containsExactly("topic");
            good(ask(writer, "POST", "/v1/indexes/birds/delete", "{\"ids\": [\"first\"]}"));
        }
        good(ask(
                writer,
                "PUT",
                DOCUMENTS,
                documents(Map.of("id", "a", "text", "Tea.", "metadata", Map.of("yaer", 2020, "topic", "tea")))));
        HttpResponse<String> refused = ask(reader, "POST", SEARCH, query);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Did you mean \\\"yaer\\\"?");
    }

    @Test
    void many_clients_write_at_once_and_each_sees_its_own() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int client = 0; client < 6; client++) {
                String name = "c" + client + "-";
                all.add(CompletableFuture.runAsync(
                        () -> IntStream.range(0, 8).forEach(i -> {
                            good(ask(writer, "PUT", DOCUMENTS, documents(Map.of("id", name + i, "text", "tea " + i))));
                            good(ask(reader, "GET", DOCUMENTS + "/" + name + i, ""));
                        }),
                        pool));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        } finally {
            pool.shutdownNow();
        }
        try (TextIndex onDisk = TextIndex.open(folder.resolve("birds"))) {
            assertThat(onDisk.description().documents()).isEqualTo(49);
        }
    }

    @Test
    void several_documents_are_deleted_at_once_whatever_their_ids() {
        good(ask(
                writer, "PUT", DOCUMENTS, documents(Map.of("id", "a/b", "text", "x"), Map.of("id", "?", "text", "y"))));

        String body = "{\"ids\": [\"a/b\", \"?\", \"nobody\", \"?\"]}";
        assertThat(ask(reader, "POST", "/v1/indexes/birds/delete", body).statusCode())
                .isEqualTo(403);
        assertThat(good(ask(writer, "POST", "/v1/indexes/birds/delete", body)).integer("deleted"))
                .isEqualTo(2);
        try (TextIndex onDisk = TextIndex.open(folder.resolve("birds"))) {
            assertThat(onDisk.description().documents()).isEqualTo(1);
        }
    }

    @Test
    void what_meets_a_filter_is_deleted_and_counted_and_an_empty_filter_deletes_nothing() {
        String route = "/v1/indexes/birds/delete";
        good(ask(
                writer,
                "PUT",
                DOCUMENTS,
                documents(
                        Map.of("id", "a", "text", "x", "metadata", Map.of("year", 2020)),
                        Map.of("id", "b", "text", "y", "metadata", Map.of("year", 2021)),
                        Map.of("id", "c", "text", "z", "metadata", Map.of("year", 2022)))));
        for (String wrong : List.of(
                "{\"filter\": {}}",
                "{\"filter\": {\"and\": []}}",
                "{\"filter\": null}",
                "{}",
                "{\"filter\": {\"not\": {}}}",
                "{\"filter\": {\"not\": {\"field\": \"yaer\", \"equal\": 1}}}",
                "{\"ids\": [\"a\"], \"filter\": {\"field\": \"year\", \"equal\": 2020}}")) {
            assertThat(ask(writer, "POST", route, wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        String recent = "{\"filter\": {\"field\": \"year\", \"at_least\": 2021}}";
        assertThat(ask(reader, "POST", route, recent).statusCode()).isEqualTo(403);
        assertThat(good(ask(writer, "POST", route, recent)).integer("deleted")).isEqualTo(2);
        assertThat(good(ask(writer, "POST", route, recent)).integer("deleted")).isZero();
        try (TextIndex onDisk = TextIndex.open(folder.resolve("birds"))) {
            assertThat(onDisk.description().documents()).isEqualTo(2);
            assertThat(onDisk.find("a")).isPresent();
            assertThat(onDisk.find("first")).isPresent();
        }
    }

    @Test
    void a_facet_has_as_many_values_as_are_asked_for_and_says_how_many_are_left_off() {
        List<Map<String, ?>> many = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            many.add(Map.of("id", "d" + i, "text", "tea", "metadata", Map.of("author", "a" + i)));
        }
        good(ask(writer, "PUT", DOCUMENTS, documents(many.toArray(Map<?, ?>[]::new))));
        String search = "{\"query\": \"tea\", \"facets\": [\"author\"]%s}";
        JsonObject usual = good(ask(reader, "POST", SEARCH, search.formatted("")));
        assertThat(usual.object("facets").objects("author")).hasSize(20);
        assertThat(usual.object("others").integer("author")).isEqualTo(10);
        JsonObject all = good(ask(reader, "POST", SEARCH, search.formatted(", \"facet_size\": 30")));
        assertThat(all.object("facets").objects("author")).hasSize(30);
        assertThat(all.object("others").integer("author")).isZero();
        for (String wrong : List.of("0", "1001", "-1", "\"all\"")) {
            assertThat(ask(reader, "POST", SEARCH, search.formatted(", \"facet_size\": " + wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(ask(reader, "POST", SEARCH, "{\"query\": \"tea\", \"facet_size\": 5}")
                        .body())
                .contains("means nothing without");
    }

    @Test
    void every_limit_that_is_shown_is_the_one_that_is_held() {
        JsonObject info = good(ask(reader, "GET", "/info", ""));
        int characters = info.integer("max_query_characters");
        held(characters, n -> search(Map.of("query", "x".repeat(n), "by", "words")));
        held(info.integer("max_hits"), n -> search(Map.of("query", "tea", "k", n)));
        held(info.integer("max_facets"), n -> search(Map.of("query", "tea", "facets", Collections.nCopies(n, "a"))));
        held(
                info.integer("max_facet_size"),
                n -> search(Map.of("query", "tea", "facets", List.of("a"), "facet_size", n)));
        held(
                info.integer("max_filter_values"),
                n -> search(
                        Map.of("query", "tea", "filter", Map.of("field", "a", "one_of", Collections.nCopies(n, "b")))));
        held(
                info.integer("max_neighbours"),
                n -> ask(
                        reader,
                        "POST",
                        SEARCH.replace("/search", "/explain"),
                        Json.line(Map.of("query", "tea", "id", "first", "neighbours", n))));
        Map<String, Object> filter = Map.of("field", "a", "equal", "b");
        Map<String, Object> deep = filter;
        for (int i = 0; i < info.integer("max_filter_levels"); i++) {
            deep = Map.of("not", deep);
        }
        assertThat(search(Map.of("query", "tea", "filter", deep)).statusCode()).isEqualTo(200);
        assertThat(search(Map.of("query", "tea", "filter", Map.of("not", deep))).statusCode())
                .isEqualTo(400);
        held(info.integer("max_id_bytes"), n -> write(Map.of("id", "x".repeat(n), "text", "y")));
        held(
                info.integer("max_metadata_names"),
                n -> write(Map.of(
                        "id",
                        "m",
                        "text",
                        "y",
                        "metadata",
                        IntStream.range(0, n).boxed().collect(Collectors.toMap(i -> "name" + i, i -> i)))));
        held(
                info.integer("max_metadata_texts"),
                n -> write(Map.of("id", "m", "text", "y", "metadata", Map.of("a", Collections.nCopies(n, "b")))));
        held(
                info.integer("max_metadata_value_bytes"),
                n -> write(Map.of("id", "m", "text", "y", "metadata", Map.of("a", "b".repeat(n)))));
        assertThat(info.integer("max_index_metadata_names")).isEqualTo(1000);
        assertThat(info.integer("max_indexes")).isEqualTo(1000);
    }

    /** So many are answered and one more is refused. */
    private static void held(int limit, IntFunction<HttpResponse<String>> asking) {
        assertThat(asking.apply(limit).statusCode())
                .as("%d: %s", limit, asking.apply(limit).body())
                .isEqualTo(200);
        assertThat(asking.apply(limit + 1).statusCode())
                .as("one more than %d", limit)
                .isIn(400, 413);
    }

    private HttpResponse<String> search(Map<String, ?> body) {
        return ask(reader, "POST", SEARCH, Json.line(body));
    }

    private HttpResponse<String> write(Map<String, ?> document) {
        return ask(writer, "PUT", DOCUMENTS, documents(document));
    }

    @Test
    void while_another_process_writes_a_client_is_told_to_wait() {
        String body = documents(Map.of("id", "x", "text", "y"));
        try (TextIndexWriter other = TextIndexWriter.open(folder.resolve("birds"))) {
            HttpResponse<String> response = ask(writer, "PUT", DOCUMENTS, body);
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
            assertThat(response.body()).doesNotContain(folder.toString());
            other.delete(List.of("first"));
            other.commit();
        }
        assertThat(ask(writer, "PUT", DOCUMENTS, body).statusCode()).isEqualTo(200);
        assertThat(good(ask(reader, "GET", "/v1/indexes/birds", "")).integer("documents"))
                .isEqualTo(1);
    }
}
