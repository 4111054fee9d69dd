package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mining, hybrid search and the comparison of two runs, as a user calls them. */
class RetrievalCommandsTest {

    private static final String MODEL = "all-MiniLM-L6-v2";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeCollection() throws IOException {
        Files.createDirectories(folder.resolve("beir/qrels"));
        Files.writeString(folder.resolve("beir/corpus.jsonl"), """
                {"_id": "d1", "title": "", "text": "Larks sing at dawn over the fields."}
                {"_id": "d2", "title": "", "text": "Part XJ-7741 is a brass valve."}
                {"_id": "d3", "title": "", "text": "A valve regulates the flow of a liquid."}
                {"_id": "d4", "title": "", "text": "Cats purr when they are content."}
                """);
        Files.writeString(folder.resolve("beir/queries.jsonl"), """
                {"_id": "q1", "text": "which birds make music in the morning"}
                {"_id": "q2", "text": "XJ-7741"}
                """);
        Files.writeString(folder.resolve("beir/qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n");
    }

    private static JsonObject document(CommandRun run) {
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Json.parse("output", run.output());
    }

    @Test
    void words_find_a_number_vectors_find_a_paraphrase_and_hybrid_search_finds_both() throws IOException {
        String data = folder.resolve("beir").toString();
        String words = folder.resolve("words.trec").toString();
        String hybrid = folder.resolve("hybrid.trec").toString();
        JsonObject bm25 = document(CommandRun.of(
                "eval", "--baseline", "bm25", "--task", "retrieval", "--data", data, "--run", words, "--json", "-"));
        JsonObject both = document(CommandRun.of(
                "eval",
                "--model",
                MODEL,
                "--hybrid",
                "scores",
                "--task",
                "retrieval",
                "--data",
                data,
                "--run",
                hybrid,
                "--json",
                "-"));
        assertThat(bm25.number("ndcg@10")).isEqualTo(0.5);
        assertThat(both.number("ndcg@10")).isEqualTo(1);
        assertThat(Files.readAllLines(Path.of(hybrid)).get(0)).matches("q1 Q0 d1 1 \\S+ \\S+");

        String page = folder.resolve("versus.html").toString();
        JsonObject versus =
                document(CommandRun.of("versus", hybrid, words, "--data", data, "--out", page, "--json", "-"));
        assertThat(versus.number("difference")).isCloseTo(0.5, within(1e-12));
        assertThat(versus.number("p"))
                .as("one query of two: +- and -- reach as far")
                .isEqualTo(1);
        assertThat(versus.number("wins")).isEqualTo(1);
        assertThat(Files.readString(Path.of(page)))
                .contains("which birds make music in the morning")
                .contains("Larks sing at dawn")
                .contains("<title>BM25+all-MiniLM-L6-v2 versus BM25</title>");
        assertThat(CommandRun.of("versus", words, words, "--data", data).output())
                .as("runs of one system are told apart by their files")
                .contains("first   " + words, "second  " + words);
    }

    @Test
    void judged_queries_become_pairs_to_mine_and_to_learn_from() throws IOException {
        String data = folder.resolve("beir").toString();
        Files.writeString(
                folder.resolve("beir/qrels/train.tsv"),
                "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t1\nq1\tgone\t1\nq2\td2\t0\n");
        String pairs = folder.resolve("pairs.jsonl").toString();
        CommandRun run = CommandRun.of("data", "pairs", data, "--out", pairs);
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.output())
                .contains(
                        "2 pairs of 2 queries of the split \"train\"; 1 queries gave none, 1 judged documents are not");
        List<JsonObject> rows = Files.readAllLines(Path.of(pairs)).stream()
                .map(line -> Json.parse(pairs, line))
                .toList();
        assertThat(rows).extracting(row -> row.string("document-id")).containsExactly("d1", "d3");
        assertThat(rows.get(0).string("anchor")).isEqualTo("which birds make music in the morning");

        assertThat(CommandRun.of("data", "pairs", data, "--least-grade", "2", "--out", pairs)
                        .output())
                .contains("1 pairs of 2 queries");
        assertThat(CommandRun.of("data", "pairs", data, "--least-grade", "3", "--out", pairs)
                        .errors())
                .contains("expected documents that are judged 3 or more");
        assertThat(CommandRun.of("data", "pairs", data, "--split", "dev", "--out", pairs)
                        .errors())
                .contains("expected the judgments of the split \"dev\"");
    }

    @Test
    void the_queries_that_lost_most_can_be_looked_at_and_no_text_of_theirs_becomes_markup() throws IOException {
        Files.writeString(folder.resolve("beir/corpus.jsonl"), """
                {"_id": "d1", "title": "", "text": "Larks sing at dawn over the fields."}
                {"_id": "d2", "title": "<b>Bold</b>", "text": "music <script>alert(1)</script> in the morning"}
                {"_id": "d3", "title": "", "text": "A valve regulates the flow of a liquid."}
                """);
        Files.writeString(folder.resolve("beir/queries.jsonl"), """
                {"_id": "q1", "text": "which <i>birds</i> make music in the morning"}
                {"_id": "q2", "text": "valve"}
                """);
        Files.writeString(folder.resolve("beir/qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n");
        String data = folder.resolve("beir").toString();
        Path page = folder.resolve("errors.html");

        JsonObject judged = document(CommandRun.of(
                "eval",
                "--baseline",
                "bm25",
                "--task",
                "retrieval",
                "--data",
                data,
                "--out",
                page.toString(),
                "--json",
                "-"));

        assertThat(judged.number("ndcg@10")).isEqualTo(0.5);
        assertThat(Files.readString(page))
                .contains("which &lt;i&gt;birds&lt;/i&gt; make music in the morning")
                .contains("rank 1, not judged, d2: &lt;b&gt;Bold&lt;/b&gt; music &lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("not among 1 hits, grade 1, d1: Larks sing at dawn over the fields.")
                .doesNotContain("<script>alert", "<b>Bold", "<i>birds", "A valve regulates");
        Path other = folder.resolve("random.html");
        CommandRun random = CommandRun.of(
                "eval", "--baseline", "random", "--task", "retrieval", "--data", data, "--out", other.toString());
        assertThat(random.exitCode()).as(random.errors()).isZero();
        assertThat(other).content().contains("Where it loses most");
        CommandRun useless = CommandRun.of(
                "eval", "--baseline", "random", "--task", "sts", "--data", data, "--out", other.toString());
        assertThat(useless.exitCode()).isEqualTo(2);
        assertThat(useless.errors()).contains("--out: belongs to --task retrieval");
    }

    @Test
    void an_index_is_searched_by_vectors_by_words_and_by_both() {
        String index = folder.resolve("index").toString();
        String docs = folder.resolve("beir/corpus.jsonl").toString();
        assertThat(CommandRun.of("index", "--model", MODEL, "--docs", docs, "--out", index)
                        .exitCode())
                .isZero();
        for (List<String> by : List.of(List.of("words"), List.of("hybrid"), List.of("hybrid", "--fusion", "ranks"))) {
            List<String> arguments = new java.util.ArrayList<>(
                    List.of("search", "--index", index, "--query", "XJ-7741 brass valve", "--json", "-", "--by"));
            arguments.addAll(by);
            JsonObject found = document(CommandRun.of(arguments.toArray(String[]::new)));
            assertThat(found.objects("hits").get(0).string("id")).isEqualTo("d2");
        }
        CommandRun needless = CommandRun.of("search", "--index", index, "--query", "x", "--fusion", "ranks");
        assertThat(needless.exitCode()).isEqualTo(2);
        assertThat(needless.errors()).contains("--by hybrid");
    }

    @Test
    void mined_pairs_are_records_to_learn_from() throws IOException {
        Path pairs = folder.resolve("pairs.jsonl");
        Files.writeString(pairs, """
                {"anchor": "which birds make music in the morning", "positive": "Larks sing at dawn over the fields."}
                {"anchor": "what controls how fast a liquid runs", "positive": "A valve regulates the flow of a liquid."}
                """);
        Path out = folder.resolve("mined.jsonl");
        JsonObject mined = document(CommandRun.of(
                "mine",
                "--data",
                pairs.toString(),
                "--corpus",
                folder.resolve("beir/corpus.jsonl").toString(),
                "--model",
                MODEL,
                "--negatives",
                "2",
                "--absolute-margin",
                "0.05",
                "--with-scores",
                "--out",
                out.toString(),
                "--json",
                "-"));
        assertThat(mined.number("mined")).isEqualTo(2);
        assertThat(mined.number("texts")).isEqualTo(4);
        List<String> lines = Files.readAllLines(out);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).contains("Part XJ-7741 is a brass valve.").doesNotContain("negative\":[\"A valve");
        CommandRun check = CommandRun.of("data", "check", out.toString());
        assertThat(check.exitCode()).as(check.errors()).isZero();
        assertThat(check.output()).contains("2 negatives");
    }

    private JsonObject mined(Path pairs, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "mine",
                "--data",
                pairs.toString(),
                "--model",
                MODEL,
                "--out",
                folder.resolve("mined.jsonl").toString(),
                "--json",
                "-"));
        line.addAll(List.of(more));
        return document(CommandRun.of(line.toArray(String[]::new)));
    }

    @Test
    void a_pair_made_of_a_document_is_never_told_from_that_document() throws IOException {
        Path corpus = Files.writeString(folder.resolve("titled.jsonl"), """
                {"_id": "1", "title": "Larks", "text": "Larks sing at dawn over the fields."}
                {"_id": "2", "title": "Valves", "text": "A valve regulates the flow of a liquid."}
                {"_id": "3", "title": "Cats", "text": "Cats purr when they are content."}
                """);
        Path pairs = folder.resolve("titles.jsonl");
        assertThat(CommandRun.of(
                                "data", "pseudo-queries", corpus.toString(), "--by", "title", "--out", pairs.toString())
                        .exitCode())
                .isZero();

        mined(pairs, "--corpus", corpus.toString(), "--negatives", "2");

        for (String line : Files.readAllLines(folder.resolve("mined.jsonl"))) {
            JsonObject record = Json.parse("mined", line);
            assertThat(record.strings("negative"))
                    .hasSize(2)
                    .noneMatch(text -> text.contains(record.string("positive")));
        }
    }

    @Test
    void mined_and_scored_pairs_keep_the_other_columns_of_their_rows() throws IOException {
        Path pairs = Files.writeString(folder.resolve("columns.jsonl"), """
                {"id": 7, "q": "which birds sing", "a": "Larks sing at dawn.", "domain": "birds", "score_1": 3, "more": {"x": 1}}
                {"id": 8, "q": "what controls flow", "a": "def f(x):\\n    Valves(x)", "domain": "things", "score_1": 4}
                """);
        CommandRun run = CommandRun.of(
                "mine",
                "--data",
                pairs.toString(),
                "--roles",
                "anchor=q,positive=a",
                "--model",
                MODEL,
                "--negatives",
                "1",
                "--out",
                folder.resolve("mined.jsonl").toString());
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).contains("left out more, score_1: ");
        List<String> lines = Files.readAllLines(folder.resolve("mined.jsonl"));
        JsonObject second = Json.parse("mined", lines.get(1));
        assertThat(second.keys()).containsExactly("anchor", "positive", "negative", "id", "domain");
        assertThat(second.integer("id")).isEqualTo(8);
        assertThat(second.string("domain")).isEqualTo("things");
        assertThat(second.string("positive")).isEqualTo("def f(x):\n    Valves(x)");
    }

    @Test
    void a_list_of_positives_is_mined_for_each() throws IOException {
        Path pairs = Files.writeString(folder.resolve("listed.jsonl"), """
                {"id": "x", "anchor": "which birds sing", "positive": ["Larks sing at dawn over the fields.", "Larks do."]}
                {"id": "y", "anchor": "what regulates flow", "positive": ["A valve regulates the flow of a liquid."]}
                """);
        JsonObject mined =
                mined(pairs, "--corpus", folder.resolve("beir/corpus.jsonl").toString(), "--negatives", "1");
        assertThat(mined.integer("mined")).isEqualTo(3);
        assertThat(Files.readAllLines(folder.resolve("mined.jsonl")))
                .extracting(line -> Json.parse("mined", line).string("positive") + " "
                        + Json.parse("mined", line).string("id"))
                .containsExactly(
                        "Larks sing at dawn over the fields. x",
                        "Larks do. x",
                        "A valve regulates the flow of a liquid. y");
    }

    @Test
    void triplets_of_a_pair_are_kept_where_there_are_fewer_than_asked_for() throws IOException {
        Path pairs = Files.writeString(
                folder.resolve("few.jsonl"),
                "{\"anchor\": \"which birds sing\", \"positive\": \"Larks sing at dawn over the fields.\"}\n");
        JsonObject mined = mined(
                pairs,
                "--corpus",
                folder.resolve("beir/corpus.jsonl").toString(),
                "--negatives",
                "20",
                "--form",
                "triplets",
                "--relative-margin",
                "0.05");
        assertThat(mined.integer("mined")).isEqualTo(1);
        assertThat(Files.readAllLines(folder.resolve("mined.jsonl"))).hasSize(3);
    }

    @Test
    void mining_in_a_corpus_without_the_positives_is_told() throws IOException {
        Path pairs = Files.writeString(
                folder.resolve("elsewhere.jsonl"),
                "{\"anchor\": \"which birds sing\", \"positive\": \"Owls do not.\"}\n");
        CommandRun run = CommandRun.of(
                "mine",
                "--data",
                pairs.toString(),
                "--corpus",
                folder.resolve("beir/corpus.jsonl").toString(),
                "--model",
                MODEL,
                "--out",
                folder.resolve("mined.jsonl").toString());
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).contains("only 0 of 1 positives are in");
    }

    @Test
    void mining_that_finds_nothing_says_why_and_writes_no_file() throws IOException {
        Path pairs = folder.resolve("lonely.jsonl");
        Files.writeString(pairs, """
                {"anchor": "which birds make music in the morning", "positive": "Larks sing at dawn over the fields."}
                {"anchor": "what controls how fast a liquid runs", "positive": "A valve regulates the flow of a liquid."}
                """);
        Path out = folder.resolve("nothing.jsonl");
        CommandRun mined = CommandRun.of(
                "mine", "--data", pairs.toString(), "--model", MODEL, "--max-score", "-1", "--out", out.toString());
        assertThat(mined.exitCode()).isEqualTo(3);
        assertThat(mined.output()).contains("score more than the highest");
        assertThat(mined.errors()).contains("found none of 2").contains("--corpus");
        assertThat(out).doesNotExist();
    }

    @Test
    void what_has_no_effect_is_refused() {
        CommandRun guide =
                CommandRun.of("mine", "--data", "x", "--model", MODEL, "--out", "y", "--guide-margin", "0.1");
        assertThat(guide.exitCode()).isEqualTo(2);
        assertThat(guide.errors()).contains("without --guide");
        CommandRun weight =
                CommandRun.of("eval", "--model", MODEL, "--task", "retrieval", "--data", "x", "--vector-weight", "0.2");
        assertThat(weight.exitCode()).isEqualTo(2);
    }

    @Test
    void the_weight_of_a_hybrid_is_chosen_by_another_split_and_never_by_the_judged_one() throws IOException {
        // Those of train are found by their letters alone, so that words get all the weight that helps.
        Files.writeString(folder.resolve("beir/qrels/train.tsv"), "query-id\tcorpus-id\tscore\nq2\td2\t1\n");
        String data = folder.resolve("beir").toString();
        List<String> hybrid =
                List.of("eval", "--model", MODEL, "--hybrid", "scores", "--task", "retrieval", "--data", data);
        JsonObject judged = document(run(hybrid, "--weight-by", "train", "--json", "-"));
        assertThat(judged.number("ndcg@10")).isEqualTo(1);
        assertThat(judged.toMap().toString()).contains("weight of the vectors 0.5");

        assertThat(run(hybrid, "--weight-by", "test").errors()).contains("expected another split than \"test\"");
        assertThat(run(hybrid, "--weight-by", "train", "--vector-weight", "0.3").exitCode())
                .isEqualTo(2);
        assertThat(run(hybrid, "--weight-by", "dev").errors()).contains("dev.tsv");
    }

    private static CommandRun run(List<String> first, String... more) {
        return CommandRun.of(Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void a_collection_gives_pairs_without_labels_or_a_model() throws IOException {
        Path corpus = folder.resolve("beir/corpus.jsonl");
        Path out = folder.resolve("pairs.jsonl");
        JsonObject made = document(CommandRun.of(
                "data", "pseudo-queries", corpus.toString(), "--by", "words", "--out", out.toString(), "--json", "-"));
        assertThat(made.integer("documents")).isEqualTo(4);
        assertThat(made.integer("pairs")).isEqualTo(4);
        assertThat(Files.readAllLines(out)).hasSize(4).first().satisfies(line -> {
            JsonObject pair = Json.parse("pair", line);
            assertThat(pair.string("positive")).isEqualTo("Larks sing at dawn over the fields.");
            assertThat(pair.string("positive").toLowerCase(Locale.ROOT).split("\\W+"))
                    .contains(pair.string("anchor").split(" "));
        });

        CommandRun titles = CommandRun.of(
                "data",
                "pseudo-queries",
                corpus.toString(),
                "--by",
                "title",
                "--out",
                folder.resolve("t.jsonl").toString());
        assertThat(titles.exitCode()).isEqualTo(3);
        assertThat(titles.errors()).contains("found none among 4");
        assertThat(folder.resolve("t.jsonl")).doesNotExist();
        assertThat(CommandRun.of("data", "pseudo-queries", corpus.toString(), "--by", "crop", "--out", "x.jsonl")
                        .errors())
                .contains("crops");
    }

    @Test
    void a_model_is_not_judged_on_what_it_or_its_base_learned_from() throws IOException {
        Path learned = folder.resolve("stsb/stsb-en-train.jsonl");
        Files.createDirectories(learned.resolveSibling("."));
        Files.writeString(learned, """
                {"anchor": "Larks sing.", "positive": "Birds make music."}
                {"anchor": "Cats purr.", "positive": "A cat is content."}
                """);
        Path first = folder.resolve("first");
        for (List<String> run : List.of(
                List.of("--data", learned.toString(), "--base", "fresh:tiny", "--out", first.toString()),
                List.of(
                        "--data",
                        Files.writeString(folder.resolve("more.jsonl"), """
                                {"anchor": "Valves are brass.", "positive": "Brass valves."}
                                {"anchor": "Rain falls.", "positive": "It rains."}
                                """).toString(),
                        "--base",
                        first.resolve("model").toString(),
                        "--out",
                        folder.resolve("second").toString()))) {
            List<String> all = new ArrayList<>(List.of("fit", "--steps", "1", "--batch", "2", "--recipe", "info-nce"));
            all.addAll(run);
            CommandRun fitted = CommandRun.of(all.toArray(String[]::new));
            assertThat(fitted.exitCode()).as(fitted.errors()).isZero();
        }
        Path judged = folder.resolve("sts12-16/pairs.tsv");
        Files.createDirectories(judged.resolveSibling("."));
        Files.writeString(
                judged,
                "sentence1\tsentence2\tscore\nLarks sing.\tBirds sing.\t5\nCats purr.\tIt rains.\t0\nA\tB\t2\n");
        List<String> eval = List.of("eval", "--task", "sts", "--data", judged.toString());

        CommandRun refused = run(eval, "--model", folder.resolve("second/model").toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.errors()).contains("stsb-en-train.jsonl", "drawn from", "--allow-leaks");
        CommandRun allowed = run(eval, "--model", folder.resolve("second/model").toString(), "--allow-leaks");
        assertThat(allowed.exitCode()).as(allowed.errors()).isZero();
        assertThat(run(eval, "--model", MODEL).exitCode()).isZero();

        String second = folder.resolve("second/model").toString();
        Path copy = folder.resolve("elsewhere/copy");
        copy(folder.resolve("second/model"), copy);
        Path exported = folder.resolve("exported");
        Path bytes = folder.resolve("bytes");
        Path soup = folder.resolve("soup");
        Path third = folder.resolve("third");
        for (List<String> made : List.of(
                List.of("export", "--model", second, "--out", exported.toString()),
                List.of("export", "--model", second, "--precision", "int8", "--out", bytes.toString()),
                List.of("soup", exported.toString(), second, "--out", soup.toString()),
                List.of(
                        "fit",
                        "--steps",
                        "1",
                        "--batch",
                        "2",
                        "--recipe",
                        "info-nce",
                        "--data",
                        folder.resolve("more.jsonl").toString(),
                        "--base",
                        copy.toString(),
                        "--out",
                        third.toString()))) {
            CommandRun done = CommandRun.of(made.toArray(String[]::new));
            assertThat(done.exitCode()).as(done.errors()).isZero();
        }
        for (Path model : List.of(copy, exported, bytes, soup, third.resolve("model"))) {
            assertThat(run(eval, "--model", model.toString()).errors())
                    .as("%s", model)
                    .contains("stsb-en-train.jsonl", "drawn from");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void the_page_of_pairs_shows_the_curve_and_the_errors_and_escapes_what_they_say() throws IOException {
        Path pairs = folder.resolve("pairs/test.tsv");
        Files.createDirectories(pairs.resolveSibling("."));
        Files.writeString(pairs, """
                text1\ttext2\tlabel
                Larks sing at dawn.\tLarks are singing at dawn.\t1
                It rains in the hills.\tRain falls in the hills.\t1
                The train is late.\tThe train is delayed.\t1
                A <b>valve</b> of brass.\tA <b>valve</b> of brass.\t0
                Cats purr.\tThe parliament voted.\t1
                Rain falls.\tA lorry is red.\t0
                The bus is late.\tThe tram is late.\t0
                A dog barks.\tA dog sleeps.\t0
                The sun rises.\tThe sun sets.\t0
                Snow on the roof.\tPrime numbers.\t0
                """);
        Path page = folder.resolve("pairs.html");
        List<String> eval = List.of("eval", "--model", MODEL, "--data", pairs.toString(), "--out", page.toString());
        assertThat(run(eval, "--task", "pairs").exitCode()).isZero();
        assertThat(Files.readString(page))
                .contains("ROC", "Taken for pairs, and are none", "A &lt;b&gt;valve&lt;/b&gt; of brass.")
                .contains("Pairs that were missed", "The parliament voted.")
                .doesNotContain("<b>valve");
        assertThat(run(eval, "--task", "sts").errors()).contains("--out: belongs to");
    }

    @Test
    void mining_does_not_write_over_what_it_reads() throws IOException {
        Path pairs = folder.resolve("pairs.jsonl");
        String line = "{\"anchor\": \"which birds sing\", \"positive\": \"Larks sing at dawn over the fields.\"}";
        Files.writeString(pairs, line);
        Path corpus = folder.resolve("beir/corpus.jsonl");
        for (Path out : List.of(pairs, corpus)) {
            String before = Files.readString(out);
            CommandRun run = CommandRun.of(
                    "mine",
                    "--data",
                    pairs.toString(),
                    "--corpus",
                    corpus.toString(),
                    "--model",
                    MODEL,
                    "--out",
                    out.toString());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.errors()).contains("--out: expected another file than those that are read");
            assertThat(out).hasContent(before);
        }
    }

    @Test
    void a_run_that_ranks_nothing_for_some_queries_is_compared_and_that_is_said() throws IOException {
        String data = folder.resolve("beir").toString();
        Path whole = Files.writeString(folder.resolve("whole.trec"), "q1 Q0 d1 1 2.0 whole\nq2 Q0 d2 1 1.0 whole\n");
        Path part = Files.writeString(folder.resolve("part.trec"), "q1 Q0 d1 1 2.0 part\n");
        CommandRun run = CommandRun.of("versus", whole.toString(), part.toString(), "--data", data);
        assertThat(run.output())
                .contains("part ranks nothing for 1 of the queries")
                .doesNotContain("whole ranks nothing");
    }

    private Path gzipped(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void judgments_of_trec_are_enough_to_lay_two_runs_side_by_side_and_ids_stand_for_texts() throws IOException {
        Path first = Files.writeString(folder.resolve("a.trec"), "q1 Q0 d1 1 2.0 one\nq2 Q0 d2 1 1.0 one\n");
        Path second = Files.writeString(folder.resolve("b.trec"), "q1 Q0 d1 1 2.0 two\nq2 Q0 d9 1 1.0 two\n");
        Path page = folder.resolve("versus.html");
        for (Path judgments : List.of(
                Files.writeString(folder.resolve("judged.qrels"), "q1 0 d1 1\nq2 0 d2 1\n"),
                Files.writeString(folder.resolve("judged.tsv"), "q1\t0\td1\t1\nq2\t0\td2\t1\n"),
                gzipped("judged.txt.gz", "q1 0 d1 1\nq2 0 d2 1\n"),
                folder.resolve("beir/qrels/test.tsv"))) {
            JsonObject versus = document(CommandRun.of(
                    "versus",
                    first.toString(),
                    second.toString(),
                    "--qrels",
                    judgments.toString(),
                    "--out",
                    page.toString(),
                    "--json",
                    "-"));
            assertThat(versus.number("first")).isEqualTo(1);
            assertThat(versus.number("second")).isEqualTo(0.5);
            assertThat(versus.object("protocol").string("data")).isEqualTo(judgments.toString());
            assertThat(Files.readString(page)).contains("q2").contains("d9").doesNotContain("Larks");
        }
    }

    @Test
    void a_single_run_is_judged_alone() throws IOException {
        Path run = Files.writeString(folder.resolve("a.trec"), "q1 Q0 d1 1 2.0 one\n");
        Path judgments = Files.writeString(folder.resolve("judged.qrels"), "q1 0 d1 1\nq2 0 d2 1\n");
        CommandRun said = CommandRun.of("versus", run.toString(), "--qrels", judgments.toString());
        assertThat(said.output())
                .contains("one over 2 queries", "ndcg@10", "0.5000", "ranks nothing for 1 of the queries");
        JsonObject alone = document(CommandRun.of(
                "versus", run.toString(), "--qrels", judgments.toString(), "--metric", "precision@5", "--json", "-"));
        for (String key : List.of("ndcg@10", "mrr@10", "map@100", "recall@10", "recall@100")) {
            assertThat(alone.number(key)).as(key).isEqualTo(0.5);
        }
        assertThat(alone.number("precision@5")).isCloseTo(0.1, within(1e-12));
        assertThat(alone.integer("lacks")).isEqualTo(1);
        assertThat(alone.object("protocol").integer("queries")).isEqualTo(2);
        CommandRun paged = CommandRun.of(
                "versus",
                run.toString(),
                "--qrels",
                judgments.toString(),
                "--out",
                folder.resolve("page.html").toString());
        assertThat(paged.exitCode()).isEqualTo(2);
        assertThat(paged.errors()).contains("--out").contains("second run");
    }

    @Test
    void runs_are_judged_by_a_collection_or_by_judgments_and_not_by_both() throws IOException {
        String run = Files.writeString(folder.resolve("a.trec"), "q1 Q0 d1 1 2.0 one\n")
                .toString();
        String judgments =
                Files.writeString(folder.resolve("judged.qrels"), "q1 0 d1 1\n").toString();
        String data = folder.resolve("beir").toString();
        for (String[] wrong : new String[][] {
            {"versus", run, run},
            {"versus", run, run, "--data", data, "--qrels", judgments},
            {"versus", run, run, "--qrels", judgments, "--split", "dev"}
        }) {
            CommandRun refused = CommandRun.of(wrong);
            assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(2);
            assertThat(refused.errors()).contains("--qrels");
        }
        Path empty = Files.writeString(folder.resolve("empty.qrels"), "");
        CommandRun nothing = CommandRun.of("versus", run, "--qrels", empty.toString());
        assertThat(nothing.exitCode()).isEqualTo(3);
        assertThat(nothing.errors()).contains("empty.qrels", "at least one judgment");
    }

    @Test
    void an_empty_file_of_pairs_is_a_fault_of_the_data_and_not_of_the_command() throws IOException {
        String out = folder.resolve("mined.jsonl").toString();
        for (String name : List.of("empty.jsonl", "empty.csv", "empty.tsv")) {
            String empty = Files.writeString(folder.resolve(name), "").toString();
            for (String[] roles : new String[][] {{}, {"--roles", "anchor=q,positive=a"}}) {
                List<String> line = new ArrayList<>(List.of("mine", "--data", empty, "--model", MODEL, "--out", out));
                line.addAll(List.of(roles));
                CommandRun run = CommandRun.of(line.toArray(String[]::new));
                assertThat(run.exitCode()).as(name + ": " + run.errors()).isEqualTo(3);
                assertThat(run.errors()).contains(name);
            }
        }
    }

    @Test
    void mining_says_how_many_texts_the_model_has_cut() throws IOException {
        Path pairs = Files.writeString(
                folder.resolve("pairs.jsonl"),
                "{\"anchor\": \"owls\", \"positive\": \"" + "an owl hunts ".repeat(300) + "\"}\n"
                        + "{\"anchor\": \"larks\", \"positive\": \"Larks sing.\"}\n");
        CommandRun run = CommandRun.of(
                "mine",
                "--data",
                pairs.toString(),
                "--model",
                MODEL,
                "--negatives",
                "1",
                "--out",
                folder.resolve("mined.jsonl").toString(),
                "--json",
                "-");
        assertThat(document(run).integer("cut-texts")).isEqualTo(1);
        assertThat(run.errors()).contains("1 of 4 texts were cut at 256 tokens");
    }
}
