package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiaro.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of few numbers on the command line: the first ones, or a sparse code that a run of csr has learned. */
class ShortenedVectorsTest {

    @TempDir
    static Path folder;

    @BeforeAll
    static void train() throws IOException {
        Path data = Files.write(
                folder.resolve("texts.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> "{\"anchor\": \"text number " + i + " about " + (char) ('a' + i % 26) + "\"}")
                        .toList());
        CommandRun run = CommandRun.of(
                "fit",
                "--data",
                data.toString(),
                "--base",
                "fresh:tiny",
                "--recipe",
                "csr",
                "--set",
                "active=5",
                "--set",
                "latents=64",
                "--steps",
                "2",
                "--batch",
                "16",
                "--out",
                folder.resolve("run").toString(),
                "--quiet");
        assertThat(run.exitCode()).as(run.errors()).isZero();
        Files.writeString(folder.resolve("in.txt"), "one text\nanother one\n");
    }

    private static List<List<Double>> embedded(String... more) throws IOException {
        Path out = folder.resolve("out.jsonl");
        String[] command = {
            "embed",
            "--model",
            folder.resolve("run/model").toString(),
            "--in",
            folder.resolve("in.txt").toString(),
            "--out",
            out.toString(),
            "--quiet"
        };
        CommandRun run = CommandRun.of(IntStream.range(0, command.length + more.length)
                .mapToObj(i -> i < command.length ? command[i] : more[i - command.length])
                .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return Files.readAllLines(out).stream()
                .map(line -> Json.parse("line", line).numbers("embedding"))
                .toList();
    }

    @Test
    void a_sparse_code_has_a_number_for_each_latent_and_few_that_are_not_zero() throws IOException {
        List<List<Double>> codes = embedded("--active", "3");
        assertThat(codes).hasSize(2).allSatisfy(code -> {
            assertThat(code).hasSize(64);
            assertThat(code.stream().filter(number -> number != 0).count()).isBetween(1L, 3L);
        });
    }

    @Test
    void the_first_numbers_are_those_of_the_whole_vector_at_length_one() throws IOException {
        List<List<Double>> whole = embedded();
        List<List<Double>> first = embedded("--first", "8");
        for (int i = 0; i < 2; i++) {
            List<Double> cut = whole.get(i).subList(0, 8);
            double length = Math.sqrt(
                    cut.stream().mapToDouble(number -> number * number).sum());
            assertThat(first.get(i)).hasSize(8);
            for (int k = 0; k < 8; k++) {
                assertThat(first.get(i).get(k)).isCloseTo(cut.get(k) / length, within(1e-5));
            }
        }
    }

    @Test
    void both_are_judged_and_the_report_says_what_was() {
        for (String[] size : new String[][] {{"--first", "8", "first 8"}, {"--active", "3", "active 3 of 64"}}) {
            CommandRun run = CommandRun.of(
                    "eval",
                    "--model",
                    folder.resolve("run/model").toString(),
                    size[0],
                    size[1],
                    "--task",
                    "sts",
                    "--data",
                    pairs().toString(),
                    "--json",
                    "-");
            assertThat(run.exitCode()).as(run.errors()).isZero();
            assertThat(run.output()).contains(size[2]);
        }
    }

    @Test
    void an_exported_model_keeps_its_code() throws IOException {
        String model = folder.resolve("run/model").toString();
        CommandRun export = CommandRun.of("export", "--model", model, "--out", at("exported"), "--quiet");
        assertThat(export.exitCode()).as(export.errors()).isZero();

        CommandRun embed = CommandRun.of(
                "embed", "--model", at("exported"), "--in", at("in.txt"), "--out", "-", "--active", "3", "--quiet");
        assertThat(embed.exitCode()).as(embed.errors()).isZero();
        assertThat(embed.output().lines().map(line -> Json.parse("line", line).numbers("embedding")))
                .containsExactlyElementsOf(embedded("--active", "3"));
    }

    @Test
    void a_document_is_not_written_over_what_is_read() throws IOException {
        String pairs = pairs().toString();
        String before = Files.readString(Path.of(pairs));
        CommandRun run =
                CommandRun.of("eval", "--model", at("run/model"), "--task", "sts", "--data", pairs, "--json", pairs);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("--json: expected another file than those that are read");
        assertThat(Files.readString(Path.of(pairs))).isEqualTo(before);
    }

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static Path pairs() {
        try {
            return Files.writeString(
                    folder.resolve("pairs.jsonl"),
                    "{\"sentence1\": \"a b\", \"sentence2\": \"a b\", \"score\": 5}\n"
                            + "{\"sentence1\": \"a b\", \"sentence2\": \"c d\", \"score\": 0}\n"
                            + "{\"sentence1\": \"a c\", \"sentence2\": \"a d\", \"score\": 2}\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_size_that_cannot_be_is_refused() {
        refused(2, "one of them", "--first", "8", "--active", "3");
        refused(2, "--active: expected from 1 to 64", "--active", "65");
        refused(2, "--first: expected from 1 to 128", "--first", "0");
    }

    private static void refused(int code, String reason, String... options) {
        String[] command = {
            "embed",
            "--model",
            folder.resolve("run/model").toString(),
            "--in",
            folder.resolve("in.txt").toString(),
            "--out",
            folder.resolve("refused.jsonl").toString()
        };
        CommandRun run = CommandRun.of(IntStream.range(0, command.length + options.length)
                .mapToObj(i -> i < command.length ? command[i] : options[i - command.length])
                .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isEqualTo(code);
        assertThat(run.errors()).contains(reason);
    }
}
