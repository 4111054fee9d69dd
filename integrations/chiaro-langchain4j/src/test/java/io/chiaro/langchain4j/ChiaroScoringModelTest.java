package io.chiaro.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.aggregator.ContentAggregator;
import dev.langchain4j.rag.content.aggregator.ReRankingContentAggregator;
import dev.langchain4j.rag.query.Query;
import io.chiaro.core.RandomStream;
import io.chiaro.model.BertConfig;
import io.chiaro.model.BertWeightNames;
import io.chiaro.model.CrossEncoderDirectory;
import io.chiaro.model.CrossEncoderSpecification;
import io.chiaro.model.ModelCard;
import io.chiaro.model.Reranker;
import io.chiaro.model.ScoreActivation;
import io.chiaro.model.Tokenizer;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxBertWriter;
import io.chiaro.onnx.OnnxCrossEncoder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.testkit.BookExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChiaroScoringModelTest {

    private static final String QUERY = "what causes the tides";
    private static final List<String> TEXTS = List.of(
            "Green tea is steeped at eighty degrees.",
            "Ebb and flow follow the moon.",
            "A ledger with the mark BX-7731.",
            "The tides are caused by the moon and the sun.");

    @TempDir
    static Path folder = Path.of("");

    private static Reranker reranker;

    @BeforeAll
    static void open() {
        reranker = random(folder.resolve("scorer"));
    }

    @AfterAll
    static void close() {
        reranker.close();
    }

    /** A random cross-encoder of one small layer with a real vocabulary, in ONNX Runtime. */
    private static OnnxCrossEncoder random(Path directory) {
        BertConfig config = new BertConfig(30_522, 12, 1, 3, 20, 64, 2, 1e-12, 0.1, 0, 0.02, 0);
        try (Tokenizer tokenizer =
                Tokenizer.of(EmbeddedModels.find("all-MiniLM-L6-v2").tokenizerJson())) {
            CrossEncoderDirectory.write(
                    directory,
                    new CrossEncoderSpecification("scorer", config, 48, ScoreActivation.SIGMOID),
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

    private static List<TextSegment> segments() {
        return TEXTS.stream().map(TextSegment::from).toList();
    }

    @Test
    void scores_are_those_of_the_reranker_in_the_order_of_the_segments() {
        ScoringModel model = ChiaroScoringModel.of(reranker);
        float[] expected = reranker.score(QUERY, TEXTS);

        List<Double> scores = model.scoreAll(segments(), QUERY).content();

        for (int i = 0; i < expected.length; i++) {
            assertThat(scores.get(i)).isEqualTo(expected[i]);
        }
        assertThat(scores).hasSize(4).doesNotHaveDuplicates();
        assertThat(model.score(TEXTS.get(2), QUERY).content())
                .isEqualTo(reranker.score(QUERY, List.of(TEXTS.get(2)))[0]);
        assertThat(model.scoreAll(List.of(), QUERY).content()).isEmpty();
    }

    @Test
    void bounded_scores_keep_the_order_and_stay_between_0_and_1() {
        List<Double> scores = ChiaroScoringModel.of(reranker)
                .bounded()
                .scoreAll(segments(), QUERY)
                .content();

        float[] unbounded = reranker.score(QUERY, TEXTS);
        for (int i = 0; i < unbounded.length; i++) {
            assertThat(scores.get(i)).isEqualTo(1 / (1 + Math.exp(-unbounded[i])));
        }
    }

    @Test
    void an_aggregator_of_langchain4j_puts_contents_in_the_order_of_the_reranker() throws IOException {
        float[] scores = reranker.score(QUERY, TEXTS);
        List<String> expected = IntStream.range(0, TEXTS.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .map(TEXTS::get)
                .limit(3)
                .toList();

        Query query = Query.from(QUERY);
        List<Content> contents = TEXTS.stream().map(Content::from).toList();
        assertThat(example(reranker).aggregate(Map.of(query, List.of(contents))))
                .extracting(content -> content.textSegment().text())
                .isEqualTo(expected);
        BookExample.isShown(
                Path.of("../../docs/integrations.md"),
                Path.of("src/test/java/io/chiaro/langchain4j/ChiaroScoringModelTest.java"),
                "langchain4j-scoring");
    }

    private static ContentAggregator example(Reranker reranker) {
        // [langchain4j-scoring
        ContentAggregator aggregator = ReRankingContentAggregator.builder()
                .scoringModel(ChiaroScoringModel.of(reranker).bounded())
                .maxResults(3)
                .build();
        // langchain4j-scoring]
        return aggregator;
    }
}
