package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.Fusion;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.Raw;
import io.chiaro.serve.route.Limits;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {

    private static final List<String> WORDS = List.of("harbour", "tea", "cold", "winter", "bird", "song", "bread");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static LiveIndex live;
    private static TextIndex index;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        TextIndex.write(
                folder.resolve("birds"),
                IntStream.range(0, 49)
                        .mapToObj(
                                i -> new Document("d" + i, "", WORDS.get(i / 7) + " and \"" + WORDS.get(i % 7) + "\"")),
                model);
        live = LiveIndex.open(folder.resolve("birds"));
        index = live.snapshot();
        server = new RunningServer(
                model,
                List.of(new ServedIndex("birds", live), new ServedIndex("two words", live)),
                ServerSettings.defaults());
    }

    @AfterAll
    static void stop() {
        server.close();
        index.close();
        live.close();
        model.close();
    }

    @Test
    void a_search_gives_what_the_index_gives() {
        HttpResponse<String> response =
                server.post("/v1/indexes/birds/search", Map.of("query", "a bird and its song", "k", 4));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<JsonObject> hits = RunningServer.object(response).objects("hits");
        List<TextHit> expected = index.search("a bird and its song", model, 4);
        assertThat(hits).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(hits.get(i).string("id")).isEqualTo(expected.get(i).id());
            assertThat(hits.get(i).string("text")).isEqualTo(expected.get(i).text());
            assertThat(hits.get(i).number("score")).isCloseTo(expected.get(i).score(), within(1e-5));
        }
        assertThat(RunningServer.object(server.post("/v1/indexes/birds/search", Map.of("query", "tea")))
                        .objects("hits"))
                .hasSize(10);
    }

    @Test
    void a_search_by_words_or_by_both_gives_what_the_index_gives() {
        String query = "a \"bird\" and bread";
        List<TextHit> words = index.searchWords(query, 5);
        List<TextHit> ranks = index.searchHybrid(query, model, Fusion.RANKS, 0.25, 5);
        List<TextHit> scores = index.searchHybrid(query, model, Fusion.SCORES, 0.5, 5);

        assertThat(hits(Map.of("query", query, "k", 5, "by", "words"))).isEqualTo(words);
        assertThat(hits(Map.of("query", query, "k", 5, "by", "hybrid"))).isEqualTo(scores);
        assertThat(hits(Map.of("query", query, "k", 5, "by", "hybrid", "fusion", "ranks", "vector_weight", 0.25)))
                .isEqualTo(ranks)
                .isNotEqualTo(scores);
    }

    @Test
    void pages_of_hits_together_are_the_hits_of_one_search() {
        for (String by : List.of("vectors", "words", "hybrid")) {
            Map<String, Object> whole = Map.of("query", "a bird and bread", "by", by, "k", 12);
            List<TextHit> first = hits(Map.of("query", "a bird and bread", "by", by, "k", 5, "from", 0));
            List<TextHit> second = hits(Map.of("query", "a bird and bread", "by", by, "k", 7, "from", 5));

            assertThat(Stream.concat(first.stream(), second.stream()).toList())
                    .as(by)
                    .isEqualTo(hits(whole));
        }
        assertThat(hits(Map.of("query", "tea", "by", "words", "from", 500))).isEmpty();
        for (int from : new int[] {-1, 991}) {
            HttpResponse<String> refused =
                    server.post("/v1/indexes/birds/search", Map.of("query", "tea", "k", 10, "from", from));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("from").contains("990");
        }
    }

    @Test
    void an_answer_holds_only_so_much_text_whatever_is_asked_for() {
        Limits limits = Limits.defaults().withAnswerCharacters(60);
        try (RunningServer small = new RunningServer(
                model,
                List.of(new ServedIndex("birds", live)),
                ServerSettings.defaults().withWork(ServerSettings.defaults().queue(), limits))) {
            for (String by : List.of("vectors", "words", "hybrid")) {
                Map<String, Object> few = Map.of("query", "bird", "k", 2, "by", by);
                assertThat(small.post("/v1/indexes/birds/search", few).statusCode())
                        .isEqualTo(200);
                HttpResponse<String> much =
                        small.post("/v1/indexes/birds/search", Map.of("query", "bird", "k", 12, "by", by));
                assertThat(much.statusCode()).as(by).isEqualTo(400);
                assertThat(much.body()).contains("at most 60 characters together", "fewer hits");
            }
            assertThat(RunningServer.object(small.get("/info")).integer("max_answer_characters"))
                    .isEqualTo(60);
        }
    }

    @Test
    void a_text_is_cut_where_the_request_says_at_a_whole_character_and_only_what_is_given_counts() {
        Path place = folder.resolve("long");
        TextIndex.write(
                place,
                Stream.of(
                        new Document("face", "Tea", "1234\uD83D\uDE00 tea"),
                        new Document("long", "", "tea first. " + "x ".repeat(5_000) + "tea last."),
                        new Document("short", "", "cold tea")),
                model);
        Limits limits = Limits.defaults().withAnswerCharacters(60);
        try (LiveIndex texts = LiveIndex.open(place);
                RunningServer small = new RunningServer(
                        model,
                        List.of(new ServedIndex("long", texts)),
                        ServerSettings.defaults()
                                .withWork(ServerSettings.defaults().queue(), limits))) {
            for (String by : List.of("vectors", "words", "hybrid")) {
                Map<String, Object> asked = Map.of("query", "tea", "by", by, "text_characters", 9, "highlight", true);
                HttpResponse<String> response = small.post("/v1/indexes/long/search", asked);
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                List<JsonObject> hits = RunningServer.object(response).objects("hits");

                assertThat(of(hits, "face").string("text")).isEqualTo("Tea 1234");
                assertThat(of(hits, "face").string("title")).isEqualTo("Tea");
                assertThat(of(hits, "face").bool("cut")).isTrue();
                assertThat(of(hits, "long").string("text")).isEqualTo("tea first");
                assertThat(of(hits, "long").objects("passages")).hasSize(1);
                assertThat(of(hits, "short").string("text")).isEqualTo("cold tea");
                assertThat(of(hits, "short").has("cut")).isFalse();
            }
            assertThat(small.post("/v1/indexes/long/search", Map.of("query", "tea", "k", 3))
                            .statusCode())
                    .as("whole texts")
                    .isEqualTo(400);
            Map<String, Object> why = Map.of("query", "tea", "id", "short", "text_characters", 5);
            assertThat(RunningServer.object(small.post("/v1/indexes/long/explain", why)).objects("neighbours").stream()
                            .map(hit -> hit.string("text").length()))
                    .containsOnly(5);
            assertThat(small.post("/v1/indexes/long/search", Map.of("query", "tea", "text_characters", 0))
                            .body())
                    .contains("at least 1", "text_characters");
        }
    }

    private static JsonObject of(List<JsonObject> hits, String id) {
        return hits.stream()
                .filter(hit -> hit.string("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<TextHit> hits(Map<String, Object> body) {
        HttpResponse<String> response = server.post("/v1/indexes/birds/search", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response).objects("hits").stream()
                .map(hit -> new TextHit(hit.string("id"), (float) hit.number("score"), hit.string("text")))
                .toList();
    }

    @Test
    void indexes_are_listed_and_found_by_their_names_also_where_those_are_encoded() {
        JsonObject list = RunningServer.object(server.get("/v1/indexes"));
        assertThat(list.objects("data").stream().map(entry -> entry.string("name")))
                .containsExactly("birds", "two words");
        JsonObject one = RunningServer.object(server.get("/v1/indexes/two%20words"));
        assertThat(one.integer("documents")).isEqualTo(49);
        assertThat(one.string("model")).isEqualTo("tiny");
        assertThat(one.string("model_hash")).isEqualTo(model.description().hash());
        assertThat(server.post("/v1/indexes/two%20words/search", Map.of("query", "tea"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void what_is_not_there_or_cannot_be_searched_is_refused() throws IOException {
        HttpResponse<String> missing = server.post("/v1/indexes/brids/search", Map.of("query", "tea"));
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("Did you mean \\\"birds\\\"?");
        for (String path : List.of("/v1/indexes/..%2Fbirds", "/v1/indexes/../birds", "/v1/indexes/%2e%2e/birds")) {
            assertThat(server.get(path).statusCode()).as(path).isIn(400, 404);
        }
        try (Raw raw = new Raw(server.server().address())) {
            assertThat(raw.send("GET /v1/indexes/%zz HTTP/1.1\r\nHost: here\r\n\r\n")
                            .response())
                    .startsWith("HTTP/1.1 400");
        }
        for (Map<String, Object> body : List.<Map<String, Object>>of(
                Map.of("query", "tea", "k", 0),
                Map.of("query", "tea", "k", 1001),
                Map.of("query", " "),
                Map.of("query", "tea", "by", "luck"),
                Map.of("query", "tea", "by", "words", "fusion", "ranks"),
                Map.of("query", "tea", "by", "hybrid", "fusion", "mean"),
                Map.of("query", "tea", "by", "hybrid", "vector_weight", 1.5),
                Map.of("query", "tea", "by", "hybrid", "vector_weight", "NaN"),
                Map.of("query", List.of("tea")),
                Map.of("q", "tea"))) {
            assertThat(server.post("/v1/indexes/birds/search", body).statusCode())
                    .as(body.toString())
                    .isEqualTo(400);
        }
    }

    @Test
    void an_index_of_another_model_or_a_name_that_comes_twice_is_refused_at_the_start() {
        try (OnnxEmbedder other = TinyModel.create(folder.resolve("other"), 2, true)) {
            assertThatThrownBy(() -> new RunningServer(
                            other, List.of(new ServedIndex("birds", live)), ServerSettings.defaults()))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.MODEL))
                    .hasMessageContaining("expected queries of the model")
                    .hasMessageContaining("that filled the index");
        }
        ServedIndex twice = new ServedIndex("birds", live);
        assertThatThrownBy(() -> new RunningServer(model, List.of(twice, twice), ServerSettings.defaults()))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("two are called \"birds\"");
    }
}
