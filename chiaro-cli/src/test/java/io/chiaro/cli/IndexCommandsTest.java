package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing, changing and searching an index, as a user does it. */
class IndexCommandsTest {

    private static final String MODEL = "all-MiniLM-L6-v2";

    @TempDir
    private Path folder;

    private String index = "";

    @BeforeEach
    void write() throws IOException {
        index = folder.resolve("index").toString();
        String docs = file("docs.jsonl", """
                {"id": "lark", "text": "Larks sing at dawn over the fields."}
                {"id": "valve", "text": "A valve regulates the flow of a liquid."}
                {"id": "cat", "text": "Cats purr when they are content."}
                """);
        done("index", "--model", MODEL, "--docs", docs, "--out", index);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private static String done(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return run.errors();
    }

    private List<JsonObject> hits(String query, String... more) {
        List<String> arguments = new ArrayList<>(List.of("search", "--index", index, "--query", query, "--json", "-"));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Json.parse("output", run.output()).objects("hits");
    }

    private List<String> ids(String query, String... more) {
        return hits(query, more).stream().map(hit -> hit.string("id")).toList();
    }

    @Test
    void a_document_without_a_text_is_left_out_and_words_have_the_language_that_was_said() throws IOException {
        Path docs = Files.writeString(folder.resolve("german.jsonl"), """
                {"id": "dog", "text": "Der Hund läuft über die Straßen"}
                {"id": "nothing", "text": " "}
                {"id": "cats", "text": "Die Katzen schlafen"}
                """);
        Path index = folder.resolve("german");
        CommandRun written = CommandRun.of(
                "index",
                "--model",
                "all-MiniLM-L6-v2",
                "--docs",
                docs.toString(),
                "--language",
                "german",
                "--out",
                index.toString());
        assertThat(written.exitCode()).as(written.errors()).isZero();
        assertThat(written.errors()).contains("left out 1 documents without title and text: nothing");
        assertThat(CommandRun.of("search", "--index", index.toString(), "--by", "words", "--query", "die strasse")
                        .output())
                .contains("dog")
                .doesNotContain("cats");
        assertThat(CommandRun.of(
                                "index",
                                "--model",
                                "all-MiniLM-L6-v2",
                                "--docs",
                                docs.toString(),
                                "--language",
                                "germann",
                                "--out",
                                folder.resolve("other").toString())
                        .errors())
                .contains("--language", "german");
    }

    @Test
    void documents_are_added_replaced_and_deleted_by_their_ids() throws IOException {
        String more = file("more.jsonl", """
                {"id": "cat", "text": "Dogs bark at night."}
                {"id": "owl", "text": "Owls hunt in the dark."}
                """);
        assertThat(done("index", "--model", MODEL, "--docs", more, "--into", index))
                .contains("added or replaced 2 documents")
                .contains("holds 4 now");
        assertThat(ids("dog", "-k", "10")).hasSize(4).startsWith("cat");

        String gone = file("gone.txt", "\uFEFFowl\n\nnobody\n");
        assertThat(done("index", "--delete", gone, "--delete", "lark", "--into", index))
                .contains("deleted 2 documents, of 3 ids")
                .contains("holds 2 now");
        assertThat(ids("dog", "-k", "10")).containsExactly("cat", "valve");
    }

    @Test
    void texts_that_the_model_cuts_are_counted() throws IOException {
        String docs = file(
                "long.jsonl",
                "{\"id\": \"long\", \"text\": \"" + "an owl hunts ".repeat(300) + "\"}\n"
                        + "{\"id\": \"short\", \"text\": \"An owl hunts.\"}\n");
        String said = "1 of 2 texts were cut at 256 tokens";
        assertThat(done("index", "--model", MODEL, "--docs", docs, "--into", index))
                .contains(said);
        String texts =
                file("texts.jsonl", "{\"text\": \"" + "an owl hunts ".repeat(300) + "\"}\n{\"text\": \"An owl.\"}\n");
        assertThat(done(
                        "embed",
                        "--model",
                        MODEL,
                        "--in",
                        texts,
                        "--key",
                        "text",
                        "--out",
                        folder.resolve("vectors.jsonl").toString()))
                .contains(said);
        String few = file("few.jsonl", "{\"id\": \"short\", \"text\": \"An owl hunts.\"}\n");
        assertThat(done("index", "--model", MODEL, "--docs", few, "--into", index))
                .doesNotContain("were cut");
    }

    private static JsonObject told(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Json.parse("output", run.output());
    }

    @Test
    void a_title_comes_back_from_an_index_where_the_document_had_one() throws IOException {
        String more = file("more.jsonl", "{\"id\": \"owl\", \"title\": \"Owls\", \"text\": \"hunt in the dark.\"}\n");
        done("index", "--model", MODEL, "--docs", more, "--into", index);
        JsonObject owl = hits("owls in the dark", "-k", "1", "--explain").get(0);
        assertThat(owl.string("title")).isEqualTo("Owls");
        assertThat(owl.string("text")).isEqualTo("Owls hunt in the dark.");
        assertThat(owl.object("why").has("title"))
                .as("what the hit says already")
                .isFalse();
        assertThat(hits("valve", "-k", "1").get(0).has("title")).isFalse();
    }

    @Test
    void what_index_has_done_can_be_read_by_a_program() throws IOException {
        String docs = file(
                "long.jsonl",
                "{\"id\": \"long\", \"text\": \"" + "an owl hunts ".repeat(300) + "\"}\n"
                        + "{\"id\": \"short\", \"text\": \"An owl hunts.\"}\n");
        String place = folder.resolve("told").toString();
        JsonObject written = told("index", "--model", MODEL, "--docs", docs, "--out", place, "--map", "--json", "-");
        assertThat(written.integer("documents")).isEqualTo(2);
        assertThat(written.integer("cut-texts")).isEqualTo(1);
        assertThat(written.number("seconds")).isPositive();
        assertThat(written.number("recall@10")).isEqualTo(1);
        assertThat(written.object("protocol").string("recall@10")).contains("every vector");
        assertThat(written.integer("dimension")).isEqualTo(384);
        assertThat(written.string("model-hash")).matches("[0-9a-f]{64}");
        assertThat(written.object("map").integer("drawn")).isEqualTo(2);

        JsonObject codes =
                told("index", "--model", MODEL, "--docs", docs, "--quantise", "int8", "--out", place, "--json", "-");
        assertThat(codes.string("quantisation")).isEqualTo("int8");
        assertThat(codes.number("recall@10")).isBetween(0.0, 1.0);
        assertThat(codes.object("protocol").string("recall@10")).contains("2 of the documents as queries");

        Path file = folder.resolve("told.json");
        done("index", "--model", MODEL, "--docs", docs, "--into", index, "--delete", "cat", "--json", file.toString());
        assertThat(Json.object(file).integer("added")).isEqualTo(2);
        assertThat(Json.object(file).integer("documents")).isEqualTo(4);
        JsonObject deleted = told("index", "--delete", "long", "--delete", "nobody", "--into", index, "--json", "-");
        assertThat(deleted.integer("deleted")).isEqualTo(1);
        assertThat(deleted.integer("documents")).isEqualTo(3);
    }

    @Test
    void what_embed_has_done_can_be_read_by_a_program() throws IOException {
        String texts = file(
                "texts.jsonl", "{\"text\": \"" + "an owl hunts ".repeat(300) + "\"}\n{\"text\": \"An owl.\"}\n{}\n");
        String out = folder.resolve("vectors.npy").toString();
        JsonObject embedded = told(
                "embed", "--model", MODEL, "--in", texts, "--out", out, "--format", "npy", "--skip-bad", "--json", "-");
        assertThat(embedded.integer("texts")).isEqualTo(2);
        assertThat(embedded.integer("skipped")).isEqualTo(1);
        assertThat(embedded.integer("cut-texts")).isEqualTo(1);
        assertThat(embedded.integer("dimension")).isEqualTo(384);
        assertThat(embedded.string("model-hash")).matches("[0-9a-f]{64}");
        assertThat(embedded.number("seconds")).isPositive();
        for (String[] wrong :
                new String[][] {{"-", "-"}, {"-", folder.resolve("d.json").toString()}, {out, out}}) {
            CommandRun both =
                    CommandRun.of("embed", "--model", MODEL, "--in", texts, "--out", wrong[0], "--json", wrong[1]);
            assertThat(both.exitCode()).as(both.errors()).isEqualTo(2);
            assertThat(both.errors()).contains("--json");
        }
    }

    @Test
    void a_map_is_drawn_of_an_index_that_is_there_and_with_one_that_is_written() throws IOException {
        Path map = folder.resolve("index/map.json");
        assertThat(map).doesNotExist();
        assertThat(done("index", "--into", index, "--map")).contains("drew 3 of 3 documents");
        JsonObject drawn = Json.object(map);
        assertThat(drawn.strings("ids")).containsExactly("lark", "valve", "cat");
        assertThat(drawn.longInteger("seed")).isEqualTo(42);

        String one = file("one.jsonl", "{\"id\": \"owl\", \"text\": \"Owls hunt in the dark.\"}\n");
        done("index", "--model", MODEL, "--docs", one, "--out", index);
        assertThat(map).doesNotExist();
        done("index", "--model", MODEL, "--docs", one, "--out", index, "--map", "--seed", "7");
        assertThat(Json.object(map).longInteger("seed")).isEqualTo(7);
        assertThat(ids("owl")).containsExactly("owl");
    }

    @Test
    void another_model_may_not_add_and_a_command_that_says_too_little_or_too_much_is_refused() throws IOException {
        String more = file("more.jsonl", "{\"id\": \"owl\", \"text\": \"Owls hunt in the dark.\"}\n");
        CommandRun other = CommandRun.of("index", "--model", "bge-small-en-v1.5", "--docs", more, "--into", index);
        assertThat(other.exitCode()).isEqualTo(4);
        assertThat(other.errors()).contains("expected documents of the model");
        for (List<String> arguments : List.of(
                List.of("--model", MODEL, "--docs", more),
                List.of("--model", MODEL, "--docs", more, "--out", index, "--into", index),
                List.of("--model", MODEL, "--docs", more, "--out", index, "--delete", "lark"),
                List.of("--docs", more, "--into", index),
                List.of("--out", index),
                List.of("--into", index))) {
            List<String> all = new ArrayList<>(List.of("index"));
            all.addAll(arguments);
            assertThat(CommandRun.of(all.toArray(String[]::new)).exitCode())
                    .as(arguments.toString())
                    .isEqualTo(2);
        }
        assertThat(CommandRun.of(
                                "index",
                                "--delete",
                                "lark",
                                "--into",
                                folder.resolve("none").toString())
                        .exitCode())
                .isEqualTo(4);
        assertThat(ids("dog", "-k", "10")).hasSize(3);
    }

    @Test
    void metadata_filter_and_are_counted_and_sentences_are_shown() throws IOException {
        String more = file("more.jsonl", """
                {"id": "owl", "text": "Owls hunt. Owls hear well.", "metadata": {"year": 2020, "topic": ["birds", "night"]}}
                {"id": "bat", "text": "Bats hunt insects.", "metadata": {"year": 2021, "topic": "night"}}
                {"id": "tit", "text": "Tits eat seeds.", "metadata": {"year": 2021, "topic": "birds"}}
                """);
        done("index", "--model", MODEL, "--docs", more, "--into", index);
        assertThat(ids("animals", "--filter", "year>=2021")).containsExactlyInAnyOrder("bat", "tit");
        assertThat(ids("animals", "--by", "hybrid", "--filter", "topic=birds,year!=2021"))
                .containsExactly("owl");
        assertThat(ids("hunting", "--by", "words", "--filter", "{\"field\": \"topic\", \"equal\": \"night\"}"))
                .containsExactlyInAnyOrder("owl", "bat");
        CommandRun run = CommandRun.of(
                "search", "--index", index, "--query", "hunt", "--by", "words", "--facet", "topic", "--highlight");
        assertThat(run.output())
                .contains("Bats *hunt* insects.")
                .contains("Owls *hunt*.")
                .contains("topic: night (2), birds (1)");
        JsonObject owl = hits("hunt", "--by", "words", "--filter", "topic=birds", "--highlight")
                .get(0);
        assertThat(owl.object("metadata").integer("year")).isEqualTo(2020);
        assertThat(owl.objects("passages").get(0).objects("pieces").get(1).string("text"))
                .isEqualTo("hunt");
        CommandRun nobody = CommandRun.of("search", "--index", index, "--query", "x", "--facet", "topci");
        assertThat(nobody.exitCode()).isEqualTo(3);
        assertThat(nobody.errors()).contains("Did you mean \"topic\"?");
        assertThat(nobody.output())
                .as("a name is looked at before hits are shown")
                .isEmpty();
        CommandRun wrong = CommandRun.of("search", "--index", index, "--query", "x", "--filter", "yaer>2020");
        assertThat(wrong.exitCode()).isEqualTo(3);
        assertThat(wrong.errors()).contains("Did you mean \"year\"?");
        assertThat(CommandRun.of("search", "--index", index, "--query", "x", "--filter", "year>new")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void documents_tell_a_terminal_nothing() throws IOException {
        String wild = file("wild.jsonl", """
                {"id": "wi\\u001b[2Jld", "text": "Wolves\\u001b[2J howl\\u0007 at\\u009b31m night.", "metadata": {"topic": "be\\u001b]0;asts"}}
                """);
        done("index", "--model", MODEL, "--docs", wild, "--into", index);
        CommandRun run = CommandRun.of(
                "search",
                "--index",
                index,
                "--query",
                "howl",
                "--by",
                "hybrid",
                "--facet",
                "topic",
                "--highlight",
                "--explain");

        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.output()).contains("wi[2Jld", "Wolves[2J howl at31m night.", "*howl*", "topic: be]0;asts (1)");
        assertThat((run.output() + run.errors()).chars().filter(Character::isISOControl))
                .containsOnly((int) '\n');
        CommandRun wrong = CommandRun.of("search", "--index", index, "--query", "x", "--facet", "a\u001b[2J");
        assertThat(wrong.exitCode()).isEqualTo(3);
        assertThat(wrong.errors()).contains("a[2J").doesNotContain("\u001b");
    }

    @Test
    void an_index_of_short_forms_says_what_it_finds_and_stays_one() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append("{\"id\": \"")
                    .append(i)
                    .append("\", \"text\": \"bird number ")
                    .append(i)
                    .append("\"}\n");
        }
        String docs = file("birds.jsonl", lines.toString());
        for (String form : List.of("int8", "binary")) {
            index = folder.resolve(form).toString();
            // Of so few documents all are candidates.
            assertThat(done("index", "--model", MODEL, "--docs", docs, "--quantise", form, "--out", index))
                    .contains("indexed 40 documents")
                    .contains(
                            "recall@10 1.0000 against exact search (codes, " + form + " vectors, 40 of the documents");
            String more = file("more.jsonl", "{\"id\": \"owl\", \"text\": \"Owls hunt in the dark.\"}\n");
            assertThat(done("index", "--model", MODEL, "--docs", more, "--into", index))
                    .contains("recall@10 1.0000");
            assertThat(ids("an owl at night", "-k", "1")).containsExactly("owl");
        }
        assertThat(CommandRun.of("index", "--model", MODEL, "--docs", docs, "--quantise", "int9", "--out", index)
                        .exitCode())
                .isEqualTo(2);
        assertThat(CommandRun.of("index", "--model", MODEL, "--docs", docs, "--quantise", "int8", "--into", index)
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void an_index_of_jvector_has_a_graph_from_its_first_day_and_keeps_it() throws IOException {
        List<String> colours = words("red blue green black white brown grey golden silver purple");
        List<String> animals = words("fox owl bat lark whale spider horse snail wolf goat heron mole toad crab bee seal"
                + " moth hare swan eel");
        List<String> verbs =
                words("sleeps hunts sings hides swims jumps eats waits runs dies digs drinks grows limps sinks");
        StringBuilder lines = new StringBuilder();
        int number = 0;
        for (String colour : colours) {
            for (String animal : animals) {
                for (String verb : verbs) {
                    lines.append(Json.line(Map.of("id", "d" + number++, "text", colour + " " + animal + " " + verb)))
                            .append('\n');
                }
            }
        }
        String docs = file("animals.jsonl", lines.toString());
        index = folder.resolve("animals").toString();
        String said = done("index", "--model", MODEL, "--docs", docs, "--engine", "jvector", "--out", index);
        assertThat(said)
                .contains("indexed 3,000 documents")
                .contains("graph over 3,000 of 3,000 documents")
                .contains("against exact search (jvector, product vectors, 100 of the documents");
        assertThat(Double.parseDouble(said.replaceAll("(?s).*recall@10 ([0-9.]+) .*", "$1")))
                .isBetween(0.95, 1.0);
        assertThat(hits("the purple eel sinks", "-k", "1").get(0).string("text"))
                .isEqualTo("purple eel sinks");

        String more = file("more.jsonl", "{\"id\": \"parrot\", \"text\": \"A parrot talks to the pirate.\"}\n");
        assertThat(done("index", "--model", MODEL, "--docs", more, "--delete", "d2999", "--into", index))
                .contains("graph over 2,999 of 3,000 documents");
        assertThat(ids("a talking bird", "-k", "1")).containsExactly("parrot");
        assertThat(ids("purple eel sinks", "-k", "20")).hasSize(20).doesNotContain("d2999");
        JsonObject inspected = Json.parse(
                "inspect", CommandRun.of("inspect", index, "--json", "-").output());
        assertThat(inspected.object("index").string("engine")).isEqualTo("jvector");
        assertThat(inspected.object("graphs").integer("documents")).isEqualTo(2999);

        // A graph that was cut off is named, and what it covered is found without it.
        try (Stream<Path> files = Files.list(Path.of(index))) {
            Path graph = files.filter(file -> file.toString().endsWith(".pqg"))
                    .findFirst()
                    .orElseThrow();
            Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 10_000));
        }
        CommandRun without = CommandRun.of("search", "--index", index, "--query", "golden owl hunts", "-k", "1");
        assertThat(without.output()).contains("golden owl hunts");
        assertThat(without.errors()).contains(".pqg: expected the graph over vectors of the index, but found");

        for (String[] wrong : List.of(
                new String[] {"--engine", "faiss", "--out", index},
                new String[] {"--engine", "jvector", "--quantise", "int8", "--out", index},
                new String[] {"--engine", "jvector", "--into", index})) {
            List<String> arguments = new ArrayList<>(List.of("index", "--model", MODEL, "--docs", docs));
            arguments.addAll(List.of(wrong));
            CommandRun refused = CommandRun.of(arguments.toArray(String[]::new));
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.errors()).contains("--");
        }
    }

    private static List<String> words(String text) {
        return List.of(text.split(" ", -1));
    }

    @Test
    void an_id_that_the_index_holds_is_an_id_though_a_file_is_called_the_same() throws IOException {
        String same = file("same.txt", "valve\ncat\n");
        String docs = file("more.jsonl", Json.line(Map.of("id", same, "text", "Owls hunt in the dark.")) + "\n");
        done("index", "--model", MODEL, "--docs", docs, "--into", index);

        assertThat(done("index", "--delete", same, "--into", index)).contains("deleted 1 documents, of 1 ids");
        assertThat(ids("dog", "-k", "10")).containsExactlyInAnyOrder("lark", "valve", "cat");

        assertThat(done("index", "--delete", same, "--into", index)).contains("deleted 2 documents, of 2 ids");
        assertThat(ids("dog", "-k", "10")).containsExactly("lark");
    }
}
