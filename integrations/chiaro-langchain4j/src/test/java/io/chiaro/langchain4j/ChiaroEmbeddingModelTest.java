package io.chiaro.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.store.embedding.CosineSimilarity;
import io.chiaro.model.Embedder;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.testkit.BookExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChiaroEmbeddingModelTest {

    private static final List<String> TEXTS =
            List.of("a longer text about the tides of a cold harbour", "tea", "naïve 😀 日本");

    private static OnnxEmbedder bge;

    @BeforeAll
    static void open() {
        bge = OnnxEmbedder.open("bge-small-en-v1.5", OnnxSettings.defaults());
    }

    @AfterAll
    static void close() {
        bge.close();
    }

    private static float[][] vectors(List<Embedding> embeddings) {
        return embeddings.stream().map(Embedding::vector).toArray(float[][]::new);
    }

    @Test
    void all_ways_to_ask_give_the_vectors_of_the_model_in_the_order_of_the_texts() {
        EmbeddingModel model = ChiaroEmbeddingModel.of(bge);
        float[][] expected = bge.embed(TEXTS, TextRole.TEXT);

        Response<List<Embedding>> all =
                model.embedAll(TEXTS.stream().map(TextSegment::from).toList());

        assertThat(vectors(all.content())).isDeepEqualTo(expected);
        assertThat(model.embed(TEXTS.get(1)).content().vector())
                .isEqualTo(bge.embed(List.of(TEXTS.get(1)), TextRole.TEXT)[0]);
        assertThat(model.dimension()).isEqualTo(384);
        assertThat(model.modelName()).isEqualTo("bge-small-en-v1.5");
    }

    @ParameterizedTest
    @CsvSource({"QUERY, QUERY", "DOCUMENT, DOCUMENT"})
    void a_request_that_says_what_its_texts_are_gets_the_prompt_for_it(EmbeddingInputType type, TextRole role) {
        EmbeddingResponse response = ChiaroEmbeddingModel.of(bge)
                .embed(EmbeddingRequest.builder()
                        .inputs(TEXTS.toArray(String[]::new))
                        .inputType(type)
                        .build());

        assertThat(vectors(response.embeddings())).isDeepEqualTo(bge.embed(TEXTS, role));
        assertThat(response.modelName()).isEqualTo("bge-small-en-v1.5");
    }

    @ParameterizedTest
    @EnumSource
    void one_that_says_nothing_gets_the_prompt_of_the_role_that_was_set(TextRole role) {
        Response<Embedding> response =
                ChiaroEmbeddingModel.of(bge).withRole(role).embed("tea");

        assertThat(response.content().vector()).isEqualTo(bge.embed(List.of("tea"), role)[0]);
    }

    @Test
    void the_prompt_of_a_query_is_not_lost_on_the_way() {
        EmbeddingModel model = ChiaroEmbeddingModel.of(bge).withRole(TextRole.QUERY);

        assertThat(model.embed("tea").content().vector())
                .isEqualTo(bge.embed(
                                List.of("Represent this sentence for searching relevant passages: tea"), TextRole.TEXT)[
                        0])
                .isNotEqualTo(bge.embed(List.of("tea"), TextRole.TEXT)[0]);
    }

    @Test
    void usage_counts_the_true_tokens_with_prompt_and_special_ones() {
        // [CLS] tea [SEP]; the prompt has 8 tokens, its colon among them.
        assertThat(ChiaroEmbeddingModel.of(bge).embed("tea").tokenUsage()).isEqualTo(new TokenUsage(3));
        assertThat(ChiaroEmbeddingModel.of(bge)
                        .withRole(TextRole.QUERY)
                        .embed("tea")
                        .tokenUsage())
                .isEqualTo(new TokenUsage(11));
    }

    @Test
    void an_embedder_that_cannot_count_serves_as_well() {
        Embedder first = ShortenedEmbedder.first(bge, 16);
        Response<Embedding> response = ChiaroEmbeddingModel.of(first).embed("tea");

        assertThat(response.content().vector()).isEqualTo(first.embed(List.of("tea"), TextRole.TEXT)[0]);
        assertThat(response.tokenUsage()).isNull();
    }

    @Test
    void what_the_model_cannot_do_is_refused_and_not_passed_over() {
        EmbeddingModel model = ChiaroEmbeddingModel.of(bge);

        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> model.embed(
                        EmbeddingRequest.builder().input("tea").dimensions(16).build()));
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> model.embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(ImageContent.from("AAAA", "image/png")))
                        .build()));
    }

    @Test
    void the_book_shows_how() throws IOException {
        assertThat(example(bge))
                .isCloseTo(
                        TextVectors.dot(
                                bge.embed(List.of("what causes the tides"), TextRole.QUERY)[0],
                                bge.embed(List.of("Ebb and flow follow the moon."), TextRole.DOCUMENT)[0]),
                        within(1e-6));
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/langchain4j/ChiaroEmbeddingModelTest.java"),
                "langchain4j");
    }

    private static double example(Embedder model) {
        // [langchain4j
        EmbeddingModel documents = ChiaroEmbeddingModel.of(model).withRole(TextRole.DOCUMENT);
        EmbeddingModel queries = ChiaroEmbeddingModel.of(model).withRole(TextRole.QUERY);

        Embedding kept = documents.embed("Ebb and flow follow the moon.").content();
        Embedding asked = queries.embed("what causes the tides").content();
        double cosine = CosineSimilarity.between(kept, asked);
        // langchain4j]
        return cosine;
    }
}
