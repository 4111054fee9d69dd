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
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cross-encoder as a user meets it: trained, judged, behind a search, as the teacher of an encoder, exported. */
class RerankCommandsTest {

    private static final String MODEL = "all-MiniLM-L6-v2";
    private static final List<String> THINGS = List.of("larks", "valves", "cats", "rivers", "shoes");

    @TempDir
    static Path folder = Path.of("");

    private static String reranker = "";

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static String write(String name, List<String> lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, lines).toString();
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

    @BeforeAll
    static void train() throws IOException {
        List<String> rows = new ArrayList<>();
        List<String> lists = new ArrayList<>();
        List<String> corpus = new ArrayList<>();
        List<String> queries = new ArrayList<>();
        List<String> judgments = new ArrayList<>(List.of("query-id\tcorpus-id\tscore"));
        for (String thing : THINGS) {
            List<String> others = THINGS.stream()
                    .filter(other -> !other.equals(thing))
                    .map(other -> "This text is about " + other + ".")
                    .toList();
            String query = "what of " + thing;
            String answer = "This text is about " + thing + ".";
            rows.add(Json.line(java.util.Map.of("anchor", query, "positive", answer, "label", 1)));
            others.forEach(
                    other -> rows.add(Json.line(java.util.Map.of("anchor", query, "positive", other, "label", 0))));
            lists.add(Json.line(java.util.Map.of("query", query, "positive", List.of(answer), "negative", others)));
            corpus.add(Json.line(java.util.Map.of("_id", thing, "text", answer)));
            queries.add(Json.line(java.util.Map.of("_id", "q-" + thing, "text", query)));
            judgments.add("q-" + thing + "\t" + thing + "\t1");
        }
        String labels = write("labels.jsonl", rows);
        write("lists.jsonl", lists);
        write("beir/corpus.jsonl", corpus);
        write("beir/queries.jsonl", queries);
        write("beir/qrels/test.tsv", judgments);
        CommandRun fit = ran(
                "fit",
                "--data",
                labels,
                "--recipe",
                "cross-encoder",
                "--base",
                "fresh:tiny",
                "--set",
                "loss=ranknet",
                "--set",
                "max-tokens=32",
                "--batch",
                "5",
                "--steps",
                "4",
                "--eval",
                "rerank:" + at("lists.jsonl"),
                "--out",
                at("run"));
        reranker = at("run/model");
        assertThat(fit.errors()).contains("5 lists of up to 5 candidates", "loss=ranknet", "ONNX export agrees");
        assertThat(Files.readString(folder.resolve("run/run.json"))).contains("\"cross-encoder\"", "map@100");
    }

    @Test
    void a_cross_encoder_is_judged_on_given_candidates_and_nothing_else() {
        JsonObject judged = document("eval", "--model", reranker, "--task", "rerank", "--data", at("lists.jsonl"));
        assertThat(judged.number("map@100")).isBetween(0.0, 1.0);
        assertThat(judged.object("protocol").string("system")).contains("query and candidate together, 32 tokens");
        assertThat(judged.object("protocol").object("sizes").integer("candidates"))
                .isEqualTo(25);

        CommandRun embedding = CommandRun.of("eval", "--model", reranker, "--task", "sts", "--data", at("lists.jsonl"));
        assertThat(embedding.exitCode()).isEqualTo(2);
        assertThat(embedding.errors()).contains("is a cross-encoder");
        CommandRun embedded = CommandRun.of(
                "embed", "--model", reranker, "--in", at("beir/corpus.jsonl"), "--out", at("vectors.jsonl"));
        assertThat(embedded.exitCode()).isEqualTo(4);
        assertThat(embedded.errors()).contains("does not embed them");
    }

    @Test
    void pairs_are_sorted_into_classes_judged_and_labelled_and_never_put_in_order() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String thing : THINGS) {
            for (String other : THINGS) {
                String label = thing.equals(other) ? "same" : "different";
                rows.add(Json.line(Map.of("anchor", thing, "positive", other, "label", label)));
            }
        }
        String data = write("classes.jsonl", rows);
        CommandRun fit = ran(
                "fit",
                "--data",
                data,
                "--recipe",
                "cross-encoder",
                "--base",
                "fresh:tiny",
                "--set",
                "loss=cross-entropy",
                "--batch",
                "5",
                "--steps",
                "4",
                "--eval",
                "classify:" + data,
                "--out",
                at("classes"));
        assertThat(fit.errors()).contains("25 pairs of up to", "classes [different, same]", "ONNX export agrees");
        String model = at("classes/model");

        JsonObject judged = document("eval", "--model", model, "--task", "classify", "--data", data, "--allow-leaks");
        assertThat(judged.number("accuracy")).isBetween(0.0, 1.0);
        assertThat(judged.object("protocol").object("sizes").integer("pairs of class same"))
                .isEqualTo(5);

        JsonObject sorted = document("data", "score", data, "--by", model, "--out", at("sorted.jsonl"));
        assertThat(sorted.number("accuracy")).isCloseTo(judged.number("accuracy"), within(1e-12));
        List<String> lines = Files.readAllLines(folder.resolve("sorted.jsonl"));
        assertThat(lines).hasSize(25);
        JsonObject first = Json.parse("line", lines.get(0));
        assertThat(first.string("label")).isIn("same", "different");
        assertThat(first.number("probability")).isBetween(0.5, 1.0);
        JsonObject found = sorted.object("classes");
        assertThat(found.integer("same") + found.integer("different")).isEqualTo(25);

        // The weights give what the graph gives.
        Files.delete(folder.resolve("classes/model/onnx/model.onnx"));
        JsonObject weights = document("data", "score", data, "--by", model, "--out", at("again.jsonl"));
        assertThat(weights.number("accuracy")).isEqualTo(sorted.number("accuracy"));
        ran("export", "--model", model, "--format", "onnx", "--out", model);

        refused(
                "is a cross-encoder that sorts pairs",
                "eval",
                "--model",
                model,
                "--task",
                "rerank",
                "--data",
                at("lists.jsonl"));
        refused("--logistic", "data", "score", data, "--by", model, "--logistic", "--out", at("no.jsonl"));
        refused(
                "expected rerank:PATH",
                "fit",
                "--data",
                at("labels.jsonl"),
                "--recipe",
                "cross-encoder",
                "--base",
                "fresh:tiny",
                "--eval",
                "classify:" + data,
                "--out",
                at("no"));
        CommandRun order = CommandRun.of(
                "eval", "--baseline", "bm25", "--rerank", model, "--task", "retrieval", "--data", at("beir"));
        assertThat(order.exitCode()).isEqualTo(4);
        assertThat(order.errors()).contains("puts nothing in order");
        CommandRun served = CommandRun.of("serve", "--model", MODEL, "--rerank", model, "--port", "0");
        assertThat(served.exitCode()).isEqualTo(4);
        assertThat(served.errors()).contains("puts nothing in order");
    }

    private static void refused(String says, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
        assertThat(run.errors()).contains(says);
    }

    @Test
    void what_bm25_a_model_or_both_found_is_put_in_order_and_nothing_more_is_found() {
        String data = at("beir");
        double found = document("eval", "--baseline", "bm25", "--task", "retrieval", "--data", data)
                .number("recall@100");
        JsonObject words = document(
                "eval",
                "--baseline",
                "bm25",
                "--rerank",
                reranker,
                "--depth",
                "2",
                "--task",
                "retrieval",
                "--data",
                data);
        assertThat(words.number("recall@100")).isEqualTo(found);
        assertThat(words.object("protocol").string("system")).contains("BM25", "the first 2 put in order by run/model");
        JsonObject vectors =
                document("eval", "--model", MODEL, "--rerank", reranker, "--task", "retrieval", "--data", data);
        assertThat(vectors.number("recall@100")).isEqualTo(1);
        assertThat(vectors.object("protocol").string("system")).contains(MODEL, "the first 100 put in order");
        JsonObject both = document(
                "eval",
                "--model",
                MODEL,
                "--hybrid",
                "ranks",
                "--rerank",
                reranker,
                "--task",
                "retrieval",
                "--data",
                data);
        assertThat(both.object("protocol").string("system"))
                .contains("fused by reciprocal ranks, weight of the vectors 0.5; the first 100");
        // All documents are candidates of every query either way, so the order is the reranker's.
        assertThat(both.number("ndcg@10")).isEqualTo(vectors.number("ndcg@10"));
    }

    @Test
    void an_index_that_holds_more_than_the_collection_is_judged_with_a_reranker() throws IOException {
        List<String> documents = new ArrayList<>(Files.readAllLines(folder.resolve("beir/corpus.jsonl")));
        documents.add(Json.line(Map.of("_id", "more", "text", "This text is about cats and larks.")));
        ran("index", "--model", MODEL, "--docs", write("more.jsonl", documents), "--out", at("more"));
        JsonObject judged = document(
                "eval", "--index", at("more"), "--rerank", reranker, "--task", "retrieval", "--data", at("beir"));
        assertThat(judged.object("protocol").string("system")).contains("1 others are in it");
    }

    @Test
    void a_reranker_that_has_learned_from_the_data_is_refused_behind_whatever_finds() throws IOException {
        Path learned = folder.resolve("run/model/learned-from.json");
        assertThat(learned).content().contains("labels.jsonl");
        Path set = folder.resolve("taught");
        Files.createDirectories(set.resolve("qrels"));
        for (String name : List.of("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")) {
            Files.copy(folder.resolve("beir").resolve(name), set.resolve(name));
        }
        Files.writeString(
                learned,
                Files.readString(learned)
                        .replace(at("labels.jsonl"), set.resolve("stsb").toString()));
        Path judged = Files.move(set, folder.resolve("sts12-16"));
        CommandRun refused = CommandRun.of(
                "eval", "--baseline", "bm25", "--rerank", reranker, "--task", "retrieval", "--data", judged.toString());
        assertThat(refused.errors()).contains("it learned from", "--allow-leaks");
        assertThat(refused.exitCode()).isEqualTo(2);
    }

    @Test
    void a_copy_of_what_a_reranker_has_learned_from_is_refused_whatever_it_is_called() throws IOException {
        Path copy = folder.resolve("another-name.jsonl");
        Files.copy(folder.resolve("labels.jsonl"), copy);
        CommandRun refused = CommandRun.of("eval", "--model", reranker, "--task", "rerank", "--data", copy.toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.errors()).contains("labels.jsonl: it holds the same", "--allow-leaks");
        Files.writeString(copy, Files.readString(copy) + "\n");
        CommandRun other = CommandRun.of("eval", "--model", reranker, "--task", "rerank", "--data", copy.toString());
        assertThat(other.errors()).doesNotContain("--allow-leaks");
    }

    @Test
    void a_search_shows_the_scores_of_the_reranker_best_first() {
        ran("index", "--model", MODEL, "--docs", at("beir/corpus.jsonl"), "--out", at("index"));
        JsonObject plain = document("search", "--index", at("index"), "--query", "what of cats", "-k", "5");
        JsonObject reranked =
                document("search", "--index", at("index"), "--query", "what of cats", "-k", "3", "--rerank", reranker);
        List<Double> scores = reranked.objects("hits").stream()
                .map(hit -> hit.number("score"))
                .toList();
        assertThat(scores).hasSize(3).isSortedAccordingTo(java.util.Comparator.reverseOrder());
        assertThat(ids(plain)).containsAll(ids(reranked));
        JsonObject shallow = document(
                "search",
                "--index",
                at("index"),
                "--query",
                "what of cats",
                "-k",
                "1",
                "--rerank",
                reranker,
                "--depth",
                "1");
        assertThat(ids(shallow)).containsExactlyElementsOf(List.of("cats"));
        List<JsonObject> behind = document(
                        "search",
                        "--index",
                        at("index"),
                        "--query",
                        "what of cats",
                        "-k",
                        "4",
                        "--rerank",
                        reranker,
                        "--depth",
                        "1")
                .objects("hits");
        List<JsonObject> found = plain.objects("hits");
        for (int place = 0; place < behind.size(); place++) {
            assertThat(behind.get(place).string("id"))
                    .as("those behind the depth keep their order")
                    .isEqualTo(found.get(place).string("id"));
        }
    }

    @Test
    void scores_of_a_graph_that_is_older_than_its_weights_are_taken_by_nothing() throws IOException {
        ran("index", "--model", MODEL, "--docs", at("beir/corpus.jsonl"), "--out", at("fresh-index"));
        Path stale = folder.resolve("stale");
        ran("export", "--model", reranker, "--out", stale.toString());
        Path weights = stale.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        CommandRun search = CommandRun.of(
                "search", "--index", at("fresh-index"), "--query", "what of cats", "--rerank", stale.toString());

        assertThat(search.exitCode()).isNotZero();
        assertThat(search.output()).isEmpty();
        assertThat(search.errors()).contains("model.onnx");
    }

    private static Set<String> ids(JsonObject found) {
        return found.objects("hits").stream().map(hit -> hit.string("id")).collect(Collectors.toSet());
    }

    @Test
    void a_cross_encoder_teaches_an_encoder_by_the_margins_that_it_finds() throws IOException {
        List<String> pairs = new ArrayList<>();
        for (String thing : THINGS) {
            pairs.add(Json.line(
                    java.util.Map.of("anchor", "what of " + thing, "positive", "This text is about " + thing + ".")));
        }
        String data = write("pairs.jsonl", pairs);
        CommandRun mined = ran(
                "mine",
                "--data",
                data,
                "--model",
                MODEL,
                "--rescore",
                reranker,
                "--negatives",
                "2",
                "--with-scores",
                "--out",
                at("taught.jsonl"));
        assertThat(mined.output()).contains("mean score of positives");
        JsonObject first = Json.parse(
                "line", Files.readAllLines(folder.resolve("taught.jsonl")).get(0));
        assertThat(first.numbers("score")).hasSize(3);

        CommandRun distilled = ran(
                "fit",
                "--data",
                at("taught.jsonl"),
                "--recipe",
                "margin-mse",
                "--base",
                "fresh:tiny",
                "--batch",
                "4",
                "--steps",
                "2",
                "--out",
                at("student"));
        assertThat(distilled.output()).contains("student");
        CommandRun teacher = ran(
                "fit",
                "--data",
                at("taught.jsonl"),
                "--recipe",
                "cross-encoder",
                "--base",
                reranker,
                "--batch",
                "4",
                "--steps",
                "1",
                "--out",
                at("second"));
        assertThat(teacher.errors()).contains("loss=margin-mse");
    }

    @Test
    void a_cross_encoder_scores_pairs_and_an_encoder_learns_them() throws IOException {
        List<String> pairs = new ArrayList<>();
        List<String> bare = new ArrayList<>();
        for (int i = 0; i < THINGS.size(); i++) {
            String query = "what of " + THINGS.get(i);
            String text = "This text is about " + THINGS.get(i) + ".";
            pairs.add(Json.line(Map.of("anchor", query, "positive", text, "score", i, "id", "t" + i)));
            bare.add(Json.line(Map.of("anchor", query, "positive", text)));
        }
        String data = write("scored.jsonl", pairs);
        JsonObject told = document("data", "score", data, "--by", reranker, "--out", at("logits.jsonl"));
        assertThat(told.integer("pairs")).isEqualTo(THINGS.size());
        assertThat(told.number("spearman")).isBetween(-1.0, 1.0);
        CommandRun unscored = ran(
                "data",
                "score",
                write("bare.jsonl", bare),
                "--by",
                reranker,
                "--logistic",
                "--out",
                at("probabilities.jsonl"));
        assertThat(unscored.output()).contains("5 pairs scored").doesNotContain("Spearman");
        List<String> logits = Files.readAllLines(folder.resolve("logits.jsonl"));
        List<String> probabilities = Files.readAllLines(folder.resolve("probabilities.jsonl"));
        for (int i = 0; i < THINGS.size(); i++) {
            JsonObject logit = Json.parse("line", logits.get(i));
            assertThat(logit.string("anchor")).isEqualTo("what of " + THINGS.get(i));
            assertThat(logit.string("id")).isEqualTo("t" + i);
            assertThat(Json.parse("line", probabilities.get(i)).number("score"))
                    .isCloseTo(1 / (1 + Math.exp(-logit.number("score"))), within(1e-6));
        }
        CommandRun student = ran(
                "fit",
                "--data",
                at("logits.jsonl"),
                "--recipe",
                "pair-regression",
                "--base",
                "fresh:tiny",
                "--batch",
                "4",
                "--steps",
                "2",
                "--out",
                at("regressed"));
        assertThat(student.output()).contains("regressed");

        CommandRun over = CommandRun.of("data", "score", data, "--by", reranker, "--out", data);
        assertThat(over.exitCode()).isEqualTo(2);
        CommandRun encoder = CommandRun.of("data", "score", data, "--by", MODEL, "--out", at("x.jsonl"));
        assertThat(encoder.exitCode()).isEqualTo(2);
        String triplet =
                write("triplet.jsonl", List.of(Json.line(Map.of("anchor", "a", "positive", "b", "negative", "c"))));
        CommandRun lists = CommandRun.of("data", "score", triplet, "--by", reranker, "--out", at("x.jsonl"));
        assertThat(lists.exitCode()).isEqualTo(2);
        assertThat(lists.errors()).contains("expected pairs to score, but found triplets");
    }

    @Test
    void an_export_stands_in_another_folder_and_gives_the_same_figures() {
        CommandRun exported = ran("export", "--model", reranker, "--out", at("exported"));
        assertThat(exported.errors()).contains("largest difference of the scores of 32 pairs");
        double here = document("eval", "--model", reranker, "--task", "rerank", "--data", at("lists.jsonl"))
                .number("map@100");
        double there = document("eval", "--model", at("exported"), "--task", "rerank", "--data", at("lists.jsonl"))
                .number("map@100");
        assertThat(there).isEqualTo(here);
    }

    @Test
    void what_losses_would_do_with_it_is_told_by_weights_and_by_whether_updates_agree() throws IOException {
        assertThat(document("inspect", reranker).string("kind")).isEqualTo("cross-encoder");
        JsonObject told = document(
                "inspect",
                reranker,
                "--data",
                at("labels.jsonl"),
                "--losses",
                "pointwise,contrastive",
                "--rows",
                "3",
                "--out",
                at("weights.html"));
        assertThat(told.object("protocol").integer("lists")).isEqualTo(3);
        assertThat(told.object("protocol").string("head")).isEqualTo("learned");
        JsonObject contrastive = told.object("weights").object("contrastive");
        assertThat(contrastive.number("others")).isCloseTo(contrastive.number("relevant"), within(1e-6));
        assertThat(contrastive.numbers("by-hardness")).hasSize(4).isSortedAccordingTo(Comparator.reverseOrder());
        JsonObject pointwise = told.object("weights").object("pointwise");
        assertThat(pointwise.number("others")).isBetween(0.0, 4.0);
        assertThat(pointwise.number("common")).isBetween(0.0, 1.0);
        JsonObject agreement = told.objects("agreement").get(0);
        assertThat(agreement.strings("losses")).containsExactly("pointwise", "contrastive");
        assertThat(agreement.number("parameters")).isBetween(-1.0, 1.0);
        assertThat(Files.readString(folder.resolve("weights.html"))).contains("Weight by hardness");

        CommandRun alone = CommandRun.of("inspect", reranker, "--losses", "pointwise");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.errors()).contains("--losses: expected beside a model and --data");
        CommandRun other = CommandRun.of("inspect", reranker, "--data", at("labels.jsonl"), "--temperature", "0.1");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.errors()).contains("--temperature: expected beside a model of embeddings");
    }

    @Test
    void options_and_folders_that_do_not_fit_are_refused_by_name() {
        CommandRun depth = CommandRun.of(
                "eval", "--baseline", "bm25", "--task", "retrieval", "--data", at("beir"), "--depth", "5");
        assertThat(depth.exitCode()).isEqualTo(2);
        assertThat(depth.errors()).contains("--depth: has no effect without --rerank");
        CommandRun task = CommandRun.of(
                "eval", "--model", MODEL, "--rerank", reranker, "--task", "rerank", "--data", at("lists.jsonl"));
        assertThat(task.exitCode()).isEqualTo(2);
        assertThat(task.errors()).contains("--rerank: belongs to --task retrieval");
        CommandRun folderOfNone = CommandRun.of(
                "eval", "--baseline", "bm25", "--rerank", at("beir"), "--task", "retrieval", "--data", at("beir"));
        assertThat(folderOfNone.exitCode()).isEqualTo(2);
        assertThat(folderOfNone.errors()).contains("expected the folder of a cross-encoder");
        CommandRun eval = CommandRun.of(
                "fit",
                "--data",
                at("labels.jsonl"),
                "--recipe",
                "cross-encoder",
                "--eval",
                "retrieval:" + at("beir"),
                "--out",
                at("refused"));
        assertThat(eval.exitCode()).isEqualTo(2);
        assertThat(eval.errors()).contains("expected rerank:PATH");
    }
}
