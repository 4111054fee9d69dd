package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.model.Document;
import io.chiaro.search.Bm25;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Public figures on public data, where a folder of them is at hand. */
class SharedDataTest {

    private final EvaluationOptions options = EvaluationOptions.defaults();

    private static Path data(String name) {
        String environment = System.getenv("CHIARO_DATA");
        String root = System.getProperty("chiaro.data", environment == null ? "" : environment);
        Assumptions.assumeTrue(!root.isEmpty(), "skipped: set -Dchiaro.data=FOLDER to the folder of the data sets");
        Path path = Path.of(root).resolve(name);
        Assumptions.assumeTrue(Files.isDirectory(path), "skipped: set -Dchiaro.data to a folder that holds " + name);
        return path;
    }

    @Test
    void bm25_reaches_the_published_figure_on_scifact() {
        RetrievalData scifact = RetrievalData.open(data("scifact"), "test");
        try (Stream<Document> documents = scifact.documents();
                Bm25 bm25 = Bm25.create(documents)) {
            Report report = Evaluation.retrieval(scifact, options, bm25);
            assertThat(report.protocol().sizes())
                    .containsEntry("documents", 5183)
                    .containsEntry("queries", 300)
                    .containsEntry("judgments", 339);
            assertThat(report.metric("ndcg@10")).as(report.table()).isCloseTo(0.679, within(0.01));
            assertThat(report.metric("recall@100")).as(report.table()).isCloseTo(0.925, within(0.01));
        }
    }

    @Test
    void the_random_encoder_finds_nothing_on_scifact() {
        Report report = Evaluation.run(Task.RETRIEVAL, data("scifact"), options, RandomEncoder.create(384, 42));
        assertThat(report.metric("ndcg@10")).as(report.table()).isLessThan(0.01);
    }

    @Test
    @Tag("full")
    void every_year_of_sts_is_read_with_its_counts() {
        Report report = Evaluation.run(Task.STS, data("sts12-16"), options, new BagOfWords());
        assertThat(report.protocol().sizes())
                .containsEntry("2013 pairs", 1500)
                .containsEntry("2014 pairs", 3750)
                .containsEntry("2015 pairs", 3000)
                .containsEntry("2016 pairs", 1186);
        assertThat(report.metric("2014/spearman")).as(report.table()).isGreaterThan(0.4);
        assertThat(Evaluation.run(Task.STS, data("sick"), options, new BagOfWords())
                        .protocol()
                        .sizes())
                .containsEntry("pairs", 4927);
        assertThat(Evaluation.run(Task.STS, data("stsb"), options, new BagOfWords())
                        .protocol()
                        .sizes())
                .containsEntry("pairs", 1379);
    }

    @Test
    @Tag("full")
    void labelled_and_paired_sets_are_read_by_the_names_of_their_columns() {
        BagOfWords words = new BagOfWords();
        Report intents = Evaluation.run(Task.CLASSIFY, data("banking77"), options, words);
        assertThat(intents.protocol().sizes())
                .containsEntry("training texts", 10003)
                .containsEntry("test texts", 3080)
                .containsEntry("labels", 77);
        assertThat(intents.metric("accuracy")).as(intents.table()).isGreaterThan(0.6);
        Report paraphrases = Evaluation.run(Task.PAIRS, data("msrp"), options, words);
        assertThat(paraphrases.protocol().sizes()).containsEntry("pairs", 1725).containsEntry("positive pairs", 1147);
        Report products =
                Evaluation.run(Task.PAIRS, data("entity_matching").resolve("Textual_Abt-Buy"), options, words);
        assertThat(products.protocol().sizes()).containsEntry("pairs", 1916).containsEntry("positive pairs", 206);
        Report answers = Evaluation.run(Task.RERANK, data("trec_qa"), options, words);
        assertThat(answers.protocol().sizes()).containsEntry("queries", 68);
        Report news = Evaluation.run(Task.CLUSTER, data("agnews_test"), options, words);
        assertThat(news.protocol().sizes()).containsEntry("texts", 7600).containsEntry("labels", 4);
        Report posts = Evaluation.run(Task.CLUSTER, data("newsgroups_mini"), options, words);
        assertThat(posts.protocol().sizes()).containsEntry("texts", 2000).containsEntry("labels", 20);
        Report questions =
                Evaluation.run(Task.CLASSIFY, data("sentence_classification").resolve("trec_test.tsv"), options, words);
        assertThat(questions.protocol().sizes()).containsEntry("training texts", 5452);
    }
}
