package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.cli.console.Interruption;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptionTest {

    /** A program whose work ends when it is asked to. */
    static final class Worker {

        public static void main(String[] arguments) {
            CountDownLatch asked = new CountDownLatch(1);
            Interruption.watch();
            Interruption.during(asked::countDown, () -> {
                System.out.println("working");
                try {
                    return asked.await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            System.out.println("stopped in good order");
            Interruption.over(130);
            System.exit(130);
        }
    }

    @Test
    void a_process_that_is_asked_to_end_stops_its_work_and_ends_with_the_code_of_its_command() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("working");
            process.toHandle().destroy(); // Process.destroy would close the stream that is read below
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output.readLine()).isEqualTo("stopped in good order");
            assertThat(process.exitValue()).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
    }
}
