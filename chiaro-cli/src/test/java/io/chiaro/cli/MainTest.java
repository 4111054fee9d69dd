package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.cli.console.Output;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    static Stream<List<String>> commands() {
        return Stream.of(
                List.of("quickstart"),
                List.of("fit"),
                List.of("resume"),
                List.of("eval"),
                List.of("embed"),
                List.of("index"),
                List.of("search"),
                List.of("serve"),
                List.of("keys"),
                List.of("keys", "add"),
                List.of("keys", "list"),
                List.of("keys", "revoke"),
                List.of("export"),
                List.of("data"),
                List.of("data", "check"),
                List.of("data", "reduce"),
                List.of("recipes"),
                List.of("recipes", "show"),
                List.of("explain"),
                List.of("inspect"),
                List.of("doctor"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_shows_examples_and_the_common_flags(List<String> command) {
        CommandRun run = CommandRun.of(
                Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new));

        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).isEmpty();
        assertThat(run.output())
                .contains("Usage: chiaro " + String.join(" ", command))
                .contains("\nExamples:\n  chiaro ");
        if (!command.equals(List.of("data")) && !command.equals(List.of("keys"))) {
            assertThat(run.output()).contains("--seed=N", "--threads=N", "--quiet", "--stacktrace", "--help");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void an_unknown_option_is_a_usage_error_of_one_line_with_the_nearest(List<String> command) {
        CommandRun run = CommandRun.of(
                Stream.concat(command.stream(), Stream.of("--hepl")).toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors().lines()).hasSize(1);
    }

    @Test
    void the_nearest_option_is_named() {
        CommandRun run = CommandRun.of("eval", "--model", "m", "--task", "sts", "--data", "d", "--splitt", "test");

        assertThat(run.errors()).startsWith("chiaro eval: unknown option --splitt. Did you mean \"--split\"?");
    }

    @Test
    void a_misspelt_option_is_named_also_where_another_is_missing() {
        CommandRun run = CommandRun.of("embed", "--modle", "m", "--in", "a.txt", "--out", "b");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).startsWith("chiaro embed: unknown option --modle. Did you mean \"--model\"?");
    }

    @Test
    void a_place_that_would_lose_the_texts_or_is_a_folder_is_refused_before_anything_is_computed(@TempDir Path folder)
            throws IOException {
        Path texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"one\"}\n");
        for (Path out : List.of(texts, folder)) {
            CommandRun run =
                    CommandRun.of("embed", "--model", "no-such", "--in", texts.toString(), "--out", out.toString());

            assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
            assertThat(run.errors()).startsWith("chiaro: --out: expected").hasLineCount(1);
        }
        assertThat(texts).hasContent("{\"text\": \"one\"}");
    }

    @Test
    void columns_of_other_names_and_none_are_read(@TempDir Path folder) throws IOException {
        Path named = Files.writeString(folder.resolve("named.csv"), "left,right,gold\na b,a b,5\na b,c d,0\n");
        Path bare = Files.writeString(folder.resolve("bare.csv"), "a b,a b,5\na b,c d,0\n");

        CommandRun judged = CommandRun.of(
                "eval",
                "--baseline",
                "random",
                "--task",
                "sts",
                "--data",
                named.toString(),
                "--columns",
                "sentence1=left,sentence2=right,score=gold");
        CommandRun unnamed = CommandRun.of("eval", "--baseline", "random", "--task", "sts", "--data", named.toString());
        CommandRun checked =
                CommandRun.of("data", "check", bare.toString(), "--roles", "anchor=#1,positive=#2,score=#3");

        assertThat(judged.exitCode()).as(judged.errors()).isZero();
        assertThat(unnamed.exitCode()).isEqualTo(3);
        assertThat(unnamed.errors()).contains("--columns sentence1=NAME");
        assertThat(checked.exitCode()).as(checked.errors()).isZero();
        assertThat(checked.output()).contains("scored pairs").contains("2 (no rows skipped)");
    }

    @Test
    void the_nearest_command_is_named() {
        CommandRun run = CommandRun.of("serach");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).startsWith("chiaro: unknown command \"serach\". Did you mean \"search\"?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "data",
                "fit",
                "fit --data a.jsonl",
                "fit --data a.jsonl --out o --epochs 1 --steps 2",
                "fit --data a.jsonl --out o --batch 0",
                "embed --model all-MiniLM-L6-v2 --in a.txt --out b --format nyp",
                "embed --model all-MiniLM-L6-v2 --in a.txt",
                "embed --model all-MiniLM-L6-v2 --in a.txt --out - --format npy",
                "embed --model all-MiniLM-L6-v2 --in a.txt --out b --role qery",
                "eval --task sts --data stsb",
                "eval --task sts --data stsb --model a --baseline random",
                "eval --task stss --data stsb --baseline random",
                "search --index i --query q -k 0",
                "serve",
                "serve --demo",
                "serve --demo=no-such-folder",
                "serve --demo --model m",
                "serve --demo=no-such-folder --index i",
                "serve --demo --beside a=b",
                "serve --model m --beside index",
                "serve --model m --beside =m",
                "serve --model m --runs no-such-folder",
                "serve --model no-such-model",
                "serve --model m --max-wait -1",
                "serve --model m --port 70000",
                "serve --model m --deadline 0",
                "serve --model m --max-request-tokens 200000",
                "keys",
                "keys add --keys k.json",
                "keys add --keys k.json --name n --role owner",
                "export --model m --out o --format torch",
                "resume out/run --threads 3",
                "mine --model m --data p.jsonl --out m.csv",
                "inspect no-such-model",
                "doctor --threads 0",
                "doctor --threads two",
                "doctor extra"
            })
    void wrong_usage_is_exit_code_2_and_one_line(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors().lines()).hasSize(1);
    }

    @Test
    void missing_data_is_exit_code_3() {
        CommandRun run = CommandRun.of("eval", "--task", "sts", "--data", "no/such/folder", "--baseline", "random");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.errors().lines()).hasSize(1);
        assertThat(run.errors())
                .contains(Path.of("no/such/folder").toAbsolutePath().toString());
    }

    @Test
    void errors_become_one_line_and_an_exit_code() {
        assertThat(Failure.of(ChiaroException.model("m: broken.")).exitCode()).isEqualTo(4);
        assertThat(Failure.of(ChiaroException.resources("disk: full.")).exitCode())
                .isEqualTo(5);
        assertThat(Failure.of(new InterruptedException()).exitCode()).isEqualTo(130);
        assertThat(Failure.of(new OutOfMemoryError("Java heap space")).exitCode())
                .isEqualTo(5);
        assertThat(Failure.of(new UncheckedIOException(new NoSuchFileException("a.txt"))))
                .extracting(Failure::exitCode, Failure::message)
                .containsExactly(3, "a.txt: no such file or folder.");
        assertThat(Failure.of(new IOException("No space left on device")).exitCode())
                .isEqualTo(5);
        assertThat(Failure.of(new IllegalStateException("first line\n  second line")))
                .extracting(Failure::exitCode, Failure::message)
                .containsExactly(
                        1, "unexpected IllegalStateException: first line second line (--stacktrace shows where)");
    }

    @Test
    void the_stack_is_shown_only_when_asked_for() {
        String[] line = {"eval", "--task", "sts", "--data", "no/such/folder", "--baseline", "random", "--stacktrace"};

        assertThat(CommandRun.of(line).errors()).contains("\tat io.chiaro.cli.");
    }

    @Test
    void the_version_is_one_line() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).startsWith("chiaro ").hasLineCount(1);
    }

    @Test
    void the_page_about_commands_is_what_the_program_prints() throws IOException {
        String page = Files.readString(Path.of("../docs/commands.md"));

        assertThat(page)
                .as("Print it again with: ./chiaro docs > docs/commands.md")
                .isEqualTo(CommandRun.of("docs").output());
    }

    @Test
    void help_loads_no_other_module_and_no_native_library() throws Exception {
        Path log = Files.createTempFile("chiaro-classes", ".log");
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xlog:class+load:file=" + log,
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.chiaro.cli.Main",
                            "docs")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();

            List<String> loaded = Files.readAllLines(log).stream()
                    .map(line -> line.replaceFirst("^.*\\]\\s*", "").split(" ")[0])
                    .toList();
            assertThat(loaded).contains("io.chiaro.cli.FitCommand");
            assertThat(loaded)
                    .noneMatch(name ->
                            name.matches("(io\\.chiaro\\.(?!cli\\.|core\\.)|org\\.bytedeco|ai\\.|com\\.fasterxml).*"));
        } finally {
            Files.deleteIfExists(log);
        }
    }

    @Test
    void a_document_on_standard_output_stands_alone() {
        CommandRun run = CommandRun.of("doctor", "--json", "-");

        assertThat(run.exitCode()).isZero();
        assertThat(io.chiaro.core.Json.parse("doctor", run.output()).has("java"))
                .isTrue();
        assertThat(run.errors()).contains("cores");
    }

    @Test
    void quiet_leaves_out_notes_but_not_results() {
        PrintStream nothing = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Output output = new Output(nothing, nothing);
        output.beQuiet();

        assertThat(CommandRun.of("doctor", "--quiet").output()).contains("cores");
        assertThat(CommandRun.of("doctor", "--quiet", "--json", "-").errors()).isEmpty();
    }
}
