package io.chiaro.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.ShortenedEmbedder;
import io.chiaro.model.TextRole;
import io.chiaro.model.TextVectors;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.util.MimeTypeUtils;

class ChiaroEmbeddingModelTest {

    private static final List<String> TEXTS =
            List.of("a longer text about the tides of a cold harbour", "tea", "naïve 😀 日本");

    /** Batches of two, the last one of what is left. */
    private static final BatchingStrategy BY_TWO =
            documents -> List.of(documents.subList(0, 2), documents.subList(2, documents.size()));

    private static OnnxEmbedder bge;

    @BeforeAll
    static void open() {
        bge = OnnxEmbedder.open("bge-small-en-v1.5", OnnxSettings.defaults());
    }

    @AfterAll
    static void close() {
        bge.close();
    }

    private static float[] vector(String text, TextRole role) {
        return bge.embed(List.of(text), role)[0];
    }

    @Test
    void strings_are_queries_and_documents_are_documents() {
        EmbeddingModel model = ChiaroEmbeddingModel.of(bge);

        assertThat(model.embed("tea"))
                .isEqualTo(vector("tea", TextRole.QUERY))
                .isEqualTo(vector("Represent this sentence for searching relevant passages: tea", TextRole.TEXT));
        assertThat(model.embed(new Document("tea", Map.of("author", "nobody"))))
                .isEqualTo(vector("tea", TextRole.DOCUMENT));
        assertThat(model.embed(TEXTS).toArray(float[][]::new)).isDeepEqualTo(bge.embed(TEXTS, TextRole.QUERY));
        assertThat(model.dimensions()).isEqualTo(384);
    }

    @ParameterizedTest
    @EnumSource
    void another_role_is_said_of_the_model_or_with_the_request(TextRole role) {
        float[] expected = vector("tea", role);

        assertThat(ChiaroEmbeddingModel.of(bge).withRole(role).embed("tea")).isEqualTo(expected);
        assertThat(ChiaroEmbeddingModel.of(bge)
                        .call(new EmbeddingRequest(List.of("tea"), new ChiaroEmbeddingOptions(role)))
                        .getResult()
                        .getOutput())
                .isEqualTo(expected);
    }

    @Test
    void documents_come_back_in_their_order_through_the_batches_that_are_asked_for() {
        List<Document> documents = TEXTS.stream().map(Document::new).toList();

        List<float[]> vectors = ChiaroEmbeddingModel.of(bge)
                .embed(documents, EmbeddingOptions.builder().build(), BY_TWO);

        assertThat(vectors).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(TextVectors.dot(vectors.get(i), vector(TEXTS.get(i), TextRole.DOCUMENT)))
                    .isCloseTo(1, within(1e-6));
        }
        assertThat(ChiaroEmbeddingModel.of(bge)
                        .embed(documents, new ChiaroEmbeddingOptions(TextRole.QUERY), BY_TWO)
                        .get(2))
                .isEqualTo(vector(TEXTS.get(2), TextRole.QUERY));
    }

    @Test
    void a_response_names_the_model_and_counts_the_true_tokens() {
        EmbeddingResponse response = ChiaroEmbeddingModel.of(bge).embedForResponse(List.of("tea", "a pot of tea"));

        assertThat(response.getMetadata().getModel()).isEqualTo("bge-small-en-v1.5");
        // Twice [CLS], [SEP] and the 8 tokens of the prompt; 1 and 4 of the texts.
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(25);
        assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(25);
        assertThat(response.getResults().get(1).getIndex()).isEqualTo(1);
    }

    @Test
    void an_embedder_that_cannot_count_serves_as_well() {
        Embedder first = ShortenedEmbedder.first(bge, 16);

        assertThat(ChiaroEmbeddingModel.of(first).embed("tea"))
                .isEqualTo(first.embed(List.of("tea"), TextRole.QUERY)[0]);
        assertThat(ChiaroEmbeddingModel.of(first).dimensions()).isEqualTo(16);
    }

    @Test
    void what_the_model_cannot_do_is_refused_and_not_passed_over() {
        EmbeddingModel model = ChiaroEmbeddingModel.of(bge);

        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> model.call(new EmbeddingRequest(
                        TEXTS, EmbeddingOptions.builder().model("other").build())))
                .withMessage("options: expected the model bge-small-en-v1.5 or none, but found other. Open that one"
                        + " and ask it.");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> model.call(new EmbeddingRequest(
                        TEXTS, EmbeddingOptions.builder().dimensions(16).build())))
                .withMessageContaining("expected the 384 dimensions");
        assertThatExceptionOfType(ChiaroException.class)
                .isThrownBy(() -> model.embed(
                        new Document(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("file:///picture.png")), Map.of())))
                .withMessageContaining("expected a text, but found media");
    }

    @Test
    void a_vector_store_of_spring_finds_with_it() {
        List<Document> found = inSpringsOwnStore(bge);

        assertThat(found).singleElement().satisfies(document -> {
            assertThat(document.getText()).startsWith("Ebb and flow");
            assertThat(document.getMetadata()).containsEntry("shelf", "sea");
            assertThat(document.getScore())
                    .isCloseTo(
                            TextVectors.dot(
                                    vector("what causes the tides", TextRole.QUERY),
                                    vector("Ebb and flow follow the moon.", TextRole.DOCUMENT)),
                            within(1e-5));
        });
    }

    private static List<Document> inSpringsOwnStore(Embedder model) {
        EmbeddingModel embedding = ChiaroEmbeddingModel.of(model);
        VectorStore store = SimpleVectorStore.builder(embedding).build();
        store.add(List.of(
                new Document("Ebb and flow follow the moon.", Map.of("shelf", "sea")),
                new Document("Green tea is steeped at eighty degrees.", Map.of("shelf", "kitchen"))));

        List<Document> found = store.similaritySearch(
                SearchRequest.builder().query("what causes the tides").topK(1).build());
        return found;
    }
}
