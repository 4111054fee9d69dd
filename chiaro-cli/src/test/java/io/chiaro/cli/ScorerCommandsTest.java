package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Late-interaction models and sparse encoders as a user meets them: trained, judged, behind a search, exported. */
class ScorerCommandsTest {

    private static final List<String> THINGS = List.of("larks", "valves", "cats", "rivers", "shoes");

    @TempDir
    static Path folder = Path.of("");

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static void write(String name, List<String> lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }

    private static CommandRun ran(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(Arrays.toString(arguments) + run.errors()).isZero();
        return run;
    }

    private static JsonObject document(String... arguments) {
        String[] longer = Arrays.copyOf(arguments, arguments.length + 2);
        longer[arguments.length] = "--json";
        longer[arguments.length + 1] = "-";
        return Json.parse("output", ran(longer).output());
    }

    private static void fit(String recipe, String setting) {
        CommandRun fit = ran(
                "fit",
                "--data",
                at("pairs.jsonl"),
                "--recipe",
                recipe,
                "--base",
                "fresh:tiny",
                "--set",
                setting,
                "--batch",
                "5",
                "--steps",
                "3",
                "--eval",
                "rerank:" + at("lists.jsonl"),
                "--out",
                at(recipe));
        assertThat(fit.errors()).contains("recipe=" + recipe, "ONNX export agrees");
    }

    @BeforeAll
    static void train() throws IOException {
        List<String> pairs = new ArrayList<>();
        List<String> lists = new ArrayList<>();
        List<String> corpus = new ArrayList<>();
        List<String> queries = new ArrayList<>();
        List<String> judgments = new ArrayList<>(List.of("query-id\tcorpus-id\tscore"));
        for (String thing : THINGS) {
            String query = "what of " + thing;
            String answer = "This text is about " + thing + ".";
            List<String> others = THINGS.stream()
                    .filter(other -> !other.equals(thing))
                    .map(other -> "This text is about " + other + ".")
                    .toList();
            pairs.add(Json.line(Map.of("anchor", query, "positive", answer)));
            lists.add(Json.line(Map.of("query", query, "positive", List.of(answer), "negative", others)));
            corpus.add(Json.line(Map.of("_id", thing, "text", answer)));
            queries.add(Json.line(Map.of("_id", "q-" + thing, "text", query)));
            judgments.add("q-" + thing + "\t" + thing + "\t1");
        }
        write("pairs.jsonl", pairs);
        write("lists.jsonl", lists);
        write("beir/corpus.jsonl", corpus);
        write("beir/queries.jsonl", queries);
        write("beir/qrels/test.tsv", judgments);
        fit("late-interaction", "dimension=16");
        // A head that knows nothing gives all texts something in common, so that all are found.
        fit("splade", "head-start=none");
    }

    @Test
    void a_late_interaction_model_is_judged_alone_and_behind_what_finds() {
        String model = at("late-interaction/model");
        JsonObject given = document("eval", "--model", model, "--task", "rerank", "--data", at("lists.jsonl"));
        assertThat(given.object("protocol").string("system")).contains("MaxSim of 16 numbers a token");
        JsonObject alone = document("eval", "--model", model, "--task", "retrieval", "--data", at("beir"));
        assertThat(alone.number("recall@100")).isEqualTo(1);
        assertThat(alone.object("protocol").string("system")).contains("late interaction, exact");
        JsonObject behind = document(
                "eval", "--model", "all-MiniLM-L6-v2", "--rerank", model, "--task", "retrieval", "--data", at("beir"));
        // All documents are candidates of every query either way, so the order is the reranker's.
        assertThat(behind.number("ndcg@10")).isEqualTo(alone.number("ndcg@10"));
        ran("index", "--model", "all-MiniLM-L6-v2", "--docs", at("beir/corpus.jsonl"), "--out", at("index"));
        JsonObject found = document("search", "--index", at("index"), "--query", "what of cats", "--rerank", model);
        List<Double> scores =
                found.objects("hits").stream().map(hit -> hit.number("score")).toList();
        assertThat(scores).hasSize(5).isSortedAccordingTo(Comparator.reverseOrder());

        ran("export", "--model", model, "--out", at("exported"));
        assertThat(document("eval", "--model", at("exported"), "--task", "retrieval", "--data", at("beir"))
                        .number("ndcg@10"))
                .isEqualTo(alone.number("ndcg@10"));
        CommandRun hybrid = CommandRun.of(
                "eval", "--model", model, "--hybrid", "scores", "--task", "retrieval", "--data", at("beir"));
        assertThat(hybrid.exitCode()).isEqualTo(2);
        assertThat(hybrid.errors()).contains("is a late-interaction model");
        CommandRun embedded =
                CommandRun.of("embed", "--model", model, "--in", at("beir/corpus.jsonl"), "--out", at("v.jsonl"));
        assertThat(embedded.exitCode()).isEqualTo(4);
        assertThat(embedded.errors()).contains("behind --rerank");
    }

    @Test
    void a_sparse_encoder_is_judged_and_tells_the_weights_of_tokens() throws IOException {
        String model = at("splade/model");
        JsonObject judged = document("eval", "--model", model, "--task", "retrieval", "--data", at("beir"));
        assertThat(judged.number("ndcg@10")).isBetween(0.0, 1.0);
        assertThat(judged.number("active-of-document")).isGreaterThan(0);
        assertThat(judged.number("flops")).isGreaterThan(0);
        assertThat(judged.object("protocol").string("system")).contains("sparse vectors, product, exact");

        CommandRun embedded = ran(
                "embed",
                "--model",
                model,
                "--sparse",
                "--in",
                at("beir/corpus.jsonl"),
                "--key",
                "text",
                "--out",
                at("weights.jsonl"));
        assertThat(embedded.errors()).contains("wrote 5 vectors of");
        List<String> lines = Files.readAllLines(folder.resolve("weights.jsonl"));
        assertThat(lines).hasSize(5);
        JsonObject first = Json.parse("line", lines.get(0));
        assertThat(first.string("text")).isEqualTo("This text is about larks.");
        List<Double> weights = first.object("weights").keys().stream()
                .map(token -> first.object("weights").number(token))
                .toList();
        assertThat(weights).isNotEmpty().allMatch(weight -> weight > 0);
        ran("export", "--model", model, "--out", at("exported-sparse"));
        assertThat(document("eval", "--model", at("exported-sparse"), "--task", "retrieval", "--data", at("beir"))
                        .number("ndcg@10"))
                .isEqualTo(judged.number("ndcg@10"));

        CommandRun dense =
                CommandRun.of("embed", "--model", model, "--in", at("beir/corpus.jsonl"), "--out", at("v.jsonl"));
        assertThat(dense.errors()).contains("chiaro embed --sparse");
        CommandRun wrong = CommandRun.of(
                "embed", "--model", "all-MiniLM-L6-v2", "--sparse", "--in", at("beir/corpus.jsonl"), "--out", "-");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.errors()).contains("expected the folder of a sparse encoder");
        CommandRun format = CommandRun.of(
                "embed",
                "--model",
                model,
                "--sparse",
                "--format",
                "npy",
                "--in",
                at("beir/corpus.jsonl"),
                "--out",
                "v");
        assertThat(format.errors()).contains("--sparse: weights of tokens are written as jsonl");
    }

    @Test
    void an_index_has_the_weights_of_a_sparse_encoder_and_is_searched_by_them() throws IOException {
        String model = at("splade/model");
        String corpus = at("beir/corpus.jsonl");
        String index = at("weighed");
        ran("index", "--model", "all-MiniLM-L6-v2", "--sparse", model, "--docs", corpus, "--out", index);
        List<String> ids = search(index, "--by", "sparse").stream()
                .map(hit -> hit.string("id"))
                .toList();
        assertThat(ids).containsExactlyInAnyOrderElementsOf(THINGS);
        assertThat(search(index, "--by", "hybrid", "--sparse-weight", "1", "--fusion", "ranks").stream()
                        .map(hit -> hit.string("id")))
                .as("all the weight on one side")
                .isEqualTo(ids);
        assertThat(document("inspect", index).object("index").object("sparse").string("hash"))
                .hasSize(64);

        Files.write(folder.resolve("more.jsonl"), List.of(Json.line(Map.of("id", "boats", "text", "what of boats"))));
        String more = at("more.jsonl");
        CommandRun without = CommandRun.of("index", "--model", "all-MiniLM-L6-v2", "--docs", more, "--into", index);
        assertThat(without.exitCode()).isEqualTo(4);
        assertThat(without.errors()).contains("expected documents with weights of the sparse model");
        ran("index", "--model", "all-MiniLM-L6-v2", "--sparse", model, "--docs", more, "--into", index);
        assertThat(search(index, "--by", "sparse")).hasSize(6);
        ran("index", "--delete", "larks", "--into", index);
        assertThat(search(index, "--by", "sparse").stream().map(hit -> hit.string("id")))
                .hasSize(5)
                .doesNotContain("larks");

        ran("index", "--model", "all-MiniLM-L6-v2", "--docs", corpus, "--out", at("plain"));
        CommandRun none = CommandRun.of("search", "--index", at("plain"), "--query", "cats", "--by", "sparse");
        assertThat(none.exitCode()).isEqualTo(4);
        assertThat(none.errors()).contains("chiaro index --sparse");
        CommandRun given =
                CommandRun.of("search", "--index", at("plain"), "--query", "cats", "--by", "sparse", "--sparse", model);
        assertThat(given.errors()).contains("expected an index with sparse vectors");
        CommandRun lost = CommandRun.of("search", "--index", index, "--query", "cats", "--sparse", model);
        assertThat(lost.exitCode()).isEqualTo(2);
        assertThat(lost.errors()).contains("--sparse: has no effect without --by sparse");
        CommandRun share =
                CommandRun.of("search", "--index", index, "--query", "cats", "--by", "words", "--sparse-weight", "1");
        assertThat(share.errors()).contains("--sparse-weight: has no effect without --by hybrid");
        CommandRun nothing = CommandRun.of("index", "--sparse", model, "--delete", "cats", "--into", index);
        assertThat(nothing.errors()).contains("--sparse: has no effect without --docs");
    }

    @Test
    void an_index_is_judged_as_it_is_searched_and_each_side_alone_as_its_model_is() throws IOException {
        String sparse = at("splade/model");
        String index = at("judged");
        ran(
                "index",
                "--model",
                "all-MiniLM-L6-v2",
                "--sparse",
                sparse,
                "--docs",
                at("beir/corpus.jsonl"),
                "--out",
                index);
        assertThat(judgedOrder("--index", index)).hasSize(25).isEqualTo(judgedOrder("--model", "all-MiniLM-L6-v2"));
        assertThat(judgedOrder("--index", index, "--by", "words"))
                .hasSize(5)
                .isEqualTo(judgedOrder("--baseline", "bm25"));
        assertThat(judgedOrder("--index", index, "--by", "hybrid"))
                .isEqualTo(judgedOrder("--model", "all-MiniLM-L6-v2", "--hybrid", "scores"));
        List<String> byTokens = judgedOrder("--index", index, "--by", "sparse");
        assertThat(byTokens).hasSize(25);
        assertThat(judgedOrder("--index", index, "--by", "hybrid", "--sparse-weight", "1", "--fusion", "ranks"))
                .isEqualTo(byTokens);
        Files.copy(folder.resolve("beir/qrels/test.tsv"), folder.resolve("beir/qrels/dev.tsv"));
        JsonObject weighed = document(
                "eval",
                "--index",
                index,
                "--by",
                "hybrid",
                "--sparse-weight",
                "0.2",
                "--weight-by",
                "dev",
                "--task",
                "retrieval",
                "--data",
                at("beir"));
        assertThat(weighed.object("protocol").string("system"))
                .contains("BM25", "all-MiniLM-L6-v2, cosine", "sparse vectors", "shares 0.4, 0.4 and 0.2", "\"dev\"");

        ran("index", "--delete", "larks", "--into", index);
        JsonObject less = document("eval", "--index", index, "--task", "retrieval", "--data", at("beir"));
        assertThat(less.number("recall@100")).isEqualTo(0.8);
        assertThat(less.object("protocol").string("system"))
                .contains("; 1 documents of the collection are not in it, 1 of the 5 right ones");
        write("others.jsonl", List.of(Json.line(Map.of("id", "x", "text", "of nothing"))));
        ran("index", "--model", "all-MiniLM-L6-v2", "--docs", at("others.jsonl"), "--out", at("others"));
        CommandRun others = CommandRun.of("eval", "--index", at("others"), "--task", "retrieval", "--data", at("beir"));
        assertThat(others.exitCode()).isEqualTo(3);
        assertThat(others.errors()).contains("holds none of the 5 documents that are right");
        CommandRun without = CommandRun.of(
                "eval", "--baseline", "bm25", "--by", "words", "--task", "retrieval", "--data", at("beir"));
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.errors()).contains("--by: belongs to --index");
        CommandRun model = CommandRun.of(
                "eval", "--index", index, "--hybrid", "scores", "--task", "retrieval", "--data", at("beir"));
        assertThat(model.errors()).contains("--by hybrid in place of");
    }

    /** Query and document of each line of a run, in order. */
    private static List<String> judgedOrder(String... judged) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("eval", "--task", "retrieval", "--data", at("beir")));
        arguments.addAll(List.of(judged));
        arguments.addAll(List.of("--run", at("order.trec")));
        ran(arguments.toArray(new String[0]));
        return Files.readAllLines(folder.resolve("order.trec")).stream()
                .map(line -> line.split(" ", -1))
                .map(cells -> cells[0] + " " + cells[2])
                .toList();
    }

    @Test
    void a_search_says_why_each_hit_stands_where_it_stands() {
        String index = at("explained");
        ran(
                "index",
                "--model",
                "all-MiniLM-L6-v2",
                "--sparse",
                at("splade/model"),
                "--docs",
                at("beir/corpus.jsonl"),
                "--out",
                index);
        List<JsonObject> hits = search(index, "--by", "hybrid", "--sparse-weight", "0.5", "--explain", "-k", "2");
        assertThat(hits).hasSize(2);
        for (int i = 0; i < hits.size(); i++) {
            JsonObject why = hits.get(i).object("why");
            assertThat(why.object("hybrid").integer("rank")).isEqualTo(i + 1);
            assertThat(why.object("hybrid").number("score"))
                    .isEqualTo(hits.get(i).number("score"));
            List<JsonObject> tokens = why.object("tokens").objects("matches");
            assertThat(tokens.stream()
                            .mapToDouble(token -> token.number("share"))
                            .sum())
                    .isCloseTo(why.object("tokens").number("score"), within(1e-3));
            assertThat(why.objects("neighbours")).hasSize(3);
        }
        JsonObject cats = hits.stream()
                .filter(hit -> hit.string("id").equals("cats"))
                .findFirst()
                .orElseThrow();
        assertThat(cats.object("why").object("words").objects("matches").get(0).string("word"))
                .isEqualTo("cats");

        CommandRun said = ran("search", "--index", index, "--query", "what of cats", "--by", "words", "--explain");
        assertThat(said.output())
                .containsPattern("words: place 1, BM25 \\d+\\.\\d+ \\(cats \\d")
                .containsPattern("vectors: place \\d, cosine 0\\.\\d+")
                .contains("together: place ", "near it: ")
                .doesNotContain("tokens:");
    }

    private static List<JsonObject> search(String index, String... more) {
        List<String> arguments = new ArrayList<>(List.of("search", "--index", index, "--query", "what of cats"));
        arguments.addAll(List.of(more));
        return document(arguments.toArray(new String[0])).objects("hits");
    }
}
