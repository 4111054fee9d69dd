package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.Document;
import io.chiaro.model.ModelCard;
import io.chiaro.model.SparseDirectory;
import io.chiaro.model.SparseSpecification;
import io.chiaro.model.SparseVector;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.onnx.OnnxSparseEmbedder;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridShares;
import io.chiaro.search.IndexForm;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.vector.SparseField;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse vectors as clients of Text Embeddings Inference ask for them, and in the indexes that have them. */
class SparseTest {

    private static final int MOST = 12;
    private static final List<String> TEXTS = List.of("cold harbour", "tea", "the ships come in");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder dense;
    private static OnnxSparseEmbedder sparse;
    private static RunningServer server;
    private static String key = "";

    @BeforeAll
    static void start() {
        dense = TinyModel.create(folder.resolve("tiny"), 1, true);
        sparse = tiny(folder.resolve("sparse"), 7);
        key = KeyFile.openOrCreate(folder.resolve("keys.json"))
                .add("writer", Role.WRITE, Clock.systemUTC())
                .text();
        TextIndex.write(folder.resolve("plain"), documents(), dense);
        index("weighed", sparse);
        try (OnnxSparseEmbedder other = tiny(folder.resolve("other"), 8)) {
            index("others", other);
        }
        server = new RunningServer(
                () -> new Content(
                        OnnxEmbedder.open(folder.resolve("tiny").toString(), new OnnxSettings(1, 256)),
                        Stream.of("plain", "weighed", "others")
                                .map(name -> new ServedIndex(name, LiveIndex.open(folder.resolve(name))))
                                .toList(),
                        Optional.empty(),
                        Optional.of(OnnxSparseEmbedder.open(
                                SparseDirectory.open(folder.resolve("sparse")), new OnnxSettings(1, 256)))),
                ServerSettings.defaults().withKeys(folder.resolve("keys.json")));
    }

    @AfterAll
    static void stop() {
        server.close();
        sparse.close();
        dense.close();
    }

    private static Stream<Document> documents() {
        return IntStream.range(0, 12).mapToObj(i -> new Document("d" + i, "", TEXTS.get(i % 3) + " number " + i));
    }

    private static void index(String name, OnnxSparseEmbedder weighing) {
        TextIndex.write(folder.resolve(name), documents(), dense, Optional.of(weighing), IndexForm.defaults());
    }

    private static HttpResponse<String> post(String path, Map<String, ?> body) {
        return server.send(server.posting(path, Json.line(body)).header("Authorization", "Bearer " + key));
    }

    private static List<String> found(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response).objects("hits").stream()
                .map(hit -> hit.string("id") + " " + (float) hit.number("score"))
                .toList();
    }

    private static List<String> shown(List<TextHit> hits) {
        return hits.stream().map(hit -> hit.id() + " " + hit.score()).toList();
    }

    /** A random sparse encoder of one small layer, most of whose weights are zero. */
    static OnnxSparseEmbedder tiny(Path directory, long seed) {
        BertConfig config = new BertConfig(30_522, 12, 1, 3, 20, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            SparseDirectory.write(
                    directory, new SparseSpecification("sparse", config, MOST), tokenizer, ModelCard.of("test"));
        }
        OnnxBertWriter.writeSparse(
                directory.resolve("onnx/model.onnx"), config, name -> weights(config, name, seed), Map.of());
        return OnnxSparseEmbedder.open(SparseDirectory.open(directory), new OnnxSettings(1, 256));
    }

    private static float[] weights(BertConfig config, String name, long seed) {
        long size = 1;
        for (long side :
                Objects.requireNonNull(BertWeightNames.predictor(config).get(name))) {
            size *= side;
        }
        RandomStream random = RandomStream.of(seed, name);
        float[] weights = new float[(int) size];
        double shift = name.endsWith("LayerNorm.weight") ? 1 : name.equals("cls.predictions.bias") ? -6 : 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.5 * random.nextGaussian() + shift);
        }
        return weights;
    }

    private static List<JsonObject> weights(HttpResponse<String> response, int text) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String[] lists =
                response.body().substring(2, response.body().length() - 2).split("\\],\\[", -1);
        return Json.parse("weights", "{\"weights\":[" + lists[text] + "]}").objects("weights");
    }

    @Test
    void each_text_gets_the_weights_of_its_tokens_and_nothing_of_the_others() {
        HttpResponse<String> response = post("/embed_sparse", Map.of("inputs", TEXTS));
        List<SparseVector> expected = sparse.embed(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            SparseVector vector = expected.get(i);
            assertThat(vector.size()).isBetween(1, 10_000);
            List<JsonObject> found = weights(response, i);
            assertThat(found.stream().mapToInt(weight -> weight.integer("index")))
                    .containsExactly(
                            java.util.Arrays.stream(vector.ids()).boxed().toArray(Integer[]::new));
            for (int k = 0; k < vector.size(); k++) {
                assertThat(found.get(k).number("value")).isCloseTo(vector.weights()[k], within(1e-5));
            }
        }
        assertThat(weights(post("/embed_sparse", Map.of("inputs", "tea")), 0))
                .hasSize(expected.get(1).size());
    }

    @Test
    void a_text_that_is_too_long_is_refused_unless_it_shall_be_cut() {
        String text = "ship ".repeat(40);
        HttpResponse<String> refused = post("/embed_sparse", Map.of("inputs", text, "truncate", false));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("at most 12 tokens");
        HttpResponse<String> cut = post("/embed_sparse", Map.of("inputs", text, "truncate", true));
        assertThat(weights(cut, 0)).hasSize(sparse.embed(List.of(text)).get(0).size());
        HttpResponse<String> unknown = post("/embed_sparse", Map.of("inputs", text, "normalise", true));
        assertThat(unknown.statusCode()).isEqualTo(422);
    }

    @Test
    void an_index_with_weights_of_the_served_model_is_searched_by_them_as_without_a_server() {
        String query = "a cold ship number 7";
        try (TextIndex index = TextIndex.open(folder.resolve("weighed"))) {
            assertThat(found(post("/v1/indexes/weighed/search", Map.of("query", query, "by", "sparse", "k", 5))))
                    .isEqualTo(shown(index.searchSparse(query, sparse, 5)));
            Map<String, Object> hybrid =
                    Map.of("query", query, "by", "hybrid", "k", 5, "vector_weight", 0.25, "sparse_weight", 0.4);
            assertThat(found(post("/v1/indexes/weighed/search", hybrid)))
                    .isEqualTo(shown(
                            index.searchHybrid(query, dense, sparse, Fusion.SCORES, HybridShares.of(0.25, 0.4), 5)));
        }
        HttpResponse<String> said =
                server.send(server.request("/v1/indexes/weighed").header("Authorization", "Bearer " + key));
        assertThat(RunningServer.object(said).string("sparse_model")).isEqualTo("sparse");
        assertThat(RunningServer.object(said).string("sparse_model_hash"))
                .isEqualTo(sparse.description().hash());
    }

    @Test
    void an_explanation_names_the_tokens_with_their_weights_and_says_in_which_text_they_stand() {
        String query = "a cold ship number 7";
        SparseVector asked = sparse.embed(List.of(query)).get(0);
        SparseVector own = sparse.embed(List.of("tea number 7")).get(0);
        Map<String, Double> expected = new TreeMap<>();
        for (int i = 0; i < asked.size(); i++) {
            for (int k = 0; k < own.size(); k++) {
                if (asked.ids()[i] == own.ids()[k]) {
                    expected.put(
                            sparse.token(asked.ids()[i]),
                            (double) asked.weights()[i] * SparseField.rounded(own.weights()[k]));
                }
            }
        }
        JsonObject answer = explained("weighed", Map.of("query", query, "id", "d7"));
        JsonObject tokens = answer.object("tokens");
        Map<String, Double> found = new TreeMap<>();
        for (JsonObject match : tokens.objects("matches")) {
            String token = match.string("token");
            found.put(token, match.number("share"));
            assertThat(match.number("share"))
                    .isCloseTo(match.number("query_weight") * match.number("document_weight"), within(1e-4));
            assertThat(match.bool("in_query"))
                    .as(token)
                    .isEqualTo(List.of("[CLS]", "a", "cold", "ship", "number", "7", "[SEP]")
                            .contains(token));
            assertThat(match.bool("in_document"))
                    .as(token)
                    .isEqualTo(List.of("[CLS]", "tea", "number", "7", "[SEP]").contains(token));
        }
        assertThat(found.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
        found.forEach((token, share) -> assertThat(share).as(token).isCloseTo(expected.get(token), within(1e-3)));
        assertThat(tokens.objects("matches").stream().map(match -> match.bool("in_query") || match.bool("in_document")))
                .as("tokens of neither text")
                .contains(false);
        try (TextIndex index = TextIndex.open(folder.resolve("weighed"))) {
            List<TextHit> hits = index.searchSparse(asked, 12);
            int rank = hits.stream().map(TextHit::id).toList().indexOf("d7") + 1;
            assertThat(tokens.integer("rank")).isEqualTo(rank);
            assertThat(tokens.number("score")).isCloseTo(hits.get(rank - 1).score(), within(1e-2));
            List<TextHit> all = index.searchHybrid(query, dense, sparse, Fusion.SCORES, HybridShares.of(0.25, 0.4), 12);
            JsonObject hybrid = explained(
                            "weighed", Map.of("query", query, "id", "d7", "vector_weight", 0.25, "sparse_weight", 0.4))
                    .object("hybrid");
            assertThat(hybrid.number("sparse_weight")).isEqualTo(0.4);
            assertThat(hybrid.integer("rank"))
                    .isEqualTo(all.stream().map(TextHit::id).toList().indexOf("d7") + 1);
        }
        for (String without : List.of("plain", "others")) {
            assertThat(explained(without, Map.of("query", query, "id", "d7")).has("tokens"))
                    .isFalse();
            assertThat(post(
                                    "/v1/indexes/" + without + "/explain",
                                    Map.of("query", query, "id", "d7", "sparse_weight", 0))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    private static JsonObject explained(String index, Map<String, ?> body) {
        HttpResponse<String> response = post("/v1/indexes/" + index + "/explain", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response);
    }

    @Test
    void documents_that_are_written_get_weights_where_their_index_has_them() {
        try (OnnxSparseEmbedder weighing = tiny(folder.resolve("sparse"), 7)) {
            Path place = folder.resolve("growing");
            TextIndex.write(place, documents(), dense, Optional.of(weighing), IndexForm.defaults());
            try (RunningServer growing = new RunningServer(
                    () -> new Content(
                            OnnxEmbedder.open(folder.resolve("tiny").toString(), new OnnxSettings(1, 256)),
                            List.of(new ServedIndex("growing", LiveIndex.open(place))),
                            Optional.empty(),
                            Optional.of(tiny(folder.resolve("sparse"), 7))),
                    ServerSettings.defaults().withKeys(folder.resolve("keys.json")))) {
                Map<String, Object> added =
                        Map.of("documents", List.of(Map.of("id", "new", "text", "a kettle in the harbour")));
                HttpResponse<String> written =
                        growing.send(growing.posting("/v1/indexes/growing/documents", Json.line(added))
                                .header("Authorization", "Bearer " + key));
                assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
            }
            try (TextIndex index = TextIndex.open(place)) {
                SparseVector own =
                        weighing.embed(List.of("a kettle in the harbour")).get(0);
                double product = 0;
                for (float weight : own.weights()) {
                    product += weight * SparseField.rounded(weight);
                }
                double expected = product;
                assertThat(index.searchSparse("a kettle in the harbour", weighing, 31))
                        .filteredOn(hit -> hit.id().equals("new"))
                        .singleElement()
                        .satisfies(hit -> assertThat(hit.score()).isCloseTo((float) expected, within(1e-3f)));
            }
        }
    }

    @Test
    void the_encoder_is_named_with_its_limit_where_the_server_says_what_it_is() {
        HttpResponse<String> response = server.send(server.request("/info").header("Authorization", "Bearer " + key));
        JsonObject info = RunningServer.object(response).object("sparse");
        assertThat(info.string("model_id")).isEqualTo("sparse");
        assertThat(info.string("model_sha")).isEqualTo(sparse.description().hash());
        assertThat(info.integer("max_input_length")).isEqualTo(MOST);
    }

    @Test
    void an_index_without_weights_or_with_those_of_another_model_says_so() {
        Map<String, Object> search = Map.of("query", "tea", "by", "sparse");
        HttpResponse<String> none = post("/v1/indexes/plain/search", search);
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("chiaro index --sparse writes them");
        HttpResponse<String> another = post("/v1/indexes/others/search", search);
        assertThat(another.statusCode()).isEqualTo(400);
        assertThat(another.body()).contains("sparse model other, which is not served here");
        assertThat(found(post("/v1/indexes/others/search", Map.of("query", "tea"))))
                .hasSize(10);
        HttpResponse<String> written = post(
                "/v1/indexes/others/documents", Map.of("documents", List.of(Map.of("id", "new", "text", "a bird"))));
        assertThat(written.statusCode()).isEqualTo(409);
        HttpResponse<String> share =
                post("/v1/indexes/weighed/search", Map.of("query", "tea", "by", "sparse", "sparse_weight", 0.5));
        assertThat(share.statusCode()).isEqualTo(400);
        assertThat(share.body()).contains("mean nothing without");
        HttpResponse<String> beyond =
                post("/v1/indexes/weighed/search", Map.of("query", "tea", "by", "hybrid", "sparse_weight", 1.5));
        assertThat(beyond.body()).contains("expected 0 to 1 at");
    }

    @Test
    void an_index_that_is_made_with_weights_takes_those_of_the_served_encoder_and_finds_by_them() throws IOException {
        Path shelf = Files.createDirectories(folder.resolve("shelf"));
        String admin = KeyFile.openOrCreate(folder.resolve("keys.json"))
                .add("admin", Role.ADMIN, Clock.systemUTC())
                .text();
        try (RunningServer making = new RunningServer(
                () -> new Content(
                        OnnxEmbedder.open(folder.resolve("tiny").toString(), new OnnxSettings(1, 256)),
                        List.of(),
                        Optional.empty(),
                        Optional.of(OnnxSparseEmbedder.open(
                                SparseDirectory.open(folder.resolve("sparse")), new OnnxSettings(1, 256)))),
                ServerSettings.defaults().withKeys(folder.resolve("keys.json")).withIndexes(shelf))) {
            HttpResponse<String> made = making.send(
                    making.posting("/v1/indexes", Json.line(Map.of("name", "both", "sparse", true, "quantise", "int8")))
                            .header("Authorization", "Bearer " + admin));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            assertThat(RunningServer.object(made).string("sparse_model_hash"))
                    .isEqualTo(sparse.description().hash());
            List<Map<String, String>> documents = documents()
                    .map(document -> Map.of("id", document.id(), "text", document.text()))
                    .toList();
            assertThat(making.send(making.posting(
                                            "/v1/indexes/both/documents", Json.line(Map.of("documents", documents)))
                                    .header("Authorization", "Bearer " + admin))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> bySparse = making.send(
                    making.posting("/v1/indexes/both/search", Json.line(Map.of("query", "cold tea", "by", "sparse")))
                            .header("Authorization", "Bearer " + admin));
            assertThat(found(bySparse))
                    .isEqualTo(found(post("/v1/indexes/weighed/search", Map.of("query", "cold tea", "by", "sparse"))));
        }
    }
}
