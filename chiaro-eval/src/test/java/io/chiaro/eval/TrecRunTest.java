package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.metric.RankingMetric;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.TextRole;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrecRunTest {

    private static final Embedder BAG = new BagOfWords();

    @TempDir
    private Path folder;

    @Test
    void what_is_written_is_read() {
        Map<String, List<Hit>> rankings = new LinkedHashMap<>();
        rankings.put("q1", List.of(new Hit("d2", 0.1f + 0.2f), new Hit("d1", -1e-9f)));
        rankings.put("q2", List.of(new Hit("d1", 3)));
        Path file = folder.resolve("run.trec");
        new TrecRun(rankings, "my system").write(file);
        TrecRun read = TrecRun.read(file);
        assertThat(read.rankings()).isEqualTo(rankings);
        assertThat(read.tag()).isEqualTo("my-system");
    }

    @Test
    void the_value_of_a_query_is_the_metric_over_its_ranking_and_0_without_one() {
        TrecRun run = new TrecRun(Map.of("q1", List.of(new Hit("d2", 0.9f), new Hit("d1", 0.5f))), "x");
        RetrievalData data = RetrievalData.of(
                "data",
                "test",
                List.of(new Document("d1", "", "a"), new Document("d2", "", "b")),
                Map.of("q1", "a", "q2", "b"),
                Map.of("q1", Map.of("d1", 1), "q2", Map.of("d2", 1)));
        assertThat(run.value(RankingMetric.of("mrr@10"), data, "q1")).isEqualTo(0.5);
        assertThat(run.value(RankingMetric.of("mrr@10"), data, "q2")).isZero();
    }

    @Test
    void a_zipped_run_and_one_with_a_byte_order_mark_are_read_as_any_other() throws IOException {
        String text = "q Q0 a 1 0.5 x\nq Q0 b 2 0.9 x\n";
        Path zipped = folder.resolve("run.trec.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Path marked = Files.writeString(folder.resolve("run.trec"), "\uFEFF" + text);
        for (Path file : List.of(zipped, marked)) {
            assertThat(TrecRun.read(file).rankings().get("q"))
                    .extracting(Hit::id)
                    .containsExactly("b", "a");
        }
        Path judged = Files.writeString(folder.resolve("test.qrels"), "\uFEFFq 0 a 1\n");
        assertThat(TrecJudgments.read(judged)).containsOnlyKeys("q");
    }

    @Test
    void scores_order_a_run_and_not_its_ranks() throws IOException {
        Path file = folder.resolve("run.trec");
        Files.writeString(file, "q Q0 a 1 0.5 x\nq\tQ0\tb\t2\t0.9\tx\n\nq Q0 c 3 0.9 x\n");
        assertThat(TrecRun.read(file).rankings().get("q")).extracting(Hit::id).containsExactly("c", "b", "a");
    }

    @Test
    void a_wrong_line_is_named() throws IOException {
        refused("q Q0 a 1 0.5\n", ":1: expected six fields");
        refused("q Q0 a 1 0.5 x\nq Q0 a 2 0.4 x\n", ":2: expected each document once");
        refused("q Q0 a 1 much x\n", "a number as the score");
        refused("", "at least one line");
        assertThatThrownBy(() -> TrecRun.read(folder.resolve("none"))).isInstanceOf(ChiaroException.class);
    }

    private void refused(String text, String reason) throws IOException {
        Path file = folder.resolve("wrong.trec");
        Files.writeString(file, text);
        assertThatThrownBy(() -> TrecRun.read(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void an_id_with_a_space_has_no_place_in_a_run() {
        TrecRun run = new TrecRun(Map.of("a query", List.of(new Hit("d", 1))), "x");
        assertThatThrownBy(() -> run.write(folder.resolve("run.trec")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("without spaces");
    }

    @Test
    void ids_that_a_run_cannot_hold_are_refused_before_anything_is_embedded() {
        RetrievalData data = RetrievalData.of(
                "data",
                "test",
                List.of(new Document("New York", "", "a")),
                Map.of("q1", "a"),
                Map.of("q1", Map.of("New York", 1)));
        AtomicInteger embedded = new AtomicInteger();
        Embedder documents = new Embedder() {
            @Override
            public float[][] embed(List<String> texts, TextRole role) {
                embedded.addAndGet(role == TextRole.DOCUMENT ? texts.size() : 0);
                return texts.stream().map(text -> new float[] {1, 0}).toArray(float[][]::new);
            }

            @Override
            public ModelDescription description() {
                return BAG.description();
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        EvaluationOptions options = EvaluationOptions.defaults().withRun(Optional.of(folder.resolve("run.trec")));
        assertThatThrownBy(() -> Evaluation.retrieval(data, options, documents))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("New York");
        assertThat(embedded.get()).isZero();
    }

    @Test
    void a_run_has_what_was_counted_and_no_document_of_the_query_s_own_id_where_these_are_left_out() {
        RetrievalData data = RetrievalData.of(
                "data",
                "test",
                List.of(new Document("q1", "", "a lark"), new Document("d1", "", "a lark sings")),
                Map.of("q1", "a lark"),
                Map.of("q1", Map.of("d1", 1)));
        Path file = folder.resolve("run.trec");
        EvaluationOptions options =
                EvaluationOptions.defaults().withRemoveIdenticalIds(true).withRun(Optional.of(file));
        Report report = Evaluation.retrieval(data, options, BAG);
        assertThat(TrecRun.read(file).rankings().get("q1")).extracting(Hit::id).containsExactly("d1");
        assertThat(report.metric("ndcg@10")).isEqualTo(1);
    }
}
