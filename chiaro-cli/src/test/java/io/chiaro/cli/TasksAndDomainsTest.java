package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import io.chiaro.core.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several tasks, and experts of domains, on the command line. */
class TasksAndDomainsTest {

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Files.write(
                folder.resolve("pairs.jsonl"),
                IntStream.range(0, 32)
                        .mapToObj(i -> Json.line(Map.of(
                                "anchor", "question " + i,
                                "positive", "answer " + i,
                                "field", i % 2 == 0 ? "law" : "medicine")))
                        .toList());
        Files.write(
                folder.resolve("sts.tsv"),
                IntStream.range(0, 24)
                        .mapToObj(i -> "text " + i + "\tsentence " + i % 5 + "\t" + i % 6)
                        .toList());
        Files.write(
                folder.resolve("texts.jsonl"),
                List.of(
                        "{\"text\": \"one\", \"language\": \"a\"}",
                        "{\"text\": \"two\", \"language\": \"b\"}",
                        "{\"text\": \"three\", \"language\": \"a\"}",
                        "{\"text\": \"four\", \"language\": \"b\"}"));
    }

    private static CommandRun run(String... command) {
        return CommandRun.of(command);
    }

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static List<List<Double>> vectors(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("embed", "--in", at("texts.jsonl"), "--out", at("out.jsonl")));
        command.addAll(List.of(more));
        CommandRun run = run(command.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Files.readAllLines(folder.resolve("out.jsonl")).stream()
                .map(line -> Json.parse("line", line).numbers("embedding"))
                .toList();
    }

    @Test
    void what_follows_a_task_belongs_to_it() {
        CommandRun run = run(
                "fit",
                "--task",
                "retrieval=" + at("pairs.jsonl"),
                "--task-roles",
                "anchor=anchor,positive=positive",
                "--task-set",
                "scale=10",
                "--task",
                "similarity=" + at("sts.tsv"),
                "--task-roles",
                "anchor=#1,positive=#2,score=#3",
                "--task-recipe",
                "codiemb-similarity",
                "--task-set",
                "score-range=0:5",
                "--task-batch",
                "12",
                "--task-share",
                "2",
                "--base",
                "fresh:tiny",
                "--steps",
                "3",
                "--batch",
                "8",
                "--out",
                at("both"));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).contains("task similarity: 2 batches of 12 an epoch, share 2.0");

        RunFile told = RunFile.load(folder.resolve("both/run.json"));
        assertThat(told.data().get(0).task())
                .contains(new RunFile.Task("retrieval", Optional.empty(), Map.of("scale", "10"), Optional.empty()));
        assertThat(told.data().get(1).task())
                .contains(new RunFile.Task(
                        "similarity",
                        Optional.of("codiemb-similarity"),
                        Map.of("score-range", "0:5"),
                        Optional.of(12)));
        assertThat(told.data().get(1).weight()).isEqualTo(2);
        assertThat(folder.resolve("both/model/onnx/model.onnx")).exists();
        // A finished run goes on to its end.
        assertThat(run("resume", at("both")).exitCode()).isZero();
    }

    @Test
    void options_of_one_task_do_not_stand_beside_several() {
        String task = "a=" + at("pairs.jsonl");
        assertThat(run("fit", "--task", task, "--data", at("pairs.jsonl"), "--out", at("x"))
                        .errors())
                .contains("--data: has no place beside --task");
        assertThat(run("fit", "--task", task, "--roles", "anchor=anchor", "--out", at("x"))
                        .errors())
                .contains("Give --task-roles after the task");
        assertThat(run("fit", "--task", "a", "--out", at("x")).errors()).contains("--task: expected NAME=FILE");
        assertThat(run("fit", "--task-recipe", "pearson", "--task", task, "--out", at("x"))
                        .exitCode())
                .isNotZero();
    }

    @Test
    void texts_are_embedded_by_the_expert_of_their_domain() throws IOException {
        CommandRun run = run(
                "fit",
                "--data",
                at("pairs.jsonl"),
                "--roles",
                "anchor=anchor,positive=positive,domain=field",
                "--base",
                "fresh:tiny",
                "--steps",
                "3",
                "--batch",
                "8",
                "--learning-rate",
                "1e-2",
                "--out",
                at("experts"));
        assertThat(run.exitCode()).as(run.errors()).isZero();

        String model = at("experts/model");
        List<List<Double>> law = vectors("--model", model, "--domain", "law");
        assertThat(vectors("--model", model, "--domain", "medicine")).isNotEqualTo(law);

        CommandRun export = run("export", "--model", model, "--domain", "law", "--out", at("law"));
        assertThat(export.exitCode()).as(export.errors()).isZero();
        List<List<Double>> exported = vectors("--model", at("law"));
        for (int i = 0; i < law.size(); i++) {
            for (int k = 0; k < law.get(i).size(); k++) {
                assertThat(exported.get(i).get(k)).isCloseTo(law.get(i).get(k), within(1e-5));
            }
        }

        String[] embed = {"embed", "--model", model, "--in", at("texts.jsonl"), "--out", at("never.jsonl")};
        assertThat(run(embed).errors()).contains("has experts for [law, medicine]");
        List<String> unknown = new ArrayList<>(List.of(embed));
        unknown.addAll(List.of("--domain", "medicin"));
        assertThat(run(unknown.toArray(String[]::new)).errors()).contains("Did you mean \"medicine\"?");
        assertThat(run("embed", "--model", at("law"), "--domain", "law", "--in", at("texts.jsonl"), "--out", "-")
                        .errors())
                .contains("Leave the domain out");
    }

    @Test
    void a_model_is_cut_after_its_first_layer() throws IOException {
        CommandRun fit = run(
                "fit",
                "--data",
                at("pairs.jsonl"),
                "--roles",
                "anchor=anchor,positive=positive",
                "--base",
                "fresh:tiny",
                "--steps",
                "2",
                "--batch",
                "8",
                "--set",
                "layers=1",
                "--out",
                at("layers"));
        assertThat(fit.exitCode()).as(fit.errors()).isZero();

        String model = at("layers/model");
        CommandRun export = run("export", "--model", model, "--layers", "1", "--out", at("small"));
        assertThat(export.exitCode()).as(export.errors()).isZero();
        assertThat(Json.parse("config", Files.readString(folder.resolve("small/config.json")))
                        .integer("num_hidden_layers"))
                .isEqualTo(1);
        assertThat(vectors("--model", at("small"))).isNotEqualTo(vectors("--model", model));
        assertThat(run("export", "--model", model, "--layers", "3", "--out", at("never"))
                        .errors())
                .contains("expected a number from 1 to 2");
        assertThat(run("export", "--model", model, "--layers", "1", "--out", model)
                        .errors())
                .contains("--layers: expected another folder");
    }

    @Test
    void the_mean_of_a_language_is_taken_away() throws IOException {
        List<List<Double>> centred = vectors("--model", "all-MiniLM-L6-v2", "--centre", "language");

        // Of two vectors of one length, what is left without their mean is opposite.
        for (int k = 0; k < centred.get(0).size(); k++) {
            assertThat(centred.get(0).get(k)).isCloseTo(-centred.get(2).get(k), within(1e-5));
            assertThat(centred.get(1).get(k)).isCloseTo(-centred.get(3).get(k), within(1e-5));
        }
    }
}
