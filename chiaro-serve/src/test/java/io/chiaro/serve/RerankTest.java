package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelCard;
import io.chiaro.model.PairTokens;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.RerankerDescription;
import io.chiaro.model.ScoreActivation;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.batch.QueueSettings;
import io.chiaro.serve.route.ServedIndex;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The route that clients of Text Embeddings Inference rerank by. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RerankTest {

    private static final int MOST = 24;
    private static final List<String> TEXTS =
            List.of("a longer text about a cold harbour", "tea", "ships in the harbour at night", "cold tea");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static OnnxCrossEncoder reranker;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        reranker = tinyReranker(folder.resolve("scorer"));
        server = server(reranker, ServerSettings.defaults());
    }

    @AfterAll
    static void stop() {
        server.close();
        reranker.close();
        model.close();
    }

    private static RunningServer server(TokenReranker scoring, ServerSettings settings) {
        return new RunningServer(
                () -> new Content(new Kept(model), List.of(), Optional.of(new KeptReranker(scoring, null))), settings);
    }

    /** A random cross-encoder of one small layer. */
    static OnnxCrossEncoder tinyReranker(Path directory) {
        BertConfig config = new BertConfig(30_522, 12, 1, 3, 20, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            CrossEncoderDirectory.write(
                    directory,
                    new CrossEncoderSpecification("scorer", config, MOST, ScoreActivation.SIGMOID),
                    tokenizer,
                    ModelCard.of("test"));
        }
        OnnxBertWriter.writeScorer(
                directory.resolve("onnx/model.onnx"), config, 1, name -> weights(config, name), Map.of());
        return OnnxCrossEncoder.open(CrossEncoderDirectory.open(directory), new OnnxSettings(1, 256));
    }

    private static float[] weights(BertConfig config, String name) {
        long size = 1;
        for (long side :
                Objects.requireNonNull(BertWeightNames.scorer(config, 1).get(name))) {
            size *= side;
        }
        RandomStream random = RandomStream.of(7, name);
        float[] weights = new float[(int) size];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.5 * random.nextGaussian()) + (name.endsWith("LayerNorm.weight") ? 1 : 0);
        }
        return weights;
    }

    private static List<JsonObject> ranks(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.objects(response.body());
    }

    @Test
    void a_search_is_put_in_order_by_the_reranker_alone_or_mixed_with_what_found() {
        Path place = folder.resolve("index");
        TextIndex.write(
                place, IntStream.range(0, TEXTS.size()).mapToObj(i -> new Document("d" + i, "", TEXTS.get(i))), model);
        String query = "cold ships";
        try (LiveIndex live = LiveIndex.open(place);
                TextIndex index = live.snapshot();
                RunningServer searching = new RunningServer(
                        () -> new Content(
                                new Kept(model),
                                List.of(new ServedIndex("texts", live)),
                                Optional.of(new KeptReranker(reranker, null))),
                        ServerSettings.defaults())) {
            Map<String, String> texts = new HashMap<>();
            IntStream.range(0, TEXTS.size()).forEach(i -> texts.put("d" + i, TEXTS.get(i)));
            for (double weight : new double[] {1, 0.3}) {
                RerankedRanker expected =
                        new RerankedRanker(index.ranker(model), reranker, id -> texts.getOrDefault(id, ""), 3, weight);
                HttpResponse<String> response = searching.post(
                        "/v1/indexes/texts/search",
                        Map.of("query", query, "k", 2, "rerank", true, "rerank_depth", 3, "rerank_weight", weight));
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                List<JsonObject> hits = RunningServer.object(response).objects("hits");
                List<Hit> right = expected.rank(query, 2);
                assertThat(hits.stream().map(hit -> hit.string("id")))
                        .isEqualTo(right.stream().map(Hit::id).toList());
                for (int i = 0; i < right.size(); i++) {
                    assertThat(hits.get(i).number("score"))
                            .isCloseTo(right.get(i).score(), within(1e-4));
                    assertThat(hits.get(i).string("text"))
                            .isEqualTo(texts.get(right.get(i).id()));
                }
            }
            assertThat(searching
                            .post("/v1/indexes/texts/search", Map.of("query", query, "rerank_depth", 3))
                            .body())
                    .contains("expected \\\"rerank\\\" to be true");
            assertThat(searching
                            .post(
                                    "/v1/indexes/texts/search",
                                    Map.of("query", query, "rerank", true, "rerank_weight", 2))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void hits_behind_the_depth_keep_their_order_say_that_nobody_looked_and_have_no_score() {
        Path place = folder.resolve("deep");
        TextIndex.write(
                place, IntStream.range(0, 12).mapToObj(i -> new Document("d" + i, "", "tea number " + i)), model);
        try (LiveIndex live = LiveIndex.open(place);
                RunningServer searching = new RunningServer(
                        () -> new Content(
                                new Kept(model),
                                List.of(new ServedIndex("deep", live)),
                                Optional.of(new KeptReranker(reranker, null))),
                        ServerSettings.defaults())) {
            List<String> found = hits(searching, Map.of("query", "cold tea")).stream()
                    .map(hit -> hit.string("id"))
                    .toList();
            List<JsonObject> hits = hits(searching, Map.of("query", "cold tea", "rerank", true, "rerank_depth", 3));

            assertThat(hits).hasSize(10);
            for (int at = 0; at < 3; at++) {
                assertThat(hits.get(at).bool("reranked")).isTrue();
                assertThat(found.subList(0, 3)).contains(hits.get(at).string("id"));
                assertThat(hits.get(at).has("score")).isTrue();
            }
            for (JsonObject behind : hits.subList(3, 10)) {
                assertThat(behind.bool("reranked")).isFalse();
                assertThat(behind.has("score")).isFalse();
            }
            assertThat(hits.subList(3, 10).stream().map(hit -> hit.string("id")))
                    .isEqualTo(found.subList(3, 10));
            Map<String, Object> shortened = Map.of("query", "cold tea", "rerank", true, "text_characters", 3);
            List<JsonObject> cut = hits(searching, shortened);
            assertThat(cut).allMatch(hit -> hit.string("text").equals("tea"));
            assertThat(cut.stream().map(hit -> hit.number("score")))
                    .as("the reranker reads what is not shown")
                    .isEqualTo(hits(searching, Map.of("query", "cold tea", "rerank", true)).stream()
                            .map(hit -> hit.number("score"))
                            .toList())
                    .doesNotHaveDuplicates();
            assertThat(hits(searching, Map.of("query", "cold tea"))).noneMatch(hit -> hit.has("reranked"));
        }
    }

    private static List<JsonObject> hits(RunningServer searching, Map<String, ?> body) {
        HttpResponse<String> response = searching.post("/v1/indexes/deep/search", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response).objects("hits");
    }

    @Test
    void texts_come_best_first_with_their_place_and_the_score_of_the_model() {
        float[] scores = reranker.score("cold harbour", TEXTS);
        List<JsonObject> ranks = ranks(server.post("/rerank", Map.of("query", "cold harbour", "texts", TEXTS)));

        assertThat(ranks.stream().map(rank -> rank.integer("index"))).containsExactlyInAnyOrder(0, 1, 2, 3);
        double before = 1;
        for (JsonObject rank : ranks) {
            double raw = scores[rank.integer("index")];
            assertThat(rank.number("score")).isCloseTo(1 / (1 + Math.exp(-raw)), within(1e-5));
            assertThat(rank.number("score")).isLessThanOrEqualTo(before);
            assertThat(rank.has("text")).isFalse();
            before = rank.number("score");
        }
    }

    @Test
    void raw_scores_and_texts_are_given_where_they_are_asked_for() {
        float[] scores = reranker.score("tea", TEXTS);
        List<JsonObject> ranks = ranks(server.post(
                "/rerank", Map.of("query", "tea", "texts", TEXTS, "raw_scores", true, "return_text", true)));
        for (JsonObject rank : ranks) {
            assertThat(rank.number("score")).isCloseTo(scores[rank.integer("index")], within(1e-5));
            assertThat(rank.string("text")).isEqualTo(TEXTS.get(rank.integer("index")));
        }
    }

    @Test
    void clients_of_cohere_jina_and_vllm_get_results_best_first_as_many_as_they_ask_for() {
        float[] scores = reranker.score("cold harbour", TEXTS);
        int[] order = RerankedRanker.order(scores);
        HttpResponse<String> response = server.post(
                "/v1/rerank",
                Map.of(
                        "model",
                        "scorer",
                        "query",
                        "cold harbour",
                        "documents",
                        TEXTS,
                        "top_n",
                        3,
                        "return_documents",
                        true));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(RunningServer.object(response).object("usage").integer("total_tokens"))
                .isGreaterThan(20);
        List<JsonObject> results = RunningServer.object(response).objects("results");
        assertThat(results).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(results.get(i).integer("index")).isEqualTo(order[i]);
            assertThat(results.get(i).number("relevance_score"))
                    .isCloseTo(1 / (1 + Math.exp(-scores[order[i]])), within(1e-5));
            assertThat(results.get(i).object("document").string("text")).isEqualTo(TEXTS.get(order[i]));
        }
        HttpResponse<String> bare = server.post(
                "/v1/rerank", Map.of("query", "tea", "documents", List.of("tea", "harbour ".repeat(50)), "top_n", 9));
        assertThat(bare.statusCode()).as(bare.body()).isEqualTo(200);
        assertThat(bare.headers().firstValue("Chiaro-Truncated-Inputs")).contains("1");
        assertThat(RunningServer.object(bare).objects("results"))
                .hasSize(2)
                .noneMatch(result -> result.has("document"));
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("query", "tea"),
                Map.of("documents", TEXTS),
                Map.of("query", "tea", "documents", List.of()),
                Map.of("query", "tea", "documents", "tea"),
                Map.of("query", "tea", "documents", TEXTS, "top_n", 0),
                Map.of("query", "tea", "texts", TEXTS))) {
            HttpResponse<String> refused = server.post("/v1/rerank", wrong);
            assertThat(refused.statusCode()).as(wrong + refused.body()).isEqualTo(400);
            assertThat(RunningServer.object(refused).object("error").string("type"))
                    .isEqualTo("invalid_request_error");
        }
        HttpResponse<String> other =
                server.post("/v1/rerank", Map.of("model", "another", "query", "tea", "documents", TEXTS));
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(other.body()).contains("scorer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/v2/rerank", "/rerank"})
    void documents_may_be_objects_of_which_the_named_fields_are_read(String path) {
        List<Map<String, Object>> documents = List.of(
                Map.of("text", "ships at night", "title", "the harbour", "year", 1998),
                Map.of("title", "tea", "text", "cold tea"));
        float[] scores = reranker.score("cold", List.of("ships at night", "cold tea"));
        float[] titled = reranker.score("cold", List.of("the harbour\nships at night", "tea\ncold tea"));

        List<JsonObject> results = results(server.post(
                path, Map.of("model", "scorer", "query", "cold", "documents", documents, "return_documents", true)));
        List<JsonObject> byTitle = results(server.post(
                path,
                Map.of("query", "cold", "documents", documents, "rank_fields", List.of("title", "text"), "top_n", 1)));

        for (JsonObject result : results) {
            int index = result.integer("index");
            assertThat(result.number("relevance_score")).isCloseTo(1 / (1 + Math.exp(-scores[index])), within(1e-5));
            assertThat(result.object("document").string("title"))
                    .isEqualTo(documents.get(index).get("title"));
        }
        assertThat(byTitle.get(0).number("relevance_score"))
                .isCloseTo(1 / (1 + Math.exp(-Math.max(titled[0], titled[1]))), within(1e-5));
        // Texts and objects may stand side by side.
        assertThat(results(server.post(
                        path, Map.of("query", "cold", "documents", List.of("tea", Map.of("text", "harbour"))))))
                .hasSize(2);
        for (Object wrong : List.of(3, List.of("tea"), Map.of("title", "tea"), Map.of("text", 3))) {
            HttpResponse<String> refused =
                    server.post(path, Map.of("query", "cold", "documents", List.of("tea", wrong)));
            assertThat(refused.statusCode()).as(wrong + refused.body()).isEqualTo(path.equals("/rerank") ? 422 : 400);
            assertThat(refused.body()).contains("documents[1]");
        }
    }

    @Test
    void the_second_version_of_cohere_is_answered_in_its_own_form() {
        // As ClientV2 of its Python and JavaScript clients sends it.
        HttpResponse<String> response = server.post(
                "/v2/rerank",
                Map.of("model", "scorer", "query", "tea", "documents", TEXTS, "top_n", 2, "max_tokens_per_doc", 4096));
        assertThat(results(response)).hasSize(2).noneMatch(result -> result.has("document"));
        assertThat(RunningServer.object(response).string("id")).isNotBlank();

        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("query", "tea"), Map.of("query", "tea", "documents", TEXTS, "relevant_spans", Map.of()))) {
            HttpResponse<String> refused = server.post("/v2/rerank", wrong);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(RunningServer.object(refused).keys()).containsExactly("message");
        }
        HttpResponse<String> missing = server.get("/v2/nothing");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(RunningServer.object(missing).keys()).containsExactly("message");
    }

    @Test
    void pieces_of_documents_are_as_long_as_the_model_reads_and_shorter_ones_are_refused_with_the_reason() {
        Map<String, Object> asked = new HashMap<>(Map.of("query", "tea", "documents", TEXTS, "max_chunks_per_doc", 10));
        assertThat(results(server.post("/v1/rerank", asked))).hasSize(4);
        asked.put("max_tokens_per_doc", MOST);
        assertThat(results(server.post("/v1/rerank", asked))).hasSize(4);
        asked.put("max_tokens_per_doc", MOST - 1);
        HttpResponse<String> refused = server.post("/v1/rerank", asked);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("expected at least " + MOST + " at \\\"max_tokens_per_doc\\\"");
        assertThat(server.post("/v1/rerank", Map.of("query", "tea", "documents", TEXTS, "max_chunks_per_doc", 0))
                        .body())
                .contains("at least 1 at \\\"max_chunks_per_doc\\\"");
    }

    @Test
    void jina_and_vllm_send_documents_to_the_address_where_others_send_texts() {
        Map<String, Object> asked = Map.of("model", "scorer", "query", "tea", "documents", TEXTS, "top_n", 3);
        assertThat(results(server.post("/rerank", asked))).hasSize(3);
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("query", "tea", "documents", TEXTS, "texts", TEXTS),
                Map.of("query", "tea", "documents", TEXTS, "raw_scores", true),
                Map.of("query", "tea", "texts", TEXTS, "top_n", 1))) {
            HttpResponse<String> refused = server.post("/rerank", wrong);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        }
    }

    private static List<JsonObject> results(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response).objects("results");
    }

    @Test
    void what_does_not_fit_beside_the_query_is_refused_or_cut_as_the_request_says() {
        String endless = "harbour ".repeat(50);
        HttpResponse<String> refused = server.post("/rerank", Map.of("query", "tea", "texts", List.of("tea", endless)));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("with text 1 there are more");

        HttpResponse<String> cut =
                server.post("/rerank", Map.of("query", "tea", "texts", List.of("tea", endless), "truncate", true));
        assertThat(ranks(cut)).hasSize(2);
        assertThat(cut.headers().firstValue("Chiaro-Truncated-Inputs")).contains("1");

        // 3 special tokens and 1 of the query leave room for 20.
        String fits = "harbour ".repeat(20);
        assertThat(ranks(server.post("/rerank", Map.of("query", "tea", "texts", List.of(fits)))))
                .hasSize(1);
    }

    @Test
    void requests_that_say_something_else_are_refused_in_the_form_of_the_route() {
        List<Map<String, Object>> bodies = List.of(
                Map.of("texts", TEXTS),
                Map.of("query", "tea"),
                Map.of("query", "tea", "texts", "tea"),
                Map.of("query", "tea", "texts", List.of()),
                Map.of("query", "tea", "texts", List.of(3)),
                Map.of("query", "tea", "texts", TEXTS, "raw", true),
                Map.of("query", "tea", "texts", TEXTS, "truncation_direction", "Left"));
        for (Map<String, Object> body : bodies) {
            HttpResponse<String> response = server.post("/rerank", body);
            assertThat(response.statusCode()).as(body + response.body()).isEqualTo(422);
            assertThat(response.body()).contains("\"error_type\":\"Validation\"");
        }
    }

    @Test
    void the_route_is_described_counted_and_absent_where_nothing_reranks() {
        assertThat(server.get("/openapi.json").body()).contains("\"/rerank\"", "raw_scores");
        JsonObject info = RunningServer.object(server.get("/info")).object("reranker");
        assertThat(info.string("model_id")).isEqualTo("scorer");
        assertThat(info.integer("max_input_length")).isEqualTo(MOST);
        assertThat(info.integer("max_rerank_depth")).isEqualTo(1000);
        server.post("/rerank", Map.of("query", "tea", "texts", TEXTS));
        assertThat(server.get("/metrics").body()).containsPattern("te_rerank_success [1-9]");
        try (RunningServer without = RunningServer.of(model)) {
            HttpResponse<String> response = without.post("/rerank", Map.of("query", "tea", "texts", TEXTS));
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(without.get("/openapi.json").body()).doesNotContain("/rerank");
        }
    }

    @Test
    void the_reranker_is_listed_under_its_own_name_or_the_one_that_was_told() {
        try (OnnxCrossEncoder trained = tinyReranker(folder.resolve("runs/relevance"));
                RunningServer own = server(trained, ServerSettings.defaults().withName("tiny"));
                RunningServer told = server(
                        trained,
                        ServerSettings.defaults()
                                .withNames(new ServedNames(
                                        Optional.of("tiny"), Optional.of("judge"), Optional.empty())))) {
            assertThat(models(own)).containsExactly("tiny", "relevance");
            assertThat(models(told)).containsExactly("tiny", "judge");
            for (RunningServer named : List.of(own, told)) {
                String name = models(named).get(1);
                assertThat(RunningServer.object(named.get("/info"))
                                .object("reranker")
                                .string("model_id"))
                        .isEqualTo(name);
                assertThat(RunningServer.object(named.get("/v1/models/" + name)).string("id"))
                        .isEqualTo(name);
                HttpResponse<String> answer =
                        named.post("/v1/rerank", Map.of("model", name, "query", "tea", "documents", TEXTS));
                assertThat(RunningServer.object(answer).string("model")).isEqualTo(name);
                assertThat(named.post("/v1/rerank", Map.of("model", "tiny", "query", "tea", "documents", TEXTS))
                                .statusCode())
                        .isEqualTo(404);
                assertThat(named.post("/v1/embeddings", Map.of("model", name, "input", "tea"))
                                .statusCode())
                        .as("a reranker embeds nothing")
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void a_folder_that_every_run_has_is_no_name() {
        assertThat(ServedNames.ofFolder(Path.of("out/relevance/model"))).isEqualTo("relevance");
        assertThat(ServedNames.ofFolder(Path.of("out/relevance/model/"))).isEqualTo("relevance");
        assertThat(ServedNames.ofFolder(folder.resolve("relevance"))).isEqualTo("relevance");
        assertThat(ServedNames.ofFolder(Path.of("/model"))).isEqualTo("model");
    }

    private static List<String> models(RunningServer server) {
        return RunningServer.object(server.get("/v1/models")).objects("data").stream()
                .map(entry -> entry.string("id"))
                .toList();
    }

    @Test
    void more_than_can_wait_is_refused_with_429_and_what_takes_too_long_is_answered_with_504() throws Exception {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        TokenReranker gated = new KeptReranker(reranker, () -> {
            arrived.release();
            gate.acquireUninterruptibly();
        });
        ServerSettings settings = ServerSettings.defaults();
        ServerSettings narrow = settings.withWork(
                new QueueSettings(1, 12, 12, Duration.ofHours(1)),
                settings.limits().withRequestTokens(12).withDeadline(Duration.ofSeconds(2)));
        Map<String, Object> tea = Map.of("query", "tea", "texts", List.of("tea", "tea"));
        try (RunningServer slow = server(gated, narrow)) {
            CompletableFuture<HttpResponse<String>> computing = slow.postLater("/rerank", tea);
            assertThat(arrived.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            List<CompletableFuture<HttpResponse<String>>> others = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                others.add(slow.postLater("/rerank", tea));
            }
            List<Integer> statuses = new ArrayList<>();
            statuses.add(computing.get(1, TimeUnit.MINUTES).statusCode());
            for (CompletableFuture<HttpResponse<String>> other : others) {
                statuses.add(other.get(1, TimeUnit.MINUTES).statusCode());
            }
            gate.release(1000);
            assertThat(statuses).containsOnly(429, 504).contains(429, 504);
            assertThat(ranks(slow.post("/rerank", tea))).hasSize(2);
        }
    }

    /** A model that outlives the servers of a test. */
    private record Kept(OnnxEmbedder model) implements io.chiaro.model.TokenEmbedder {

        @Override
        public float[][] embed(List<String> texts, io.chiaro.model.TextRole role) {
            return model.embed(texts, role);
        }

        @Override
        public float[][] embedTokens(List<int[]> tokens) {
            return model.embedTokens(tokens);
        }

        @Override
        public io.chiaro.model.ModelSpecification specification() {
            return model.specification();
        }

        @Override
        public Tokenizer tokenizer() {
            return model.tokenizer();
        }

        @Override
        public io.chiaro.model.ModelDescription description() {
            return model.description();
        }

        @Override
        public void close() {}
    }

    /** The same for a reranker, which may be held up before each batch. */
    private record KeptReranker(
            TokenReranker model,
            @org.jspecify.annotations.Nullable Runnable before) implements TokenReranker {

        @Override
        public float[] score(String query, List<String> texts) {
            return model.score(query, texts);
        }

        @Override
        public float[] scoreTokens(List<PairTokens> pairs) {
            if (before != null) {
                before.run();
            }
            return model.scoreTokens(pairs);
        }

        @Override
        public Prepared prepare(String query, List<String> texts) {
            return model.prepare(query, texts);
        }

        @Override
        public RerankerDescription description() {
            return model.description();
        }

        @Override
        public void close() {}
    }
}
