package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many tasks for many systems, as a user runs them, stops them and runs them again. */
class SuiteTest {

    private static final String MODEL = "all-MiniLM-L6-v2";

    @TempDir
    private Path folder;

    private void beir(String name, List<String> corpus) throws IOException {
        Path set = folder.resolve(name);
        Files.createDirectories(set.resolve("qrels"));
        Files.write(set.resolve("corpus.jsonl"), corpus);
        Files.writeString(set.resolve("queries.jsonl"), """
                {"_id": "q1", "text": "which birds make music in the morning"}
                {"_id": "q2", "text": "XJ-7741"}
                """);
        Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n");
    }

    private static String document(String id, String text) {
        return Json.line(Map.of("_id", id, "text", text));
    }

    private Path suite() throws IOException {
        beir(
                "parts",
                List.of(
                        document("d1", "Larks sing at dawn over the fields."),
                        document("d2", "Part XJ-7741 is a brass valve."),
                        document("d3", "A valve regulates the flow of a liquid.")));
        Files.writeString(folder.resolve("alike.csv"), """
                left,right,gold
                a lark sings,a bird makes music,4
                a lark sings,a valve is open,0
                cats purr,a cat is content,3
                """);
        return Files.writeString(folder.resolve("suite.json"), """
                {"tasks": [
                  {"name": "Parts", "task": "retrieval", "data": "parts"},
                  {"name": "Alike", "task": "sts", "data": "alike.csv",
                   "columns": {"sentence1": "left", "sentence2": "right", "score": "gold"}}
                ]}
                """);
    }

    private CommandRun run(Path suite, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "suite", suite.toString(), "--out", folder.resolve("out").toString(), "--json", "-"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(new String[0]));
    }

    private JsonObject result(String system, String task) {
        return Json.object(folder.resolve("out").resolve(system).resolve(task + ".json"));
    }

    @Test
    void every_system_is_judged_once_as_eval_judges_it_and_again_only_where_something_changed() throws IOException {
        Path suite = suite();
        CommandRun first = run(suite, "--baseline", "bm25", "--model", MODEL);
        assertThat(first.exitCode()).as(first.errors()).isZero();
        JsonObject figures = Json.parse("output", first.output());
        JsonObject parts = figures.object("figures").object("Parts");
        assertThat(parts.number("bm25")).isEqualTo(0.5);
        assertThat(figures.object("figures").object("Alike").keys()).containsExactly(MODEL);
        assertThat(figures.strings("mean-of")).containsExactly("Parts");
        assertThat(figures.object("mean").number(MODEL)).isEqualTo(parts.number(MODEL));
        assertThat(first.errors()).contains("bm25, Alike: not for systems of its kind");

        CommandRun alone = CommandRun.of(
                "eval",
                "--model",
                MODEL,
                "--task",
                "retrieval",
                "--data",
                folder.resolve("parts").toString(),
                "--run",
                folder.resolve("alone.trec").toString(),
                "--json",
                "-");
        JsonObject kept = result(MODEL, "Parts");
        Map<String, Object> report = kept.toMap();
        report.remove("suite");
        assertThat(report).isEqualTo(Json.parse("output", alone.output()).toMap());
        assertThat(folder.resolve("out").resolve(MODEL).resolve("Parts.trec"))
                .hasSameTextualContentAs(folder.resolve("alone.trec"));
        String revision =
                kept.object("suite").object("key").string("system-hash").substring(0, 12);
        JsonObject shape = Json.object(
                folder.resolve("out/mteb").resolve(MODEL).resolve(revision).resolve("Parts.json"));
        assertThat(shape.string("task_name")).isEqualTo("Parts");
        assertThat(shape.object("scores").objects("test").get(0).number("main_score"))
                .isEqualTo(kept.number("ndcg@10"));
        assertThat(folder.resolve("out/index.html")).content().contains("Parts", "Alike", MODEL, "mean of 1");

        CommandRun again = run(suite, "--baseline", "bm25", "--model", MODEL);
        assertThat(again.errors()).contains("Parts: ndcg@10 0.5000, as it was judged before");
        assertThat(Json.parse("output", again.output()).toMap()).isEqualTo(figures.toMap());
        assertThat(result(MODEL, "Parts").toMap()).as("seconds too").isEqualTo(kept.toMap());

        Path damaged = folder.resolve("out/bm25/Parts.json");
        Files.writeString(damaged, Files.readString(damaged).substring(0, 100));
        Files.delete(folder.resolve("out").resolve(MODEL).resolve("Parts.trec"));
        CommandRun mended = run(suite, "--baseline", "bm25", "--model", MODEL);
        assertThat(mended.errors().lines().filter(line -> line.contains("as it was judged before")))
                .as("what is damaged or gone is made again")
                .hasSize(1)
                .allMatch(line -> line.contains("Alike"));
        assertThat(Json.parse("output", mended.output()).toMap()).isEqualTo(figures.toMap());

        Files.writeString(folder.resolve("alike.csv"), "left,right,gold\na,b,1\nlarks,birds,2\nx,a valve,0\n");
        CommandRun changed = run(suite, "--model", MODEL);
        assertThat(changed.errors().lines().filter(line -> line.contains("as it was judged before")))
                .hasSize(1)
                .allMatch(line -> line.contains("Parts"));
        assertThat(run(suite, "--model", MODEL, "--seed", "7").errors())
                .as("another seed is another question")
                .doesNotContain("as it was judged before");
    }

    @Test
    void a_hybrid_is_judged_as_eval_judges_it_and_each_system_is_laid_beside_the_first() throws IOException {
        CommandRun all = run(suite(), "--baseline", "bm25", "--model", MODEL, "--with-bm25", MODEL);
        assertThat(all.exitCode()).as(all.errors()).isZero();
        JsonObject document = Json.parse("output", all.output());
        String both = MODEL + " with BM25";
        assertThat(document.object("figures").object("Alike").keys()).containsExactly(MODEL);

        CommandRun alone = CommandRun.of(
                "eval",
                "--model",
                MODEL,
                "--hybrid",
                "scores",
                "--task",
                "retrieval",
                "--data",
                folder.resolve("parts").toString(),
                "--json",
                "-");
        assertThat(document.object("figures").object("Parts").number(both))
                .isEqualTo(Json.parse("output", alone.output()).number("ndcg@10"));

        assertThat(document.objects("differences"))
                .extracting(one -> one.string("task"), one -> one.string("system"), one -> one.string("beside"))
                .containsExactly(tuple("Parts", MODEL, "bm25"), tuple("Parts", both, "bm25"));
        JsonObject figures = document.object("figures").object("Parts");
        for (JsonObject one : document.objects("differences")) {
            assertThat(one.number("difference"))
                    .isCloseTo(figures.number(one.string("system")) - figures.number("bm25"), within(1e-9));
            // Of two queries one differs: no assignment of signs makes less of it.
            assertThat(one.number("p")).isEqualTo(1);
        }
        assertThat(folder.resolve("out/index.html")).content().contains("Beside the first system", both);
    }

    @Test
    void what_lies_behind_a_link_or_beside_a_file_is_part_of_the_question() throws IOException {
        suite();
        beir("others", List.of(document("d1", "brass"), document("d2", "morning music")));
        Path link = Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("parts"));
        Path test = Files.writeString(folder.resolve("class-test.csv"), "text,label\na lark,bird\na valve,part\n");
        Path train = Files.writeString(folder.resolve("class-train.csv"), "text,label\na lark,bird\na valve,part\n");
        Path suite = Files.writeString(folder.resolve("linked.json"), """
                {"tasks": [
                  {"name": "Linked", "task": "retrieval", "data": "linked"},
                  {"name": "Classes", "task": "classify", "data": "class-test.csv"}
                ]}
                """);
        assertThat(run(suite, "--baseline", "random").exitCode()).isZero();
        assertThat(run(suite, "--baseline", "random").errors().lines().filter(line -> line.contains("before")))
                .hasSize(2);

        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("others"));
        Files.writeString(train, "text,label\na lark,part\na valve,bird\n");
        assertThat(test).exists();
        assertThat(run(suite, "--baseline", "random").errors()).doesNotContain("as it was judged before");
    }

    @Test
    void rankings_that_were_cut_off_are_made_again_and_a_system_that_found_nothing_is_laid_beside_others()
            throws IOException {
        beir(
                "strange",
                List.of(
                        document("d1", "\u043f\u0442\u0438\u0446\u0430"),
                        document("d2", "\u043a\u043b\u0430\u043f\u0430\u043d")));
        Path suite = Files.writeString(
                folder.resolve("strange.json"),
                "{\"tasks\": [{\"name\": \"Strange\", \"task\": \"retrieval\", \"data\": \"strange\"}]}");
        CommandRun first = run(suite, "--baseline", "bm25", "--baseline", "random");
        assertThat(first.exitCode()).as(first.errors()).isZero();
        JsonObject document = Json.parse("output", first.output());
        assertThat(document.object("figures").object("Strange").number("bm25")).isZero();
        assertThat(document.objects("differences")).hasSize(1);

        Path rankings = folder.resolve("out/random/Strange.trec");
        String whole = Files.readString(rankings);
        Files.writeString(rankings, whole.substring(0, whole.length() / 2));
        CommandRun again = run(suite, "--baseline", "bm25", "--baseline", "random");
        assertThat(again.exitCode()).as(again.errors()).isZero();
        assertThat(rankings).hasContent(whole);
        assertThat(again.errors()).contains("bm25, Strange: ndcg@10 0.0000, as it was judged before");
    }

    @Test
    void what_cannot_be_judged_is_said_with_its_reason_and_the_rest_is_judged() throws IOException {
        Path suite = suite();
        Files.delete(folder.resolve("alike.csv"));
        CommandRun some = run(suite, "--baseline", "random");
        assertThat(some.exitCode()).isEqualTo(3);
        assertThat(run(suite, "--baseline", "random", "--model", "no-such-model")
                        .errors())
                .as("a model that is not there costs the others nothing")
                .contains("random, Parts: ndcg@10", "no-such-model, Parts: not judged");
        assertThat(some.errors()).contains("random, Alike", "expected the data of the task, but found nothing");
        JsonObject figures = Json.parse("output", some.output());
        assertThat(figures.object("figures").object("Parts").keys()).containsExactly("random");
        assertThat(figures.strings("not-judged")).hasSize(1);
    }

    @Test
    void what_a_model_learned_from_is_refused_also_when_it_was_allowed_before() throws IOException {
        Path suite = suite();
        Path model = folder.resolve("learned/model");
        CommandRun fit = CommandRun.of(
                "fit",
                "--data",
                folder.resolve("alike.csv").toString(),
                "--roles",
                "anchor=left,positive=right,score=gold",
                "--recipe",
                "cosent",
                "--base",
                "fresh:tiny",
                "--batch",
                "3",
                "--steps",
                "1",
                "--out",
                folder.resolve("learned").toString());
        assertThat(fit.exitCode()).as(fit.errors()).isZero();
        String learned = model.toString();
        assertThat(run(suite, "--model", learned).errors()).contains("Alike: not judged", "--allow-leaks");
        assertThat(run(suite, "--model", learned, "--allow-leaks").exitCode()).isZero();
        CommandRun again = run(suite, "--model", learned);
        assertThat(again.exitCode()).isEqualTo(3);
        assertThat(again.errors()).contains("Alike: not judged");
    }

    @Test
    void results_are_not_written_among_other_files() throws IOException {
        Path suite = suite();
        Path out = Files.createDirectories(folder.resolve("out"));
        Path other = Files.writeString(out.resolve("index.html"), "a page of mine");
        CommandRun refused = run(suite, "--baseline", "random");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.errors()).contains("--out: expected a new or empty folder");
        assertThat(other).hasContent("a page of mine");
    }

    @Test
    void a_folder_of_beir_folders_is_a_suite_and_a_suite_that_says_nothing_or_too_much_is_refused() throws IOException {
        Path suite = suite();
        beir("others", List.of(document("d1", "larks"), document("d2", "XJ-7741")));
        CommandRun all = run(folder, "--baseline", "bm25");
        assertThat(all.exitCode()).as(all.errors()).isZero();
        assertThat(Json.parse("output", all.output()).object("figures").keys()).containsExactly("others", "parts");

        assertThat(run(suite).errors()).contains("expected something to judge");
        Path wrong = folder.resolve("wrong.json");
        Files.writeString(wrong, "{\"tasks\": [{\"task\": \"sts\", \"data\": \"a.csv\", \"spilt\": \"dev\"}]}");
        CommandRun unknown = run(wrong, "--baseline", "random");
        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.errors()).contains("spilt").contains("split");
        Files.writeString(wrong, "{\"tasks\": [{\"name\": \"../a\", \"task\": \"sts\", \"data\": \"a.csv\"}]}");
        assertThat(run(wrong, "--baseline", "random").errors()).contains("files are called by it");
        Files.writeString(
                wrong,
                "{\"tasks\": [{\"task\": \"sts\", \"data\": \"a.csv\"}, {\"task\": \"pairs\", \"data\": \"a.csv\"}]}");
        assertThat(run(wrong, "--baseline", "random").errors()).contains("different names");
    }

    @Tag("full")
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void a_suite_that_was_killed_goes_on_with_the_vectors_that_it_had_and_ends_in_the_same_figures() throws Exception {
        List<String> corpus = new ArrayList<>(List.of(document("d1", "Larks sing."), document("d2", "Part XJ-7741")));
        for (int i = 3; i <= 6200; i++) {
            corpus.add(document("d" + i, "text " + i + " of things that are sung and of valves"));
        }
        beir("sets/parts", corpus);
        Path sets = folder.resolve("sets");
        Path answers = folder.resolve("out").resolve(MODEL).resolve("parts.answers");
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.chiaro.cli.Main",
                        "suite",
                        sets.toString(),
                        "--model",
                        MODEL,
                        "--out",
                        folder.resolve("out").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        long oneWindow = 2048L * 384 * Float.BYTES;
        while (killed.isAlive() && !(Files.exists(answers) && Files.size(answers) > oneWindow)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        killed.destroyForcibly().waitFor();
        assertThat(answers).as(Files.readString(folder.resolve("log"))).exists();
        assertThat(folder.resolve("out").resolve(MODEL).resolve("parts.json")).doesNotExist();

        JsonObject resumed = Json.parse("output", run(sets, "--model", MODEL).output());
        assertThat(answers).doesNotExist();
        Map<String, Object> result = result(MODEL, "parts").toMap();
        Path trec = folder.resolve("out").resolve(MODEL).resolve("parts.trec");
        List<String> ranked = Files.readAllLines(trec);
        Files.delete(folder.resolve("out").resolve(MODEL).resolve("parts.json"));
        JsonObject whole = Json.parse("output", run(sets, "--model", MODEL).output());
        assertThat(resumed.toMap()).isEqualTo(whole.toMap());
        assertThat(Files.readAllLines(trec)).isEqualTo(ranked);
        Map<String, Object> fresh = result(MODEL, "parts").toMap();
        result.remove("suite");
        fresh.remove("suite");
        assertThat(result).isEqualTo(fresh);
    }
}
