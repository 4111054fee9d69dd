package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.DenseRanker;
import io.chiaro.model.Document;
import io.chiaro.model.Hit;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextVectors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

    private final EvaluationOptions options = EvaluationOptions.defaults();
    private final BagOfWords words = new BagOfWords();

    @TempDir
    Path folder;

    @Test
    void every_native_format_of_similarity_gives_the_same_figures() throws IOException {
        String[][] rows = {
            {"a cat sat", "a cat sat", "5.0"},
            {"a cat sat", "a dog sat", "3.5"},
            {"the sun, rising", "a dog sat", "0.2"},
            {"the sun, rising", "the sun sets", "2.5"}
        };
        Path stsb = Files.createDirectory(folder.resolve("stsb"));
        Path sick = Files.createDirectory(folder.resolve("sick"));
        Path semEval = Files.createDirectories(folder.resolve("years/2015"));
        Path named = Files.createDirectory(folder.resolve("named"));
        Path glue = Files.createDirectory(folder.resolve("glue"));
        StringBuilder csv = new StringBuilder();
        StringBuilder tsv =
                new StringBuilder("pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n");
        StringBuilder years = new StringBuilder("\tnever judged\tskip me\n");
        StringBuilder lines = new StringBuilder();
        StringBuilder original = new StringBuilder();
        for (String[] row : rows) {
            csv.append("\"" + row[0] + "\"," + row[1] + "," + row[2] + "\n");
            tsv.append("1\t" + row[0] + "\t" + row[1] + "\t" + row[2] + "\tNEUTRAL\n");
            years.append(row[2] + "\t" + row[0] + "\t" + row[1] + "\n");
            original.append("main-news\tx\t2012\t1\t" + row[2] + "\t" + row[0] + "\t" + row[1] + "\n");
            lines.append(Json.line(Map.of("sentence1", row[0], "sentence2", row[1], "score", Double.valueOf(row[2]))))
                    .append('\n');
        }
        Files.writeString(stsb.resolve("stsb-en-test.csv"), csv);
        Files.writeString(stsb.resolve("stsb-en-train.csv"), "x,y,1\n");
        Files.writeString(sick.resolve("SICK_test_annotated.txt"), tsv);
        Files.writeString(semEval.resolve("images.test.tsv"), years);
        Files.writeString(named.resolve("pairs_test.jsonl"), lines);
        Files.writeString(glue.resolve("sts-test.csv"), original);
        Report expected = Evaluation.run(Task.STS, stsb, options, words);
        assertThat(expected.metric("spearman")).isCloseTo(1, within(1e-9));
        assertThat(expected.metric("pearson")).isBetween(0.5, 0.9999);
        for (Path other : List.of(sick, semEval, folder.resolve("years"), named, glue)) {
            Report report = Evaluation.run(Task.STS, other, options, words);
            for (String key : Task.STS.metrics()) {
                assertThat(report.metric(key)).as("%s of %s", key, other).isEqualTo(expected.metric(key));
            }
        }
        assertThat(Evaluation.run(Task.STS, semEval, options, words).protocol().sizes())
                .containsEntry("rows without a score, skipped", 1)
                .containsEntry("pairs", 4);
    }

    @Test
    void scored_pairs_without_a_header_are_told_by_their_numbers() throws IOException {
        Path year = Files.writeString(
                folder.resolve("images.test.tsv"), "\tnever judged\tskip me\n4.400\ta \"cat\tcats\n0\tx\ty\n");
        Path last = Files.writeString(folder.resolve("mine.csv"), "a cat,\"cats, two\",4.4\nx,y,0\n");
        for (Path file : List.of(year, last)) {
            Report report = Evaluation.run(Task.STS, file, options, words);
            assertThat(report.protocol().sizes()).containsEntry("pairs", 2);
        }
    }

    @Test
    void the_random_encoder_knows_nothing_but_equality() {
        RandomEncoder random = RandomEncoder.create(512, 3);
        float[][] vectors = random.embed(List.of("a cat", "a cat", "a cat."), io.chiaro.model.TextRole.TEXT);
        assertThat(vectors[0]).isEqualTo(vectors[1]);
        assertThat(TextVectors.dot(vectors[0], vectors[2])).isBetween(-0.2, 0.2);
        assertThat(TextVectors.dot(vectors[0], vectors[0])).isCloseTo(1, within(1e-6));
    }

    private Path beir() throws IOException {
        Path data = folder.resolve("beir");
        Files.createDirectories(data.resolve("qrels"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(data.resolve("corpus.jsonl.gz")))) {
            String corpus = """
                    {"_id": "d1", "title": "Cats", "text": "cats sleep all day"}
                    {"_id": "d2", "title": "", "text": "dogs bark at night"}
                    {"_id": "d3", "title": "Birds", "text": "birds sing at dawn"}
                    {"_id": "q3", "title": "", "text": "what sings at dawn"}
                    """;
            out.write(corpus.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(data.resolve("queries.jsonl"), """
                {"_id": "q1", "text": "cats sleep"}
                {"_id": "q2", "text": "dogs at night"}
                {"_id": "q3", "text": "what sings at dawn"}
                {"_id": "q4", "text": "not judged"}
                """);
        Files.writeString(
                data.resolve("qrels/test.tsv"),
                "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td9\t1\nq2\td2\t1\nq3\td3\t1\nq3\td1\t0\n");
        return data;
    }

    @Test
    void a_beir_folder_is_read_searched_and_measured() throws IOException {
        Report report = Evaluation.run(Task.RETRIEVAL, beir(), options, words);
        assertThat(report.protocol().sizes())
                .containsEntry("documents", 4)
                .containsEntry("queries", 3)
                .containsEntry("judgments", 5);
        assertThat(report.metric("recall@10")).isCloseTo((0.5 + 1 + 1) / 3, within(1e-9));
        assertThat(report.metric("mrr@10")).isCloseTo((1 + 1 + 0.5) / 3, within(1e-9));
        assertThat(report.protocol().notes())
                .containsExactly("1 judged documents are not in the collection; they count as never found.");
        Report removed = Evaluation.run(Task.RETRIEVAL, beir(), options.withRemoveIdenticalIds(true), words);
        assertThat(removed.metric("mrr@10")).isCloseTo(1, within(1e-9));
        assertThat(removed.protocol().settings()).containsEntry("identical ids", "removed");
    }

    @Test
    void a_ranker_over_the_same_vectors_gives_the_figures_of_the_stream() throws IOException {
        RetrievalData data = RetrievalData.open(beir(), "test");
        Report streamed = Evaluation.retrieval(data, options, words);
        try (var documents = data.documents();
                Ranker ranker = DenseRanker.create(words, documents, 2)) {
            Report ranked = Evaluation.retrieval(data, options, ranker);
            ranked.metrics().forEach((key, value) -> assertThat(value).as(key).isEqualTo(streamed.metric(key)));
            assertThat(ranked.protocol().system()).isEqualTo("bag-of-words, exact search by cosine");
        }
    }

    @Test
    void exact_search_equals_sorting_all_and_does_not_depend_on_threads() {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            // Every third text comes twice, so that scores tie.
            documents.add(new Document("d" + i, "", "text number " + i / 3));
        }
        RandomEncoder random = RandomEncoder.create(24, 9);
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            queries.add("query " + i);
        }
        DenseRanker two = DenseRanker.create(random, documents.stream(), 2);
        DenseRanker three = DenseRanker.create(random, documents.stream(), 3);
        List<List<Hit>> deep = two.rankAll(queries, 1500);
        for (int q = 0; q < queries.size(); q++) {
            List<Hit> all = deep.get(q);
            assertThat(all).hasSize(1500);
            for (int i = 1; i < all.size(); i++) {
                Hit before = all.get(i - 1);
                Hit after = all.get(i);
                assertThat(before.score()).isGreaterThanOrEqualTo(after.score());
                assertThat(before.score() > after.score() || before.id().compareTo(after.id()) > 0)
                        .isTrue();
            }
            assertThat(three.rank(queries.get(q), 10)).isEqualTo(all.subList(0, 10));
        }
    }

    @Test
    void unreadable_retrieval_data_say_where_and_what() throws IOException {
        Path data = beir();
        assertThatThrownBy(() -> RetrievalData.open(data, "dev"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("qrels/dev.tsv")
                .hasMessageContaining("test.tsv");
        Files.writeString(data.resolve("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\thigh\n");
        assertThatThrownBy(() -> RetrievalData.open(data, "dev"))
                .hasMessageContaining("dev.tsv:2")
                .hasMessageContaining("high");
        Files.writeString(data.resolve("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq7\td1\t1\n");
        assertThatThrownBy(() -> RetrievalData.open(data, "dev")).hasMessageContaining("q7");
        assertThatThrownBy(() -> RetrievalData.open(folder, "test")).hasMessageContaining("corpus.jsonl");
    }

    @Test
    void candidates_are_reranked_from_a_table_and_from_lists() throws IOException {
        Path table = folder.resolve("test.csv");
        Files.writeString(table, """
                qtext,label,atext
                where do cats sleep,0,dogs bark
                where do cats sleep,1,cats sleep in beds
                who barks,1,a dog barks
                who barks,0,cats sleep in beds
                no answer,0,dogs bark
                """);
        Path lists = folder.resolve("test.jsonl");
        Files.writeString(lists, """
                {"query": "where do cats sleep", "positive": ["cats sleep in beds"], "negative": ["dogs bark"]}
                {"query": "who barks", "positive": ["a dog barks"], "negative": ["cats sleep in beds"]}
                """);
        Report fromTable = Evaluation.run(Task.RERANK, table, options, words);
        assertThat(fromTable.metric("mrr@10")).isEqualTo(1);
        assertThat(fromTable.protocol().sizes()).containsEntry("queries", 2).containsEntry("candidates", 4);
        assertThat(fromTable.protocol().notes()).hasSize(1);
        assertThat(Evaluation.run(Task.RERANK, lists, options, words).metrics()).isEqualTo(fromTable.metrics());
        RerankingData data = RerankingData.open(table, options);
        try (DenseRanker ranker = DenseRanker.create(words, data.documents().stream(), 1)) {
            assertThat(Evaluation.reranking(data, "table", options, ranker).metrics())
                    .isEqualTo(fromTable.metrics());
        }
    }

    @Test
    void pairs_are_told_apart_also_with_the_names_of_msrp() throws IOException {
        Path file = folder.resolve("msr-para-test.tsv");
        Files.writeString(file, "\uFEFF" + """
                Quality\t#1 ID\t#2 ID\t#1 String\t#2 String
                1\t1\t2\ta "cat sat\ta cat sat
                0\t1\t2\ta cat sat\tthe moon rose
                1\t1\t2\tit rains\tit rains again
                0\t1\t2\tit rains\tdogs bark
                """);
        Report report = Evaluation.run(Task.PAIRS, file, options, words);
        assertThat(report.metric("average-precision")).isEqualTo(1);
        assertThat(report.metric("auc")).isEqualTo(1);
        assertThat(report.metric("accuracy")).isEqualTo(1);
        assertThat(report.metric("alignment")).isLessThan(1);
        Files.writeString(file, "Quality\t#1 String\t#2 String\n2\ta\tb\n");
        assertThatThrownBy(() -> Evaluation.run(Task.PAIRS, file, options, words))
                .hasMessageContaining("msr-para-test.tsv:2")
                .hasMessageContaining("found \"2\"");
    }

    @Test
    void pairs_without_a_header_are_two_texts_and_a_label_in_each_line() throws IOException {
        Files.writeString(folder.resolve("README.txt"), "not a table");
        Files.writeString(folder.resolve("train.txt"), "a cat\ta cat sat\t1\n");
        Files.writeString(folder.resolve("test.txt"), """
                COL name VAL a cat sat\tCOL name VAL a cat sat down\t1
                COL name VAL a cat sat\tCOL name VAL dogs bark\t0
                COL name VAL it rains\tCOL name VAL it rains\t1
                """);
        Report report = Evaluation.run(Task.PAIRS, folder, options, words);
        assertThat(report.protocol().sizes()).containsEntry("pairs", 3).containsEntry("positive pairs", 2);
        assertThat(report.metric("auc")).isEqualTo(1);
        Files.writeString(folder.resolve("test.txt"), "a\tb\t1\na\tb\t2\n");
        assertThatThrownBy(() -> Evaluation.run(Task.PAIRS, folder, options, words))
                .hasMessageContaining("test.txt:2")
                .hasMessageContaining("found \"2\"");
    }

    @Test
    void triplets_count_the_nearer_positive() throws IOException {
        Path file = folder.resolve("triplets.jsonl");
        Files.writeString(file, """
                {"anchor": "a cat sat", "positive": "the cat sat", "negative": "dogs bark"}
                {"anchor": "a cat sat", "positive": "dogs bark", "negative": "the cat sat"}
                {"anchor": "it rains", "positive": "it rains now", "negative": "it rains now"}
                """);
        assertThat(Evaluation.run(Task.TRIPLETS, file, options, words).metric("accuracy"))
                .isCloseTo(1.0 / 3, within(1e-12));
    }

    private Path labelled() throws IOException {
        Path data = Files.createDirectories(folder.resolve("labelled"));
        StringBuilder train = new StringBuilder("text,category\n");
        StringBuilder test = new StringBuilder("text,category\n");
        String[] nouns = {"cat", "river", "engine", "violin"};
        for (int i = 0; i < 200; i++) {
            String line = "the " + nouns[i % 4] + " of number " + i + "," + nouns[i % 4] + "s\n";
            (i < 120 ? train : test).append(line);
        }
        Files.writeString(data.resolve("train.csv"), train);
        Files.writeString(data.resolve("test.csv"), test);
        return data;
    }

    @Test
    void labels_are_predicted_from_the_training_part_beside_the_file() throws IOException {
        Report report = Evaluation.run(Task.CLASSIFY, labelled(), options, words);
        assertThat(report.metric("accuracy")).isEqualTo(1);
        assertThat(report.metric("f1")).isEqualTo(1);
        assertThat(report.metric("knn-accuracy")).isEqualTo(1);
        assertThat(report.protocol().sizes())
                .containsEntry("training texts", 120)
                .containsEntry("test texts", 80);
        Report floor = Evaluation.run(Task.CLASSIFY, labelled(), options, RandomEncoder.create(64, 1));
        assertThat(floor.metric("accuracy")).isLessThan(0.5);
    }

    @Test
    void the_protocol_says_how_neighbours_voted() throws IOException {
        Report even = Evaluation.run(Task.CLASSIFY, labelled(), options, words);
        assertThat(even.protocol().metrics()).containsEntry("knn-accuracy", "majority of the 5 nearest by cosine");
        // More neighbours than there are: all vote, and the nearest still outweigh the many.
        Report weighted =
                Evaluation.run(Task.CLASSIFY, labelled(), options.withVote(NeighbourVote.exponential(200, 0.1)), words);
        assertThat(weighted.metric("knn-accuracy")).isEqualTo(1);
        assertThat(weighted.protocol().metrics())
                .containsEntry("knn-accuracy", "votes of the 200 nearest by cosine, each exp(cosine / 0.1)");
    }

    @Test
    void without_a_training_part_a_fifth_is_held_out() throws IOException {
        Path data = labelled();
        Files.delete(data.resolve("train.csv"));
        Report report = Evaluation.run(Task.CLASSIFY, data, options, words);
        assertThat(report.protocol().sizes())
                .containsEntry("training texts", 64)
                .containsEntry("test texts", 16);
        assertThat(report.protocol().settings().get("training part")).contains("80 %");
        assertThat(Evaluation.run(Task.CLASSIFY, data, options, words).metrics())
                .isEqualTo(report.metrics());
    }

    @Test
    void clusters_are_found_again_and_the_random_encoder_finds_none() throws IOException {
        Report report = Evaluation.run(Task.CLUSTER, labelled(), options, words);
        assertThat(report.metric("v-measure")).isGreaterThan(0.9);
        assertThat(report.metric("ari")).isGreaterThan(0.9);
        assertThat(report.protocol().seeds()).containsExactly(42L, 43L, 44L, 45L, 46L);
        Report floor = Evaluation.run(Task.CLUSTER, labelled(), options, RandomEncoder.create(64, 1));
        assertThat(floor.metric("v-measure")).isLessThan(0.3);
    }

    @Test
    void ag_news_is_read_natively_and_other_tables_without_names_are_refused() throws IOException {
        Path data = Files.createDirectory(folder.resolve("news"));
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append("\"" + (i % 2 + 1) + "\",\"" + (i % 2 == 0 ? "cup final" : "stock market") + "\",\"story " + i
                    + "\"\n");
        }
        Files.writeString(data.resolve("test.csv"), rows);
        assertThatThrownBy(() -> Evaluation.run(Task.CLASSIFY, data, options, words))
                .hasMessageContaining("expected a column for text");
        Files.writeString(data.resolve("classes.txt"), "Sports\nBusiness\n");
        assertThat(Evaluation.run(Task.CLASSIFY, data, options, words).metric("accuracy"))
                .isEqualTo(1);
    }

    @Test
    void clinc_is_read_natively_with_its_training_part_and_without_what_is_out_of_scope() throws IOException {
        Path data = Files.createDirectory(folder.resolve("intents"));
        List<List<String>> train = new ArrayList<>();
        List<List<String>> test = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            (i < 30 ? train : test)
                    .add(List.of((i % 2 == 0 ? "cup final " : "stock market ") + i, i % 2 == 0 ? "sport" : "money"));
        }
        String json = Json.text(
                Map.of("train", train, "val", test, "test", test, "oos_test", List.of(List.of("what is love", "oos"))));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(data.resolve("data_full.json.gz")))) {
            out.write(json.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(data.resolve("domains.json"), "{}");
        for (Path path : List.of(data, data.resolve("data_full.json.gz"))) {
            Report report = Evaluation.run(Task.CLASSIFY, path, options, words);
            assertThat(report.metric("accuracy")).isEqualTo(1);
            assertThat(report.protocol().sizes())
                    .containsEntry("training texts", 30)
                    .containsEntry("test texts", 10)
                    .containsEntry("labels", 2);
        }
        assertThat(Evaluation.run(Task.CLASSIFY, data, options.withSplit("dev"), words)
                        .metric("accuracy"))
                .isEqualTo(1);
        assertThatThrownBy(() -> Evaluation.run(Task.CLASSIFY, data, options.withSplit("tset"), words))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected the split \"tset\"");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"test\": [[\"a\", \"b\"], [\"c\"]]}");
        assertThatThrownBy(() -> Evaluation.run(Task.CLASSIFY, broken, options, words))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("\"test\", entry 2");
    }

    @Test
    void inference_data_make_triplets_and_pairs() throws IOException {
        Path file = Files.writeString(folder.resolve("snli_test.csv"), """
                gold_label,sentence1,sentence2,SET
                neutral,a cat sat,the cat slept,TEST
                entailment,a cat sat,the cat sat,TEST
                contradiction,a cat sat,dogs bark,TEST
                entailment,a cat sat,cats,TEST
                entailment,it rains,it rains now,TEST
                -,it rains,who knows,TEST
                """);
        Report triplets = Evaluation.run(Task.TRIPLETS, file, options, words);
        assertThat(triplets.protocol().sizes()).containsEntry("triplets", 1);
        assertThat(triplets.metric("accuracy")).isEqualTo(1);
        Report pairs = Evaluation.run(Task.PAIRS, file, options, words);
        assertThat(pairs.protocol().sizes()).containsEntry("pairs", 4).containsEntry("positive pairs", 3);
    }

    @Test
    void a_broken_table_is_told_by_line_and_without_names_of_classes() throws IOException {
        Path missing = Files.writeString(folder.resolve("missing.csv"), "sentence1,sentence2,score\na,b,1\nc,d\n");
        Path quote = Files.writeString(folder.resolve("quote.csv"), "sentence1,sentence2,score\na,b,1\nc,\"d,2\n");
        assertThatThrownBy(() -> Evaluation.run(Task.STS, missing, options, words))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("missing.csv:3: expected 3 cells")
                .hasMessageContaining("but found 2");
        assertThatThrownBy(() -> Evaluation.run(Task.STS, quote, options, words))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("closed quotes")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void columns_of_other_names_are_named_by_the_user() throws IOException {
        Path data = folder.resolve("rows.jsonl");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rows.append("{\"body\": \"" + (i % 2 == 0 ? "cup" : "stock") + " " + i + "\", \"topic\": " + i % 2 + "}\n");
        }
        Files.writeString(data, rows);
        EvaluationOptions named = options.withColumns(Map.of("text", "body", "label", "topic"));
        assertThat(Evaluation.run(Task.CLASSIFY, data, named, words).metric("accuracy"))
                .isEqualTo(1);
        assertThatThrownBy(() -> Evaluation.run(
                        Task.CLASSIFY, data, options.withColumns(Map.of("text", "bodi", "label", "topic")), words))
                .hasMessageContaining("Did you mean \"body\"?");
    }

    @Test
    void a_report_has_its_metrics_at_the_root_and_its_protocol_below() throws IOException {
        Report report = Evaluation.run(Task.RETRIEVAL, beir(), options, words);
        Path file = folder.resolve("report.json");
        report.write(file);
        JsonObject document = Json.object(file);
        assertThat(document.number("ndcg@10")).isEqualTo(report.metric("ndcg@10"));
        JsonObject protocol = document.object("protocol");
        assertThat(protocol.string("task")).isEqualTo("retrieval");
        assertThat(protocol.object("model").integer("dimension")).isEqualTo(128);
        assertThat(protocol.string("data-hash")).hasSize(64);
        assertThat(protocol.object("metrics").string("map@100")).contains("trec_eval");
        String table = Report.table(List.of(report, report));
        assertThat(table.lines().findFirst().orElseThrow()).matches("metric +bag-of-words +bag-of-words");
        assertThat(table).contains("identical ids").contains("ndcg@10");
        JsonObject benchmark =
                Json.parse("benchmark", Json.text(report.benchmarkDocument("Tiny", List.of("eng-Latn"), 1.5)));
        JsonObject scores = benchmark.object("scores").objects("test").get(0);
        assertThat(scores.number("main_score")).isEqualTo(report.metric("ndcg@10"));
        assertThat(scores.number("recall_at_100")).isEqualTo(report.metric("recall@100"));
        assertThat(scores.strings("languages")).containsExactly("eng-Latn");
        assertThat(benchmark.number("evaluation_time")).isEqualTo(1.5);
    }

    @Test
    void a_collapsed_model_is_told_apart_from_a_bad_one() throws IOException {
        Path file = folder.resolve("stsb-en-test.csv");
        Files.writeString(file, "a,b,1\nc,d,2\ne,f,3\n");
        io.chiaro.model.Embedder collapsed = new io.chiaro.model.Embedder() {
            @Override
            public float[][] embed(List<String> texts, io.chiaro.model.TextRole role) {
                float[][] vectors = new float[texts.size()][];
                java.util.Arrays.setAll(vectors, i -> new float[] {1, 2});
                return vectors;
            }

            @Override
            public io.chiaro.model.ModelDescription description() {
                return words.description();
            }

            @Override
            public void close() {}
        };
        Report report = Evaluation.run(Task.STS, file, options, collapsed);
        assertThat(report.metric("spearman")).isZero();
        assertThat(report.protocol().notes()).anyMatch(note -> note.contains("has no value"));
        assertThat(report.protocol().notes()).anyMatch(note -> note.contains("collapsed"));
    }

    @Test
    void an_unknown_task_and_a_missing_split_name_what_there_is() throws IOException {
        assertThatThrownBy(() -> Task.of("retreival")).hasMessageContaining("Did you mean \"retrieval\"?");
        Path data = labelled();
        assertThatThrownBy(() -> Evaluation.run(Task.CLUSTER, data, options.withSplit("dev"), words))
                .hasMessageContaining("\"dev\"")
                .hasMessageContaining("test.csv, train.csv");
    }

    @Test
    void data_in_memory_are_judged_without_a_file() {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("q1", "cats sleep");
        queries.put("q2", "never judged");
        RetrievalData data = RetrievalData.of(
                "tiny",
                "test",
                List.of(new Document("a", "", "cats sleep here"), new Document("b", "", "dogs bark")),
                queries,
                Map.of("q1", Map.of("a", 1)));
        Report report = Evaluation.retrieval(data, options, words);
        assertThat(report.metric("ndcg@10")).isEqualTo(1);
        assertThat(report.protocol().sizes()).containsEntry("queries", 1);
    }
}
