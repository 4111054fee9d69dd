package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a folder of its own, with a java and an mvn that only say how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    @TempDir
    Path folder = Path.of("");

    private Path root = Path.of("");
    private Path java = Path.of("");

    @BeforeEach
    void makeCheckout() throws IOException {
        root = Files.createDirectories(folder.resolve("check out"));
        Files.copy(Path.of("../chiaro"), root.resolve("chiaro"));
        executable(root.resolve("chiaro"), Files.readString(root.resolve("chiaro")));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.createDirectories(root.resolve("chiaro-cli/src/main"));
        Files.writeString(root.resolve("chiaro-cli/pom.xml"), "<project/>");
        Files.createDirectories(root.resolve("chiaro-cli/target"));
        Files.writeString(root.resolve("chiaro-cli/target/chiaro-cli.jar"), "");
        java = folder.resolve("jdk");
        executable(
                java.resolve("bin/java"),
                "#!/bin/sh\nfor a in \"$@\"; do printf '[%s]' \"$a\"; done\n"
                        + "echo \" threads=$OMP_NUM_THREADS/$MKL_NUM_THREADS/$OPENBLAS_NUM_THREADS"
                        + " wait=$OMP_WAIT_POLICY\"\nexit 7\n");
        Files.writeString(java.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        executable(folder.resolve("bin/mvn"), "#!/bin/sh\necho \"maven $*\"\n");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void built(Instant when) throws IOException {
        Path stamp = root.resolve("chiaro-cli/target/built");
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, FileTime.from(when));
    }

    private CommandRun launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.contains("_NUM_THREADS") || name.startsWith("OMP_"));
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().putAll(environment);
        Path errors = folder.resolve("errors");
        Process process = builder.redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new CommandRun(process.exitValue(), output, Files.readString(errors));
    }

    @Test
    void starts_java_without_maven_when_built() throws Exception {
        built(Instant.now().plusSeconds(60));

        CommandRun run = launch(root.resolve("chiaro"), Map.of(), "search", "--query", "two words");

        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.errors()).isEmpty();
        assertThat(run.output())
                .contains("[-jar][" + root.toRealPath().resolve("chiaro-cli/target/chiaro-cli.jar")
                        + "][search][--query][two words]");
    }

    @Test
    void works_through_a_chain_of_symbolic_links() throws Exception {
        built(Instant.now().plusSeconds(60));
        Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), root.resolve("chiaro"));
        Path relative = Files.createSymbolicLink(folder.resolve("relative"), absolute.getFileName());

        assertThat(launch(relative, Map.of(), "doctor").output()).contains("chiaro-cli.jar][doctor]");
    }

    @Test
    void builds_once_when_a_source_is_newer_and_says_so_on_standard_error() throws Exception {
        built(Instant.now().minusSeconds(60));

        CommandRun first = launch(root.resolve("chiaro"), Map.of(), "doctor");
        CommandRun second = launch(root.resolve("chiaro"), Map.of(), "doctor");

        assertThat(first.errors())
                .startsWith("chiaro: building")
                .contains("maven -q -B")
                .contains("-pl chiaro-cli -am");
        assertThat(first.output()).doesNotContain("maven").contains("[doctor]");
        assertThat(second.errors()).isEmpty();
    }

    @Test
    void a_build_that_fails_is_one_sentence_and_is_tried_again() throws Exception {
        executable(folder.resolve("bin/mvn"), "#!/bin/sh\necho 'no such artifact'\nexit 1\n");

        CommandRun run = launch(root.resolve("chiaro"), Map.of(), "doctor");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).contains("no such artifact").contains("chiaro: the build failed");
        assertThat(root.resolve("chiaro-cli/target/built")).doesNotExist();
    }

    @Test
    void threads_come_from_the_flag_then_the_environment_then_the_cores() throws Exception {
        built(Instant.now().plusSeconds(60));
        Map<String, String> environment = new HashMap<>(Map.of("OMP_NUM_THREADS", "5", "OMP_WAIT_POLICY", "ACTIVE"));

        assertThat(launch(root.resolve("chiaro"), environment, "fit", "--threads", "3")
                        .output())
                .contains("threads=3/3/3 wait=ACTIVE");
        assertThat(launch(root.resolve("chiaro"), environment, "fit", "--threads=4")
                        .output())
                .contains("threads=4/4/4");
        assertThat(launch(root.resolve("chiaro"), environment, "fit").output()).contains("threads=5/5/5");
        environment.put("MKL_NUM_THREADS", "2");
        assertThat(launch(root.resolve("chiaro"), environment, "fit").output()).contains("threads=5/2/5");
        assertThat(launch(root.resolve("chiaro"), Map.of(), "fit").output())
                .containsPattern("threads=[1-9][0-9]*/[1-9][0-9]*/[1-9][0-9]* wait=PASSIVE");
    }

    @Test
    void options_for_the_jvm_are_added() throws Exception {
        built(Instant.now().plusSeconds(60));

        CommandRun run = launch(root.resolve("chiaro"), Map.of("CHIARO_JAVA_OPTIONS", "-Xmx1g -Dx=y"), "fit");

        assertThat(run.output())
                .contains("[-Xmx1g][-Dx=y][-jar]")
                .contains("[-Dorg.bytedeco.javacpp.maxPhysicalBytes=0]");
    }

    @Test
    void an_old_java_or_none_is_one_sentence() throws Exception {
        built(Instant.now().plusSeconds(60));
        Files.writeString(java.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");

        CommandRun old = launch(root.resolve("chiaro"), Map.of(), "fit");
        CommandRun none = launch(root.resolve("chiaro"), Map.of("JAVA_HOME", "/no/such/java"), "fit");

        assertThat(old.exitCode()).isEqualTo(5);
        assertThat(old.errors())
                .contains("Java 17 or later is needed")
                .contains("11.0.2")
                .hasLineCount(1);
        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(none.errors()).contains("/no/such/java").hasLineCount(1);
    }

    @Test
    void native_code_is_allowed_where_the_jvm_would_warn_of_it() throws Exception {
        built(Instant.now().plusSeconds(60));

        assertThat(launch(root.resolve("chiaro"), Map.of(), "fit").output()).doesNotContain("native-access");
        for (String version : List.of("24", "25.0.3", "30.0.1")) {
            Files.writeString(java.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
            assertThat(launch(root.resolve("chiaro"), Map.of(), "fit").output())
                    .as(version)
                    .contains("[--enable-native-access=ALL-UNNAMED][--sun-misc-unsafe-memory-access=allow]");
        }
    }

    @Test
    void codes_for_terminals_are_kept_out_of_what_the_build_says() throws Exception {
        executable(folder.resolve("bin/mvn"), "#!/bin/sh\nprintf '\\033[0m\\033[1mtold\\033[0m\\n\\033[0m'\n");

        CommandRun run = launch(root.resolve("chiaro"), Map.of(), "doctor");

        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.errors().lines()).containsExactly("chiaro: building (mvn package) ...", "told");
    }

    @Test
    void only_short_commands_run_on_the_first_compiler_alone() throws Exception {
        built(Instant.now().plusSeconds(60));

        assertThat(launch(root.resolve("chiaro"), Map.of(), "fit", "--help").output())
                .contains("TieredStopAtLevel=1");
        assertThat(launch(root.resolve("chiaro"), Map.of(), "fit").output()).doesNotContain("TieredStopAtLevel");
        assertThat(launch(root.resolve("chiaro"), Map.of(), "inspect", "m").output())
                .contains("TieredStopAtLevel=1");
        for (List<String> looking : List.of(List.of("m", "--data", "d"), List.of("--views=a"), List.of("a.npy"))) {
            List<String> line = new ArrayList<>(List.of("inspect"));
            line.addAll(looking);
            assertThat(launch(root.resolve("chiaro"), Map.of(), line.toArray(new String[0]))
                            .output())
                    .doesNotContain("TieredStopAtLevel");
        }
    }
}
