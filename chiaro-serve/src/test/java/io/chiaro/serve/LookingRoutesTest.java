package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.CollectionMap;
import io.chiaro.search.Fusion;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.route.Shown;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes that the page looks through: why, map, a second model, runs, reports, the card. */
class LookingRoutesTest {

    private static final List<String> WORDS = List.of("harbour", "tea", "cold", "winter", "bird", "song", "bread");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static OnnxEmbedder other;
    private static LiveIndex live;
    private static LiveIndex besides;
    private static RunningServer server;

    private static Stream<Document> documents() {
        return IntStream.range(0, 49)
                .mapToObj(i -> new Document("d" + i, "", WORDS.get(i / 7) + " and " + WORDS.get(i % 7)));
    }

    @BeforeAll
    static void start() throws IOException {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        other = TinyModel.create(folder.resolve("other"), 2, true);
        TextIndex.write(folder.resolve("birds"), documents(), model);
        TextIndex.write(folder.resolve("base"), documents(), other);
        Path run = Files.createDirectories(folder.resolve("runs/one"));
        Files.writeString(run.resolve("events.jsonl"), "{\"event\":\"run-started\",\"step\":0}\n{\"event\":\"step-d");
        Files.writeString(folder.resolve("runs/report.json"), "{\"tuned\": {\"ndcg@10\": 0.5}}");
        Files.writeString(folder.resolve("events.jsonl"), "{\"secret\": 1}\n");
        live = LiveIndex.open(folder.resolve("birds"));
        besides = LiveIndex.open(folder.resolve("base"));
        server = new RunningServer(
                model,
                List.of(new ServedIndex("birds", live), new ServedIndex("base", besides, Optional.of(other))),
                ServerSettings.defaults()
                        .withShown(Shown.NOTHING
                                .withRuns(folder.resolve("runs"))
                                .withCard(folder.resolve("tiny/README.md"))));
    }

    @AfterAll
    static void stop() {
        server.close();
        live.close();
        besides.close();
        model.close();
        other.close();
    }

    private static JsonObject ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response);
    }

    @Test
    void an_explanation_has_what_the_index_says() {
        String query = "a bird and bread";
        JsonObject answer = ok(server.post(
                "/v1/indexes/birds/explain",
                Map.of("query", query, "id", "d34", "fusion", "ranks", "vector_weight", 0.25, "neighbours", 3)));
        try (TextIndex index = live.snapshot()) {
            HitExplanation why = index.explain(
                            "d34", query, model.embed(List.of(query), TextRole.QUERY)[0], Fusion.RANKS, 0.25, 3)
                    .orElseThrow();
            assertThat(answer.string("text")).isEqualTo("bird and bread");
            assertThat(answer.object("words").number("score")).isCloseTo(why.wordScore(), within(1e-5));
            assertThat(answer.object("words").integer("rank"))
                    .isEqualTo(why.wordRank().orElseThrow());
            assertThat(answer.object("words").objects("matches").stream()
                            .map(match -> match.string("word"))
                            .toList())
                    .containsExactly("bird", "bread");
            assertThat(answer.object("vectors").number("score")).isCloseTo(why.cosine(), within(1e-5));
            assertThat(answer.object("hybrid").integer("rank"))
                    .isEqualTo(why.fusedRank().orElseThrow());
            assertThat(answer.object("hybrid").string("fusion")).isEqualTo("ranks");
            assertThat(answer.objects("neighbours").stream()
                            .map(hit -> hit.string("id"))
                            .toList())
                    .isEqualTo(why.neighbours().stream().map(TextHit::id).toList());
        }
    }

    @Test
    void what_cannot_be_explained_is_refused() {
        assertThat(server.post("/v1/indexes/birds/explain", Map.of("query", "tea", "id", "d49"))
                        .statusCode())
                .isEqualTo(404);
        for (Map<String, Object> body : List.<Map<String, Object>>of(
                Map.of("query", "tea"),
                Map.of("query", " ", "id", "d1"),
                Map.of("query", "tea", "id", "d1", "neighbours", 51),
                Map.of("query", "tea", "id", "d1", "k", 5))) {
            assertThat(server.post("/v1/indexes/birds/explain", body).statusCode())
                    .as(body.toString())
                    .isEqualTo(400);
        }
    }

    @Test
    void an_index_beside_is_searched_with_its_own_model() {
        String query = "a cold winter";
        List<JsonObject> hits = ok(server.post("/v1/indexes/base/search", Map.of("query", query, "k", 5)))
                .objects("hits");
        try (TextIndex index = besides.snapshot()) {
            List<TextHit> expected = index.search(query, other, 5);
            assertThat(hits.stream().map(hit -> hit.string("id")).toList())
                    .isEqualTo(expected.stream().map(TextHit::id).toList());
            assertThat(hits.get(0).number("score")).isCloseTo(expected.get(0).score(), within(1e-5));
        }
        assertThat(ok(server.get("/v1/indexes/base")).string("model")).isEqualTo("other");
        assertThat(ok(server.get("/v1/models")).objects("data")).hasSize(1);
    }

    @Test
    void a_map_is_served_with_whether_it_is_stale() throws IOException {
        Path mapped = folder.resolve("mapped");
        TextIndex.write(mapped, documents(), model);
        CollectionMap map;
        try (LiveIndex index = LiveIndex.open(mapped);
                RunningServer own = new RunningServer(
                        model, List.of(new ServedIndex("mapped", index)), ServerSettings.defaults())) {
            assertThat(ok(own.get("/v1/indexes/mapped")).bool("map")).isFalse();
            assertThat(own.get("/v1/indexes/mapped/map").statusCode()).isEqualTo(404);
            try (TextIndex snapshot = index.snapshot()) {
                map = snapshot.drawMap(42);
            }
            JsonObject answer = ok(own.get("/v1/indexes/mapped/map"));
            assertThat(ok(own.get("/v1/indexes/mapped")).bool("map")).isTrue();
            assertThat(answer.bool("stale")).isFalse();
            assertThat(answer.strings("ids")).isEqualTo(map.ids());
            assertThat(answer.integers("x").stream().map(Math::toIntExact).toList())
                    .isEqualTo(map.x());
            assertThat(answer.integer("gone")).isZero();
            index.delete(List.of("d3"), model.description());
            index.write(
                    List.of(new Document("new", "", "tea")),
                    model.embed(List.of("tea"), TextRole.DOCUMENT),
                    model.description());
            JsonObject later = ok(own.get("/v1/indexes/mapped/map"));
            assertThat(later.bool("stale")).isTrue();
            assertThat(later.integer("gone")).isEqualTo(1);
            int at = map.ids().indexOf("d3");
            List<String> left = new ArrayList<>(map.ids());
            left.remove(at);
            List<Integer> places = new ArrayList<>(map.x());
            places.remove(at);
            assertThat(later.strings("ids")).isEqualTo(left);
            assertThat(later.strings("labels")).hasSize(48).doesNotContain("harbour and winter");
            assertThat(later.integers("x").stream().map(Math::toIntExact).toList())
                    .isEqualTo(places);
        }
    }

    @Test
    void a_map_that_is_missing_is_drawn_when_the_server_is_told_to() throws InterruptedException {
        Path unmapped = folder.resolve("unmapped");
        TextIndex.write(unmapped, documents(), model);
        try (LiveIndex index = LiveIndex.open(unmapped);
                RunningServer own = new RunningServer(
                        model, List.of(new ServedIndex("unmapped", index)), ServerSettings.defaults())) {
            assertThat(own.server().drawMissingMap("another")).isFalse();
            assertThat(own.server().drawMissingMap("unmapped")).isTrue();
            while (!ok(own.get("/v1/indexes/unmapped")).bool("map")) {
                Thread.sleep(20);
            }
            assertThat(own.server().drawMissingMap("unmapped")).isFalse();
        }
    }

    @Test
    void an_event_that_no_answer_can_hold_is_passed_over() throws IOException {
        Path run = Files.createDirectories(folder.resolve("runs/long"));
        String line = "{\"event\":\"long\",\"text\":\"" + "x".repeat(3 << 20) + "\"}\n";
        Files.writeString(run.resolve("events.jsonl"), line + "{\"event\":\"after\"}\n");
        JsonObject first = ok(server.get("/v1/runs/long/events/0"));
        assertThat(first.objects("events")).isEmpty();
        assertThat(first.longInteger("next")).isEqualTo(line.length());
        assertThat(ok(server.get("/v1/runs/long/events/" + line.length()))
                        .objects("events")
                        .get(0)
                        .string("event"))
                .isEqualTo("after");
        Files.writeString(run.resolve("events.jsonl"), line.substring(0, 2 << 20));
        assertThat(ok(server.get("/v1/runs/long/events/0")).longInteger("next"))
                .as("a line that is still written")
                .isZero();
        Files.delete(run.resolve("events.jsonl"));
    }

    @Test
    void events_come_as_they_are_written_by_whole_lines_and_names_lead_nowhere_else() throws IOException {
        assertThat(ok(server.get("/v1/runs")).strings("data")).containsExactly("one");
        JsonObject first = ok(server.get("/v1/runs/one/events/0"));
        assertThat(first.objects("events").stream().map(event -> event.string("event")))
                .containsExactly("run-started");
        long next = first.longInteger("next");
        assertThat(ok(server.get("/v1/runs/one/events/" + next)).objects("events"))
                .isEmpty();
        Path events = folder.resolve("runs/one/events.jsonl");
        Files.writeString(events, "one\",\"step\":1}\n", StandardOpenOption.APPEND);
        JsonObject second = ok(server.get("/v1/runs/one/events/" + next));
        assertThat(second.longInteger("from")).isEqualTo(next);
        assertThat(second.objects("events").stream().map(event -> event.string("event")))
                .containsExactly("step-done");
        // A resumed run has written less than was there.
        assertThat(ok(server.get("/v1/runs/one/events/100000")).longInteger("from"))
                .isZero();
        assertThat(server.get("/v1/runs/one/events/3").statusCode()).isEqualTo(400);
        for (String path : List.of("/v1/runs/one/events/-1", "/v1/runs/two/events/0", "/v1/runs/../events/0")) {
            assertThat(server.get(path).statusCode()).as(path).isIn(400, 404);
        }
        for (String name : List.of("..", "%2e%2e", "..%2f", "one%2f..%2f..")) {
            HttpResponse<String> response = server.get("/v1/runs/" + name + "/events/0");
            assertThat(response.statusCode()).as(name).isIn(400, 404);
            assertThat(response.body()).doesNotContain("secret");
        }
    }

    @Test
    void the_run_that_wrote_last_comes_first_and_each_says_how_long_ago_that_was() throws IOException {
        Path runs = folder.resolve("aged");
        for (String name : List.of("new", "old", "older")) {
            Files.writeString(
                    Files.createDirectories(runs.resolve(name)).resolve("events.jsonl"),
                    "{\"event\":\"run-started\",\"step\":0}\n");
        }
        for (Map.Entry<String, Integer> days : Map.of("old", 2, "older", 3).entrySet()) {
            Files.setLastModifiedTime(
                    runs.resolve(days.getKey()).resolve("events.jsonl"),
                    FileTime.from(Instant.now().minus(Duration.ofDays(days.getValue()))));
        }
        try (RunningServer own = new RunningServer(
                model, List.of(), ServerSettings.defaults().withShown(Shown.NOTHING.withRuns(runs)))) {
            JsonObject list = ok(own.get("/v1/runs"));
            assertThat(list.strings("data")).containsExactly("new", "old", "older");
            assertThat(list.object("ages").number("old")).isBetween(172_800.0, 173_400.0);
            assertThat(ok(own.get("/v1/runs/older/events/0")).number("age")).isBetween(259_200.0, 259_800.0);
            assertThat(ok(own.get("/v1/runs/new/events/0")).number("age")).isBetween(0.0, 600.0);
        }
    }

    @Test
    void a_link_is_followed_within_the_folder_of_runs_and_not_out_of_it() throws IOException {
        Path runs = Files.createDirectories(folder.resolve("linked"));
        Path own = Files.createDirectory(runs.resolve("own"));
        Files.writeString(own.resolve("events.jsonl"), "{\"event\":\"run-started\",\"step\":0}\n");
        Files.writeString(own.resolve("report.json"), "{\"ndcg@10\": 0.5}");
        Path outside = Files.createDirectories(folder.resolve("elsewhere/private"));
        Files.writeString(outside.resolve("events.jsonl"), "{\"secret\": 1}\n");
        Files.writeString(outside.resolve("report.json"), "{\"secret\": 1}");
        Files.createSymbolicLink(runs.resolve("latest"), own);
        Files.createSymbolicLink(runs.resolve("leak"), outside);
        Files.createSymbolicLink(runs.resolve("gone"), folder.resolve("nowhere"));
        Files.createSymbolicLink(
                Files.createDirectory(runs.resolve("files")).resolve("events.jsonl"), outside.resolve("events.jsonl"));
        Files.createSymbolicLink(folder.resolve("by-a-link"), runs);
        // The folder itself may be given by a link.
        for (Path given : List.of(runs, folder.resolve("by-a-link"))) {
            try (RunningServer linked = new RunningServer(
                    model, List.of(), ServerSettings.defaults().withShown(Shown.NOTHING.withRuns(given)))) {
                assertThat(ok(linked.get("/v1/runs")).strings("data")).containsExactly("latest", "own");
                assertThat(ok(linked.get("/v1/reports")).strings("data")).containsExactly("latest", "own");
                assertThat(ok(linked.get("/v1/runs/latest/events/0")).objects("events"))
                        .hasSize(1);
                assertThat(linked.get("/v1/runs/leak/events/0").statusCode()).isEqualTo(404);
                assertThat(linked.get("/v1/reports/leak").statusCode()).isEqualTo(404);
                assertThat(linked.get("/v1/runs/files/events/0").statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void reports_and_the_card_of_the_model_are_shown() {
        assertThat(ok(server.get("/v1/reports")).strings("data")).containsExactly("runs");
        assertThat(ok(server.get("/v1/reports/runs")).object("tuned").number("ndcg@10"))
                .isEqualTo(0.5);
        assertThat(server.get("/v1/reports/rums").body()).contains("Did you mean \\\"runs\\\"?");
        assertThat(ok(server.get("/v1/model-card")).string("markdown")).contains("# tiny");
    }

    @Test
    void a_server_without_a_folder_of_runs_has_none() {
        try (RunningServer own = RunningServer.of(model)) {
            assertThat(ok(own.get("/v1/runs")).strings("data")).isEmpty();
            assertThat(ok(own.get("/v1/model-card")).has("markdown")).isFalse();
            assertThat(ok(own.get("/v1/reports")).strings("data")).isEmpty();
            assertThat(own.get("/v1/runs/one/events/0").statusCode()).isEqualTo(404);
        }
    }
}
