package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.cli.comparison.HeldOut;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.eval.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {

    private static final List<String> THINGS =
            List.of("lark", "boat", "stone", "river", "lamp", "coat", "bread", "drum");

    @TempDir
    Path folder;

    /** Pairs of which every eighth shares its second text with the one before. */
    private Path pairs(int count) throws IOException {
        Path file = folder.resolve("pairs.jsonl");
        Files.write(
                file,
                IntStream.range(0, count)
                        .mapToObj(i -> Json.line(Map.of(
                                "anchor",
                                "where is the " + THINGS.get(i % 8) + " number " + i,
                                "positive",
                                answer(i % 8 == 7 ? i - 1 : i))))
                        .toList());
        return file;
    }

    private static String answer(int i) {
        return "the " + THINGS.get(i % 8) + " is at place " + i;
    }

    private JsonObject compare(Path pairs, int seeds, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "compare",
                "dcl",
                "nt-xent",
                "--data",
                pairs.toString(),
                "--steps",
                "2",
                "--batch",
                "8",
                "--seeds",
                String.valueOf(seeds),
                "--out",
                folder.resolve("out").toString(),
                "--json",
                "-"));
        if (!List.of(more).contains("--base")) {
            arguments.addAll(List.of("--base", "fresh:tiny"));
        }
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Json.parse("compare", run.output());
    }

    @Test
    void two_recipes_are_compared_seed_by_seed_and_finished_runs_are_kept() throws IOException {
        Path pairs = pairs(80);

        JsonObject two = compare(pairs, 2);
        List<String> rows = Files.readAllLines(folder.resolve("out").resolve("runs.jsonl"));
        JsonObject three = compare(pairs, 3);

        List<Double> first = two.object("a").numbers("values");
        List<Double> second = two.object("b").numbers("values");
        assertThat(first).hasSize(2);
        assertThat(two.object("difference").number("mean"))
                .isCloseTo((first.get(0) + first.get(1) - second.get(0) - second.get(1)) / 2, within(1e-12));
        assertThat(rows).hasSize(4);
        assertThat(Files.readAllLines(folder.resolve("out").resolve("runs.jsonl")))
                .hasSize(6)
                .startsWith(rows.toArray(String[]::new));
        assertThat(three.object("a").numbers("values").subList(0, 2)).isEqualTo(first);
    }

    @Test
    void figures_of_other_records_under_the_same_name_are_not_taken_again() throws IOException {
        compare(pairs(80), 1);
        compare(pairs(96), 1);

        assertThat(Files.readAllLines(folder.resolve("out").resolve("runs.jsonl")))
                .hasSize(4);
    }

    @Test
    void figures_of_another_base_or_other_judging_data_under_the_same_name_are_not_taken_again() throws IOException {
        Path pairs = pairs(80);
        Path judged = folder.resolve("judged.jsonl");
        Path base = folder.resolve("base");
        for (int round = 0; round < 2; round++) {
            CommandRun.of(
                    "fit",
                    "--data",
                    pairs.toString(),
                    "--base",
                    "fresh:tiny",
                    "--steps",
                    "1",
                    "--batch",
                    "8",
                    "--seed",
                    String.valueOf(round),
                    "--out",
                    folder.resolve("fit-" + round).toString());
            if (round == 1) {
                Files.move(base, folder.resolve("away"));
            }
            Files.move(folder.resolve("fit-" + round + "/model"), base);
            Files.writeString(
                    judged,
                    "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1}\n".repeat(3) + "{\"sentence1\":\"c\","
                            + "\"sentence2\":\"d\",\"score\":0}\n");
            compare(pairs, 1, "--base", base.toString(), "--eval", "sts:" + judged);
        }
        assertThat(Files.lines(folder.resolve("out/runs.jsonl"))).hasSize(4);

        Files.writeString(judged, Files.readString(judged).replace("\"d\"", "\"e\""));
        compare(pairs, 1, "--base", base.toString(), "--eval", "sts:" + judged);
        assertThat(Files.lines(folder.resolve("out/runs.jsonl"))).hasSize(6);
    }

    @Test
    void seeds_of_any_size_are_found_again() throws IOException {
        Path pairs = pairs(64);
        JsonObject first = compare(pairs, 1, "--seed", "3000000000");
        long rows = Files.lines(folder.resolve("out/runs.jsonl")).count();
        assertThat(compare(pairs, 1, "--seed", "3000000000").toMap()).isEqualTo(first.toMap());
        assertThat(Files.lines(folder.resolve("out/runs.jsonl"))).hasSize((int) rows);
    }

    @Test
    void an_unknown_recipe_is_told_before_anything_is_trained() throws IOException {
        CommandRun run =
                CommandRun.of("compare", "dcl", "ntxent", "--data", pairs(80).toString(), "--out", folder + "/out");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("nt-xent").doesNotContain("judging");
    }

    @Test
    void a_recipe_is_not_compared_with_itself() throws IOException {
        CommandRun run =
                CommandRun.of("compare", "dcl", "dcl", "--data", pairs(80).toString(), "--out", folder + "/out");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("twice").doesNotContain("Exception");
    }

    @Test
    void no_text_is_on_both_sides_and_what_crosses_is_counted() throws IOException {
        HeldOut cut = HeldOut.cut(pairs(400), null, folder.resolve("cut"));

        Set<String> learned = new HashSet<>();
        records(cut.train())
                .forEach(record -> learned.addAll(List.of(record.string("anchor"), record.string("positive"))));
        Set<String> judged = new HashSet<>();
        for (String name : List.of("corpus.jsonl", "queries.jsonl")) {
            records(cut.judged().resolve(name)).forEach(record -> judged.add(record.string("text")));
        }
        assertThat(cut.task()).isEqualTo(Task.RETRIEVAL);
        assertThat(learned).doesNotContainAnyElementsOf(judged);
        assertThat(cut.crossing()).isPositive();
        assertThat(cut.learned() + cut.heldOut() + cut.crossing()).isEqualTo(400);
        assertThat(cut.heldOut()).isBetween(40, 120);
    }

    private static List<JsonObject> records(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> Json.parse(file.toString(), line))
                .toList();
    }

    @Test
    void labelled_texts_and_scored_pairs_are_judged_by_what_they_hold() throws IOException {
        Path labelled = folder.resolve("labelled.csv");
        Files.write(
                labelled,
                Stream.concat(
                                Stream.of("anchor,label"),
                                IntStream.range(0, 60).mapToObj(i -> "text " + i + "," + (i % 2 == 0 ? "even" : "odd")))
                        .toList());
        Path scored = folder.resolve("scored.tsv");
        Files.write(
                scored,
                Stream.concat(
                                Stream.of("anchor\tpositive\tscore"),
                                IntStream.range(0, 60).mapToObj(i -> "one " + i + "\tother " + i + "\t" + i / 60.0))
                        .toList());

        assertThat(HeldOut.cut(labelled, null, folder.resolve("l")).task()).isEqualTo(Task.CLASSIFY);
        assertThat(HeldOut.cut(scored, null, folder.resolve("s")).task()).isEqualTo(Task.STS);
    }
}
