package io.chiaro.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LastCallsTest {

    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_process_that_is_asked_to_end_while_it_learns_ends_and_does_not_crash() throws Exception {
        for (int i = 0; i < 3; i++) {
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            EndlessLearning.class.getName()))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (int steps = 0; steps < 2; ) {
                    steps += String.valueOf(out.readLine()).equals("backward") ? 1 : 0;
                }
                process.destroy();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(reports()).isEmpty();
            assertThat(process.exitValue()).isEqualTo(TERMINATED);
        }
    }

    private List<Path> reports() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("hs_err"))
                    .toList();
        }
    }
}
