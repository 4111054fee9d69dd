package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.RandomStream;
import io.chiaro.model.TextRole;
import io.chiaro.onnx.EmbeddedModel;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published models give the same vectors here as in ONNX Runtime, however the texts are put together. */
@ExtendWith(LeakCheck.class)
class ParityTest {

    private static final int LONGEST = 500;

    @BeforeAll
    static void load() {
        NativeRuntime.load();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-MiniLM-L6-v2", "bge-small-en-v1.5"})
    void a_published_model_agrees_with_onnx_runtime_on_texts_of_1_to_500_tokens(String name) {
        check(name, 24);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({"all-MiniLM-L6-v2, 1000", "bge-small-en-v1.5, 250"})
    void a_published_model_agrees_with_onnx_runtime_on_many_texts(String name, int count) {
        check(name, count);
    }

    /** Texts that are also computed in batches put together by chance. */
    private static final int COMPOSED = 100;

    private static void check(String name, int count) {
        EmbeddedModel published = EmbeddedModels.find(name);
        // Beyond the model's own limit too: the encoder has 512 positions.
        EmbeddedModel unlimited = new EmbeddedModel(
                published.name(),
                published.coordinate(),
                published.resource(),
                published.hash(),
                published.length(),
                published.checksum(),
                published.specification().withMaxTokens(LONGEST));
        List<String> texts = texts(count);
        float[][] expected;
        try (OnnxEmbedder onnx = OnnxEmbedder.open(unlimited, OnnxSettings.defaults())) {
            expected = onnx.embed(texts, TextRole.TEXT);
        }
        try (TextModel model = TextModel.load(name, 42)) {
            List<int[]> tokens = model.tokenizer().encodeAll(texts, LONGEST);
            assertThat(tokens).anyMatch(text -> text.length <= 3).anyMatch(text -> text.length >= LONGEST - 20);

            assertThat(lowestCosine(model.embedTokens(tokens), expected)).isGreaterThanOrEqualTo(0.99999);
            RandomStream random = RandomStream.of(7, "compositions");
            int composed = Math.min(count, COMPOSED);
            for (int from = 0; from < composed; ) {
                int size = Math.min(composed - from, 1 + random.nextInt(7));
                int[] chosen = new int[size];
                List<int[]> batch = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    chosen[i] = i == 0 ? from : random.nextInt(count);
                    batch.add(tokens.get(chosen[i]));
                }
                float[][] found = model.embedTokens(batch);
                float[] alone = model.embedTokens(List.of(tokens.get(from)))[0];
                assertThat(cosine(alone, expected[from])).isGreaterThanOrEqualTo(0.99999);
                for (int i = 0; i < size; i++) {
                    assertThat(cosine(found[i], expected[chosen[i]])).isGreaterThanOrEqualTo(0.99999);
                }
                from += size;
            }
            assertThat(model.embedder().embed(texts.subList(0, 2), TextRole.TEXT).length)
                    .isEqualTo(2);
        }
    }

    /** Texts of one word to some five hundred tokens, cut from the sample texts' sentences and words at random. */
    private static List<String> texts(int count) {
        List<String> sentences = new ArrayList<>();
        OnnxParity.sampleTexts().forEach(text -> sentences.addAll(List.of(text.split("(?<=[.!?]) "))));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomStream random = RandomStream.of(42, "text", i);
            // Lengths spread evenly on a logarithmic scale; the longest are certain to occur.
            int words = i == 0 ? 1 : i == 1 ? 450 : (int) Math.exp(random.nextDouble() * Math.log(400));
            StringBuilder text = new StringBuilder();
            for (int have = 0; have < words; ) {
                String[] sentence =
                        sentences.get(random.nextInt(sentences.size())).split(" ");
                for (int w = 0; w < sentence.length && have < words; w++, have++) {
                    text.append(text.isEmpty() ? "" : " ").append(sentence[w]);
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static double lowestCosine(float[][] found, float[][] expected) {
        double lowest = 1;
        for (int i = 0; i < found.length; i++) {
            lowest = Math.min(lowest, cosine(found[i], expected[i]));
        }
        return lowest;
    }

    static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresOfA = 0;
        double squaresOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresOfA += (double) a[i] * a[i];
            squaresOfB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }
}
