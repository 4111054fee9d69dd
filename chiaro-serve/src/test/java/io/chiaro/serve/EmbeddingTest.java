package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxQuantizer;
import io.chiaro.onnx.OnnxSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes that clients of Text Embeddings Inference use. */
class EmbeddingTest {

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static OnnxEmbedder raw;
    private static RunningServer server;
    private static RunningServer rawServer;

    @BeforeAll
    static void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        raw = TinyModel.create(folder.resolve("raw"), 1, false);
        server = RunningServer.of(model);
        rawServer = RunningServer.of(raw);
    }

    @AfterAll
    static void stop() {
        server.close();
        rawServer.close();
        model.close();
        raw.close();
    }

    private static float[][] vectors(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return rows(response.body());
    }

    private static float[][] rows(String json) {
        return Arrays.stream(json.substring(2, json.length() - 2).split("\\],\\[", -1))
                .map(row -> {
                    String[] numbers = row.split(",", -1);
                    float[] vector = new float[numbers.length];
                    for (int i = 0; i < vector.length; i++) {
                        vector[i] = Float.parseFloat(numbers[i]);
                    }
                    return vector;
                })
                .toArray(float[][]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/invocations"})
    void clients_that_name_no_route_get_vectors_as_the_type_of_the_model_says(String path) {
        // As huggingface_hub's InferenceClient(url).feature_extraction sends it.
        HttpResponse<String> response = server.post(
                path, Map.of("inputs", "tea", "normalize", true, "truncate", true, "truncation_direction", "right"));

        assertThat(vectors(response)[0]).containsExactly(model.embed(List.of("tea"), TextRole.TEXT)[0], within(1e-5f));
        HttpResponse<String> refused = server.post(path, Map.of("inputs", 3));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(RunningServer.object(refused).string("error_type")).isEqualTo("Validation");
        assertThat(server.get("/").headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/html");
    }

    @Test
    void embed_gives_a_list_of_vectors_for_one_text_and_for_many() {
        List<String> texts = List.of("a longer text about a cold harbour", "tea");
        float[][] expected = model.embed(texts, TextRole.TEXT);

        float[][] many = vectors(server.post("/embed", Map.of("inputs", texts)));
        float[][] one = vectors(server.post("/embed", Map.of("inputs", "tea")));

        assertThat(many).hasDimensions(2, TinyModel.DIMENSION);
        assertThat(one).hasDimensions(1, TinyModel.DIMENSION);
        assertThat(many[0]).containsExactly(expected[0], within(1e-5f));
        assertThat(one[0]).containsExactly(expected[1], within(1e-5f));
    }

    @Test
    void a_prompt_is_chosen_by_its_name() {
        float[] query = vectors(server.post("/embed", Map.of("inputs", "tea", "prompt_name", "query")))[0];
        float[] document = vectors(server.post("/embed", Map.of("inputs", "tea", "prompt_name", "document")))[0];

        assertThat(query).containsExactly(model.embed(List.of("tea"), TextRole.QUERY)[0], within(1e-5f));
        assertThat(document).containsExactly(model.embed(List.of("tea"), TextRole.DOCUMENT)[0], within(1e-5f));
        HttpResponse<String> unknown = server.post("/embed", Map.of("inputs", "tea", "prompt_name", "queri"));
        assertThat(unknown.statusCode()).isEqualTo(422);
        assertThat(unknown.body()).contains("Did you mean \\\"query\\\"?");
    }

    @Test
    void vectors_are_brought_to_length_one_unless_that_is_not_wanted() {
        float[] own = raw.embed(List.of("tea"), TextRole.TEXT)[0];
        float[] left = vectors(rawServer.post("/embed", Map.of("inputs", "tea", "normalize", false)))[0];
        float[] unit = vectors(rawServer.post("/embed", Map.of("inputs", "tea")))[0];

        assertThat(left).containsExactly(own, within(1e-4f));
        double squares = 0;
        for (float value : own) {
            squares += (double) value * value;
        }
        for (int i = 0; i < own.length; i++) {
            assertThat(unit[i]).isCloseTo((float) (own[i] / Math.sqrt(squares)), within(1e-5f));
        }
        assertThat(server.post("/embed", Map.of("inputs", "tea", "normalize", false))
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void a_long_text_is_cut_only_when_that_is_asked_for() {
        String text = "word ".repeat(40);

        assertThat(server.post("/embed", Map.of("inputs", text)).statusCode()).isEqualTo(422);
        HttpResponse<String> cut =
                server.post("/embed", Map.of("inputs", text, "truncate", true, "truncation_direction", "Right"));

        assertThat(vectors(cut)[0])
                .containsExactly(
                        model.embed(List.of("word ".repeat(TinyModel.MAX_TOKENS - 2)), TextRole.TEXT)[0],
                        within(1e-5f));
        assertThat(cut.headers().firstValue("Chiaro-Truncated-Inputs")).contains("1");
    }

    @Test
    void similarity_is_the_cosine_with_the_source() {
        HttpResponse<String> response = server.post(
                "/similarity",
                Map.of("inputs", Map.of("source_sentence", "tea", "sentences", List.of("a harbour", "tea"))));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        float[][] vectors = model.embed(List.of("tea", "a harbour"), TextRole.TEXT);
        double cosine = 0;
        for (int i = 0; i < vectors[0].length; i++) {
            cosine += (double) vectors[0][i] * vectors[1][i];
        }
        List<Double> similarities = RunningServer.list(response).numbers("list");
        assertThat(similarities).hasSize(2);
        assertThat(similarities.get(0)).isCloseTo(cosine, within(1e-5));
        assertThat(similarities.get(1)).isCloseTo(1, within(1e-5));
    }

    @Test
    void tokens_are_shown_with_the_part_of_the_text_that_they_stand_for() {
        HttpResponse<String> response = server.post("/tokenize", Map.of("inputs", List.of("😀 Naïve teas")));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String body = response.body();
        assertThat(body).startsWith("[[").endsWith("]]");
        List<JsonObject> tokens = RunningServer.objects(body.substring(1, body.length() - 1));
        assertThat(tokens.get(0).string("text")).isEqualTo("[CLS]");
        assertThat(tokens.get(0).bool("special")).isTrue();
        assertThat(tokens.get(0).has("start")).isFalse();
        JsonObject naive = tokens.get(2);
        assertThat(naive.string("text")).isEqualTo("Naïve");
        assertThat(naive.integer("start")).isEqualTo(2);
        assertThat(naive.integer("stop")).isEqualTo(7);
        int[] ids = model.tokenizer().encode("😀 Naïve teas", 512);
        assertThat(tokens.stream().mapToInt(token -> token.integer("id")).toArray())
                .isEqualTo(ids);

        String bare = server.post("/tokenize", Map.of("inputs", "teas", "add_special_tokens", false))
                .body();
        assertThat(bare).doesNotContain("[CLS]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/embed      | {\"input\": \"tea\"}                                     | Did you mean \\\"inputs\\\"?",
                "/embed      | {\"inputs\": {\"a\": 1}}                                 | a text or a list of texts",
                "/embed      | {\"inputs\": []}                                         | the list is empty",
                "/embed      | {\"inputs\": \"tea\", \"normalize\": \"yes\"}            | true or false",
                "/embed      | {\"inputs\": \"tea\", \"truncation_direction\": \"Left\"} | only the end",
                "/embed      | {\"inputs\": \"tea\", \"dimensions\": 0}                 | 1 to 12",
                "/similarity | {\"inputs\": {\"source_sentence\": \"tea\"}}             | sentences",
                "/similarity | {\"inputs\": {\"source_sentence\": \"tea\", \"sentences\": []}} | the list is empty",
                "/similarity | {\"inputs\": {\"source\": \"tea\", \"sentences\": []}}   | source_sentence",
                "/tokenize   | {\"inputs\": [null]}                                     | inputs[0]",
            })
    void what_cannot_be_read_is_refused_in_the_form_of_text_embeddings_inference(
            String path, String body, String reason) {
        HttpResponse<String> response = server.post(path, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(response.body()).contains(reason);
        JsonObject error = RunningServer.object(response);
        assertThat(error.keys()).containsExactly("error", "error_type");
        assertThat(error.string("error_type")).isEqualTo("Validation");
    }

    @Test
    void those_who_run_the_server_are_told_what_it_is_and_how_it_does() {
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        JsonObject info = RunningServer.object(server.get("/info"));
        assertThat(info.string("model_id")).isEqualTo("tiny");
        assertThat(info.string("model_dtype")).isEqualTo("float32");
        JsonObject described = RunningServer.object(server.get("/openapi.json"))
                .object("paths")
                .object("/info")
                .object("get")
                .object("responses")
                .object("200")
                .object("content")
                .object("application/json")
                .object("schema")
                .object("properties");
        assertThat(described.keys()).containsAll(info.keys());
        assertThat(info.string("model_sha")).isEqualTo(model.description().hash());
        assertThat(info.integer("max_input_length")).isEqualTo(TinyModel.MAX_TOKENS);
        assertThat(info.object("model_type").object("embedding").string("pooling"))
                .isEqualTo("mean");

        String before = server.get("/metrics").body();
        server.post("/embed", Map.of("inputs", List.of("one", "two")));
        HttpResponse<String> after = server.get("/metrics");
        assertThat(after.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(figure(after.body(), "te_embed_success") - figure(before, "te_embed_success"))
                .isEqualTo(1);
        assertThat(figure(after.body(), "te_request_input_length_count")
                        - figure(before, "te_request_input_length_count"))
                .isEqualTo(2);
        assertThat(figure(after.body(), "te_queue_size")).isZero();
        // A series without labels would end with the first failure, and the one with labels begin.
        assertThat(server.get("/metrics").body().lines())
                .contains("# TYPE te_request_failure counter", "te_rerank_count 0")
                .noneMatch(line -> line.matches("te_request_(count|success|failure) .*"));
        assertThat(after.body()).contains("te_request_success{route=\"/embed\"}");
    }

    @Test
    void a_graph_of_bytes_is_told_from_one_of_floats() {
        Path bytes = folder.resolve("bytes");
        TinyModel.create(bytes, 1, true).close();
        OnnxQuantizer.quantize(bytes.resolve("onnx/model.onnx"), bytes.resolve("onnx/model.onnx"));
        try (OnnxEmbedder coarse = OnnxEmbedder.open(bytes.toString(), new OnnxSettings(1, 256));
                RunningServer serving = RunningServer.of(coarse)) {
            assertThat(RunningServer.object(serving.get("/info")).string("model_dtype"))
                    .isEqualTo("int8");
        }
    }

    private static double figure(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_path_or_method_that_is_not_there_is_told_with_the_nearest() {
        HttpResponse<String> path = server.post("/embedd", Map.of("inputs", "tea"));
        HttpResponse<String> method = server.get("/embed");

        assertThat(path.statusCode()).isEqualTo(404);
        assertThat(path.body()).contains("Did you mean \\\"/embed\\\"?").doesNotContain("/page/");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void half_of_a_surrogate_pair_is_refused_wherever_it_stands() {
        for (String body : List.of(
                "{\"inputs\": \"tea \\ud83d\"}",
                "{\"inputs\": [\"tea\", \"\\ude00\"]}",
                "{\"inputs\": \"\\ude00\\ud83d\"}")) {
            HttpResponse<String> response = server.post("/embed", body);
            assertThat(response.statusCode()).as(body).isEqualTo(422);
            assertThat(response.body()).contains("half of a surrogate pair", "at \\\"inputs\\\"");
        }
        HttpResponse<String> inner = server.post(
                "/similarity", "{\"inputs\": {\"source_sentence\": \"\\udfff\", \"sentences\": [\"tea\"]}}");
        assertThat(inner.statusCode()).isEqualTo(422);
        HttpResponse<String> openAi = server.post("/v1/embeddings", "{\"input\": \"\\ud83d\"}");
        assertThat(openAi.statusCode()).isEqualTo(400);
        assertThat(openAi.body()).contains("half of a surrogate pair", "\"param\":\"input\"");
        HttpResponse<String> whole = server.post("/embed", "{\"inputs\": \"\\ud83d\\ude00 \\u00ef\"}");
        assertThat(vectors(whole)[0]).containsExactly(model.embed(List.of("😀 ï"), TextRole.TEXT)[0], within(1e-5f));
    }

    @Test
    void a_path_that_can_be_read_in_two_ways_is_told_what_is_wrong_with_it() {
        assertThat(server.get("/v1/models/a%2fb").body()).contains("expected a path without %2F");
        assertThat(server.get("//v1/models").body()).contains("expected a path without //");
        assertThat(server.get("/v1//models").body()).contains("expected a path without //");
        assertThat(server.get("/v1/..;x/models").statusCode()).isEqualTo(400);
        assertThat(server.get("/v1/..;x/models").body()).contains("read in one way alone");
    }

    @Test
    void a_request_has_the_id_that_its_client_gave_it_or_a_new_one_and_the_log_has_it_too() {
        String known = "call:7/a?";
        HttpResponse<String> told = server.send(server.request("/info").header("X-Request-Id", known));
        assertThat(told.headers().firstValue("X-Request-Id")).contains(known);
        assertThat(server.log()).anyMatch(line -> line.contains("\"request_id\":\"" + known + "\""));

        for (String unfit : List.of("", "two words", "x".repeat(129))) {
            HttpResponse<String> made = server.send(server.request("/nothing").header("X-Request-Id", unfit));
            String id = made.headers().firstValue("X-Request-Id").orElseThrow();
            assertThat(id).isNotEqualTo(unfit).matches("[a-z0-9]+-[a-z0-9]+");
            assertThat(server.log()).anyMatch(line -> line.contains(id));
        }
        String first = server.get("/info").headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(server.get("/info").headers().firstValue("X-Request-Id").orElseThrow())
                .isNotEqualTo(first);
        assertThat(server.get("/v1//x").headers().firstValue("X-Request-Id")).isPresent();
    }

    @Test
    void the_log_has_a_line_for_each_request_and_no_text() {
        int before = server.log().size();
        server.post("/embed", Map.of("inputs", "a secret harbour"));
        server.get("/v1/indexes/secret-name");

        List<String> lines = server.log().subList(before, server.log().size());
        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).doesNotContain("secret"));
        JsonObject line = Json.parse("log", lines.get(0));
        assertThat(line.string("route")).isEqualTo("/embed");
        assertThat(line.integer("status")).isEqualTo(200);
        assertThat(line.integer("texts")).isEqualTo(1);
        assertThat(line.integer("tokens")).isEqualTo(5);
    }
}
