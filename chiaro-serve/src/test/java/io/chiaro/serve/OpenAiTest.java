package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.JsonObject;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.http.HttpSettings;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiTest {

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        server = RunningServer.of(model);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    private static float[] floats(JsonObject item) {
        List<Double> numbers = item.numbers("embedding");
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }

    @Test
    void vectors_are_those_of_the_model_in_the_order_of_the_texts_with_the_true_number_of_tokens() {
        List<String> texts = List.of("a longer text about a cold harbour", "tea", " ", "naïve 😀 日本");
        HttpResponse<String> response = server.post("/v1/embeddings", Map.of("input", texts, "model", "tiny"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonObject answer = RunningServer.object(response);
        assertThat(answer.string("object")).isEqualTo("list");
        assertThat(answer.string("model")).isEqualTo("tiny");
        float[][] expected = model.embed(texts, TextRole.TEXT);
        List<JsonObject> data = answer.objects("data");
        assertThat(data).hasSize(4);
        int tokens = 0;
        for (int i = 0; i < 4; i++) {
            assertThat(data.get(i).integer("index")).isEqualTo(i);
            assertThat(data.get(i).string("object")).isEqualTo("embedding");
            assertThat(floats(data.get(i))).containsExactly(expected[i], within(1e-5f));
            tokens += model.tokenizer().encode(texts.get(i), 512).length;
        }
        assertThat(answer.object("usage").integer("prompt_tokens")).isEqualTo(tokens);
        assertThat(answer.object("usage").integer("total_tokens")).isEqualTo(tokens);
    }

    @Test
    void the_address_of_text_embeddings_inference_without_a_version_is_the_same_route() {
        HttpResponse<String> response = server.post("/embeddings", Map.of("input", "tea", "model", "tiny"));

        assertThat(response.body())
                .isEqualTo(server.post("/v1/embeddings", Map.of("input", "tea")).body());
        HttpResponse<String> refused = server.post("/embeddings", Map.of("input", 7));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(RunningServer.object(refused).object("error").string("type")).isEqualTo("invalid_request_error");
    }

    @Test
    void base64_holds_the_same_numbers_as_little_endian_floats() {
        JsonObject plain = RunningServer.object(server.post("/v1/embeddings", Map.of("input", "a cup of tea")));
        HttpResponse<String> response =
                server.post("/v1/embeddings", Map.of("input", "a cup of tea", "encoding_format", "base64"));

        byte[] bytes = Base64.getDecoder()
                .decode(RunningServer.object(response).objects("data").get(0).string("embedding"));
        float[] vector = new float[TinyModel.DIMENSION];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);

        assertThat(bytes).hasSize(4 * TinyModel.DIMENSION);
        assertThat(vector).containsExactly(floats(plain.objects("data").get(0)));
    }

    @Test
    void fewer_dimensions_are_the_first_numbers_brought_to_length_one() {
        float[] whole = model.embed(List.of("tea"), TextRole.TEXT)[0];
        double squares = 0;
        for (int i = 0; i < 5; i++) {
            squares += whole[i] * whole[i];
        }

        HttpResponse<String> response = server.post("/v1/embeddings", Map.of("input", "tea", "dimensions", 5));

        float[] vector = floats(RunningServer.object(response).objects("data").get(0));
        assertThat(vector).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(vector[i]).isCloseTo((float) (whole[i] / Math.sqrt(squares)), within(1e-5f));
        }
    }

    @Test
    void token_ids_without_special_tokens_give_the_vector_of_their_text() {
        int[] ids = model.tokenizer().encode("a cup of tea", 512);
        int[] bare = Arrays.copyOfRange(ids, 1, ids.length - 1);

        JsonObject one = RunningServer.object(server.post("/v1/embeddings", Map.of("input", bare)));
        JsonObject two = RunningServer.object(server.post("/v1/embeddings", Map.of("input", List.of(bare, bare))));

        float[] expected = model.embed(List.of("a cup of tea"), TextRole.TEXT)[0];
        assertThat(one.objects("data")).hasSize(1);
        assertThat(floats(one.objects("data").get(0))).containsExactly(expected, within(1e-5f));
        assertThat(floats(two.objects("data").get(1))).containsExactly(expected, within(1e-5f));
        assertThat(two.object("usage").integer("prompt_tokens")).isEqualTo(2 * ids.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"inputs\": \"tea\"}                              | 400 | Did you mean \\\"input\\\"?",
                "{}                                                 | 400 | at \\\"input\\\", but the key is missing",
                "{\"input\": null}                                  | 400 | at \\\"input\\\", but the key is missing",
                "{\"input\": 7}                                     | 400 | a text or a list of texts",
                "{\"input\": []}                                    | 400 | the list is empty",
                "{\"input\": [\"tea\", 7]}                          | 400 | at \\\"input[1]\\\"",
                "{\"input\": [7, \"tea\"]}                          | 400 | at place 1",
                "{\"input\": [[7], \"tea\"]}                        | 400 | at \\\"input[1]\\\"",
                "{\"input\": [30522]}                               | 400 | from 0 to 30521",
                "{\"input\": [-1]}                                  | 400 | from 0 to 30521",
                "{\"input\": [101, 7, 102]}                         | 400 | without special tokens",
                "{\"input\": [[]]}                                  | 400 | at least one token id",
                "{\"input\": \"tea\", \"dimensions\": 13}           | 400 | 1 to 12",
                "{\"input\": \"tea\", \"dimensions\": 1e400}        | 400 | dimensions",
                "{\"input\": \"tea\", \"dimensions\": 2.5}          | 400 | dimensions",
                "{\"input\": \"tea\", \"encoding_format\": \"hex\"} | 400 | float or base64",
                "{\"input\": \"tea\", \"model\": \"other\"}         | 404 | tiny",
                "{\"input\": \"tea\", \"model\": 7}                 | 400 | model",
                "{\"input\": \"tea\"} {}                            | 400 | valid JSON",
                "{\"input\": \"tea\", \"input\": \"tea\"}           | 400 | valid JSON",
                "[\"tea\"]                                          | 400 | a JSON object",
                "not json                                           | 400 | valid JSON",
            })
    void what_cannot_be_read_is_refused_in_the_form_of_openai(String body, int status, String reason) {
        HttpResponse<String> response = server.post("/v1/embeddings", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(reason);
        JsonObject error = RunningServer.object(response).object("error");
        assertThat(error.string("type")).isEqualTo("invalid_request_error");
        assertThat(error.keys()).containsExactly("message", "type", "param", "code");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "{\"input\": [\"tea\", 7]}                            | input           | null",
                "{}                                                 | input           | null",
                "{\"input\": [30522]}                               | input           | null",
                "{\"input\": \"tea\", \"dimensions\": 13}           | dimensions      | null",
                "{\"input\": \"tea\", \"dimensions\": \"many\"}      | dimensions      | null",
                "{\"input\": \"tea\", \"encoding_format\": \"hex\"} | encoding_format | null",
                "{\"input\": \"tea\", \"model\": \"other\"}         | model           | model_not_found",
                "{\"input\": \"tea\", \"model\": 7}                 | model           | null",
                "{\"inputs\": \"tea\"}                              | null            | null",
                "not json                                           | null            | null",
            })
    void a_refusal_names_the_key_that_it_is_about(String body, String key, String code) {
        Map<String, Object> error = RunningServer.object(server.post("/v1/embeddings", body))
                .object("error")
                .toMap();

        assertThat(error.get("param")).isEqualTo(key);
        assertThat(error.get("code")).isEqualTo(code);
    }

    @Test
    void an_empty_text_is_refused_as_openai_does_and_told_where_it_is_embedded() {
        for (Object input : List.of("", List.of("tea", ""))) {
            HttpResponse<String> response = server.post("/v1/embeddings", Map.of("input", input));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(response.body()).contains("an empty one at place " + (input.equals("") ? 0 : 1), "POST /embed");
        }
        assertThat(server.post("/embed", Map.of("inputs", "")).statusCode()).isEqualTo(200);
    }

    @Test
    void a_text_beyond_the_limit_is_refused_unless_the_server_was_told_to_cut_and_then_it_says_so() {
        String text = "word ".repeat(TinyModel.MAX_TOKENS - 1);
        String fits = "word ".repeat(TinyModel.MAX_TOKENS - 2);

        HttpResponse<String> refused = server.post("/v1/embeddings", Map.of("input", List.of(fits, text)));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("at most 24 tokens").contains("text 1 has more");
        ServerSettings cutting = ServerSettings.defaults();
        cutting = cutting.withWork(cutting.queue(), cutting.limits().withTruncation(true));
        try (RunningServer cutter = new RunningServer(model, List.of(), cutting)) {
            HttpResponse<String> cut = cutter.post("/v1/embeddings", Map.of("input", List.of(fits, text)));

            assertThat(cut.statusCode()).isEqualTo(200);
            assertThat(cut.headers().firstValue("Chiaro-Truncated-Inputs")).contains("1");
            List<JsonObject> data = RunningServer.object(cut).objects("data");
            assertThat(floats(data.get(1))).containsExactly(floats(data.get(0)), within(1e-6f));
        }
    }

    @Test
    void more_texts_tokens_or_bytes_than_a_request_may_hold_are_refused() {
        ServerSettings settings = ServerSettings.defaults();
        settings = settings.withWork(
                settings.queue(), settings.limits().withInputs(3).withRequestTokens(20));
        settings = settings.withHttp(HttpSettings.of("127.0.0.1", 0, 2000));
        try (RunningServer small = new RunningServer(model, List.of(), settings)) {
            assertThat(small.post("/v1/embeddings", Map.of("input", Collections.nCopies(3, "tea")))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> texts = small.post("/v1/embeddings", Map.of("input", Collections.nCopies(4, "tea")));
            assertThat(texts.statusCode()).isEqualTo(413);
            assertThat(texts.body()).contains("at most 3 texts");
            HttpResponse<String> tokens = small.post(
                    "/v1/embeddings", Map.of("input", Collections.nCopies(3, "one two three four five six")));
            assertThat(tokens.statusCode()).isEqualTo(413);
            assertThat(tokens.body()).contains("at most 20 tokens");
            HttpResponse<String> bytes = small.post("/v1/embeddings", Map.of("input", "x".repeat(2000)));
            assertThat(bytes.statusCode()).isEqualTo(413);
            assertThat(bytes.body()).contains("at most 2000 bytes");
            JsonObject info = RunningServer.object(small.get("/info"));
            assertThat(info.integer("max_client_batch_size")).isEqualTo(3);
            assertThat(info.integer("max_request_tokens")).isEqualTo(20);
            assertThat(info.integer("max_body_bytes")).isEqualTo(2000);
        }
    }

    @Test
    void the_model_is_listed_and_found_by_its_name_alone() {
        JsonObject list = RunningServer.object(server.get("/v1/models"));
        assertThat(list.objects("data").get(0).string("id")).isEqualTo("tiny");
        assertThat(RunningServer.object(server.get("/v1/models/tiny")).string("object"))
                .isEqualTo("model");
        assertThat(server.get("/v1/models/other").statusCode()).isEqualTo(404);
    }

    @Test
    void a_body_of_another_type_or_encoding_is_refused() {
        assertThat(server.send(server.request("/v1/embeddings")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"input\": \"tea\"}")))
                        .statusCode())
                .isEqualTo(415);
        assertThat(server.send(server.request("/v1/embeddings")
                                .header("Content-Type", "application/json; charset=utf-8")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(
                                        new byte[] {'{', '"', (byte) 0xFF, '"', '}'})))
                        .body())
                .contains("in UTF-8");
    }
}
