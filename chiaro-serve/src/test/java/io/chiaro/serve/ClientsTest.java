package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.OnnxEmbedder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of OpenAI that people already have, unchanged, given only the address. */
class ClientsTest {

    private static final List<String> TEXTS = List.of("a longer text about a cold harbour", "tea", "naïve 😀 日本");

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;
    private static RunningServer server;
    private static float[][] expected;

    @BeforeAll
    static void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        server = RunningServer.of(model);
        expected = model.embed(TEXTS, TextRole.TEXT);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    private static OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder langchain4j() {
        return OpenAiEmbeddingModel.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .modelName("tiny")
                .maxRetries(0);
    }

    @Test
    void the_openai_model_of_langchain4j_gets_the_vectors_of_the_model_and_the_true_number_of_tokens() {
        Response<List<Embedding>> response = langchain4j()
                .build()
                .embedAll(TEXTS.stream().map(TextSegment::from).toList());

        assertThat(response.content().stream().map(Embedding::vector).toArray(float[][]::new))
                .isDeepEqualTo(expected);
        int tokens = model.tokens(TEXTS, TextRole.TEXT).stream()
                .mapToInt(ids -> ids.length)
                .sum();
        assertThat(response.tokenUsage())
                .extracting(TokenUsage::inputTokenCount, TokenUsage::totalTokenCount)
                .containsExactly(tokens, tokens);
    }

    @Test
    void it_gets_base64_and_fewer_dimensions_when_it_asks_for_them() {
        OpenAiEmbeddingModel asking =
                langchain4j().encodingFormat("base64").dimensions(5).build();

        float[] vector = asking.embed("tea").content().vector();

        assertThat(vector).hasSize(5);
        assertThat(vector[1] / vector[0]).isCloseTo(expected[1][1] / expected[1][0], within(1e-4f));
    }

    @Test
    void it_understands_a_refusal() {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> langchain4j().build().embed("word ".repeat(TinyModel.MAX_TOKENS)))
                .withMessageContaining("tokens");
    }

    @Test
    void the_official_java_client_of_openai_gets_the_vectors_of_the_model() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.uri("/v1").toString())
                .apiKey("none")
                .maxRetries(0)
                .build();
        try {
            CreateEmbeddingResponse response = client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model("tiny")
                            .inputOfArrayOfStrings(TEXTS)
                            .build());

            assertThat(response.data()).hasSize(3);
            for (int i = 0; i < 3; i++) {
                List<Float> vector = response.data().get(i).embedding();
                assertThat(vector).hasSize(TinyModel.DIMENSION);
                for (int k = 0; k < vector.size(); k++) {
                    assertThat(vector.get(k)).isEqualTo(expected[i][k]);
                }
            }
            assertThat(response.usage().promptTokens())
                    .isEqualTo(model.tokens(TEXTS, TextRole.TEXT).stream()
                            .mapToInt(ids -> ids.length)
                            .sum());
            assertThat(client.models().list().data())
                    .singleElement()
                    .satisfies(served -> assertThat(served.id()).isEqualTo("tiny"));
            assertThatExceptionOfType(NotFoundException.class)
                    .isThrownBy(() -> client.embeddings()
                            .create(EmbeddingCreateParams.builder()
                                    .model("another")
                                    .input("tea")
                                    .build()));
        } finally {
            client.close();
        }
    }
}
