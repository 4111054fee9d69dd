package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxEmbedderTest {

    private static final OnnxSettings SETTINGS = new OnnxSettings(2, 1024);

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
}
