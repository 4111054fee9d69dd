package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelDirectory;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.Pooling;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import io.chiaro.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEmbedderTest {

    private static final OnnxSettings SETTINGS = new OnnxSettings(2, 1024);

    @TempDir
    Path directory;

    @Test
    void minilm_puts_paraphrases_nearer_than_strangers_and_keeps_the_order_of_its_texts() {
        try (OnnxEmbedder embedder = OnnxEmbedder.open("all-minilm-l6-v2", SETTINGS)) {
            float[][] vectors = embedder.embed(
                    List.of(
                            "A man is eating food.",
                            "The stock market fell sharply on Monday.",
                            "Someone is having a meal."),
                    TextRole.TEXT);
            assertThat(SmallBert.cosine(vectors[0], vectors[2]))
                    .isGreaterThan(0.5)
                    .isGreaterThan(SmallBert.cosine(vectors[0], vectors[1]) + 0.4);
            assertThat(SmallBert.cosine(vectors[0], vectors[0])).isCloseTo(1, within(1e-6));

            List<String> texts = new ArrayList<>(OnnxParity.sampleTexts());
            texts.addAll(OnnxParity.sampleTexts());
            float[][] forwards = embedder.embed(texts, TextRole.TEXT);
            Collections.reverse(texts);
            float[][] backwards = embedder.embed(texts, TextRole.TEXT);
            for (int i = 0; i < forwards.length; i++) {
                assertThat(SmallBert.cosine(forwards[i], backwards[forwards.length - 1 - i]))
                        .isGreaterThan(0.999999);
            }

            // Its limit is 256 tokens; tokenizer.json says 128.
            String longText = "one two three four five six seven eight nine ten ".repeat(40);
            float[][] cut = embedder.embed(
                    List.of(longText, longText + "eleven", longText.substring(0, 900), longText.substring(0, 1200)),
                    TextRole.TEXT);
            assertThat(cut[1]).containsExactly(cut[0], within(1e-5f));
            assertThat(SmallBert.cosine(cut[0], cut[2])).isLessThan(0.9999);

            ModelDescription description = embedder.description();
            assertThat(description.name()).isEqualTo("all-MiniLM-L6-v2");
            assertThat(description.dimension()).isEqualTo(384);
            assertThat(description.maxTokens()).isEqualTo(256);
            assertThat(description.hash()).startsWith("759c3cd2b7fe7e93");
        }
    }

    @Test
    void bge_puts_its_prompt_before_queries_only() {
        try (OnnxEmbedder embedder = OnnxEmbedder.open("bge-small-en-v1.5", SETTINGS)) {
            List<String> text = List.of("how do glaciers move");
            float[] query = embedder.embed(text, TextRole.QUERY)[0];
            float[] spelledOut = embedder.embed(
                            List.of("Represent this sentence for searching relevant passages: how do glaciers move"),
                            TextRole.TEXT)[0];

            assertThat(query).containsExactly(spelledOut, within(1e-6f));
            assertThat(embedder.embed(text, TextRole.DOCUMENT)[0])
                    .containsExactly(embedder.embed(text, TextRole.TEXT)[0], within(1e-6f));
            assertThat(SmallBert.cosine(query, embedder.embed(text, TextRole.TEXT)[0]))
                    .isLessThan(0.99);
        }
    }

    @Test
    void what_is_neither_a_name_nor_a_directory_is_a_usage_error() {
        assertThatThrownBy(() -> OnnxEmbedder.open("all-minilm", SETTINGS))
                .isInstanceOfSatisfying(
                        ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                .hasMessageContaining("\"all-minilm\" is neither")
                .hasMessageContaining("Did you mean \"all-MiniLM-L6-v2\"?");
    }

    @Test
    void a_directory_is_opened_with_its_prompts_and_its_limit_and_named_by_its_weights() throws IOException {
        Path graph = writeModel(Map.of());

        try (OnnxEmbedder embedder = OnnxEmbedder.open(directory.toString(), SETTINGS)) {
            List<String> texts = List.of("warm tea", "a much longer text about a cold harbour in winter", "");
            float[][] documents = embedder.embed(texts, TextRole.DOCUMENT);
            float[][] spelledOut = embedder.embed(
                    texts.stream().map(text -> "passage: " + text).toList(), TextRole.TEXT);
            assertThat(documents).isDeepEqualTo(spelledOut);
            assertThat(documents[0]).hasSize(48);

            ModelDescription description = embedder.description();
            assertThat(description.poolings()).containsExactly(Pooling.CLS, Pooling.MEAN);
            assertThat(description.maxTokens()).isEqualTo(20);
            assertThat(description.hash()).isEqualTo(Hashes.sha256(graph));
        }
    }

    @Test
    void a_directory_without_a_graph_says_how_to_make_one() throws IOException {
        Files.delete(writeModel(Map.of()));

        assertThatThrownBy(() -> OnnxEmbedder.open(directory.toString(), SETTINGS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(
                        "expected onnx/model.onnx or model.onnx in the model directory, but found neither")
                .hasMessageContaining("chiaro export");
    }

    @Test
    void a_graph_older_than_the_weights_beside_it_is_refused_when_the_model_is_named() throws IOException {
        writeModel(Map.of(OnnxHead.WEIGHTS_HASH, "00ff"));
        Files.write(directory.resolve("model.safetensors"), new byte[] {1, 2, 3});

        try (OnnxEmbedder embedder = OnnxEmbedder.open(directory.toString(), SETTINGS)) {
            assertThatThrownBy(embedder::description)
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("it was exported from weights with SHA-256 00ff");
        }
    }

    @Test
    void a_graph_of_other_poolings_than_the_directory_says_is_refused() throws IOException {
        writeModel(Map.of());
        ModelSpecification other = specification().withPoolings(List.of(Pooling.MEAN), true);
        writeDirectory(other);

        assertThatThrownBy(() -> OnnxEmbedder.open(directory.toString(), SETTINGS))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(
                        "expected vectors of 24 numbers, as the model's files say, but the graph gives 48");
    }

    private static ModelSpecification specification() {
        BertConfig config = new BertConfig(30_522, 24, 1, 3, 40, 32, 2, 1e-12, 0.1, 0, 0.02, 0);
        return ModelSpecification.of("tiny", config)
                .withPoolings(List.of(Pooling.CLS, Pooling.MEAN), true)
                .withPrompts(new Prompts("", "query: ", "passage: "))
                .withMaxTokens(20);
    }

    private Path writeModel(Map<String, String> metadata) {
        writeDirectory(specification());
        Path graph = directory.resolve("onnx/model.onnx");
        OnnxBertWriter.write(
                graph,
                specification().config(),
                name -> {
                    int size = (int) BertShapes.elements(Objects.requireNonNull(
                            BertShapes.of(specification().config()).get(name)));
                    return SmallBert.values(name, size);
                },
                new OnnxHead(specification().poolings(), true, metadata));
        return graph;
    }

    private void writeDirectory(ModelSpecification specification) {
        byte[] json = EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson();
        try (Tokenizer tokenizer = Tokenizer.of(json)) {
            ModelDirectory.write(directory, specification, tokenizer, ModelCard.of("test"));
        }
    }
}
