package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.RunFile;
import io.chiaro.tensor.NativeRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in processes of their own: killed without warning, with other threads for loading, with another BLAS. */
class KilledRunTest {

    private static final int STEPS = 45;

    @TempDir
    Path folder;

    /** Starts a run, or goes on with it if its folder holds one. */
    static final class Child {
        public static void main(String[] arguments) {
            Path runFile = Path.of(arguments[0]);
            RunFile run = RunFile.load(runFile);
            Path out = Path.of(run.out().orElseThrow());
            TextTraining.Options options = TextTraining.Options.defaults().withValidation(TinyRun::restless);
            boolean begun = Files.exists(out.resolve("run.json"));
            try (TextTraining training = begun ? TextTraining.resume(out, options) : TextTraining.start(run, options)) {
                training.run();
            }
            System.out.println("blas " + NativeRuntime.blas());
        }
    }

    private Path runFile(String name) {
        Path file = folder.resolve(name + ".json");
        TinyRun.run(
                        folder,
                        name,
                        Map.of("steps", STEPS, "checkpoint-steps", 3, "best-metric", "spearman", "optimizer", "adamw"))
                .write(file);
        return file;
    }

    private static ProcessBuilder child(Path runFile, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1"));
        if (System.getProperty("chiaro.blas") != null) {
            command.add("-Dchiaro.blas=" + System.getProperty("chiaro.blas"));
        }
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Child.class.getName(), runFile.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return builder;
    }

    private static String toTheEnd(Path runFile, String... options) throws Exception {
        Process process = child(runFile, options).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private String killAndResume(int kills, String... options) throws Exception {
        String output = toTheEnd(runFile("straight"), options);
        Path runFile = runFile("killed");
        Path out = folder.resolve("killed");
        SplittableRandom random = new SplittableRandom(2026);
        long killedInTheMiddle = 0;
        for (int kill = 0; kill < kills; kill++) {
            Process process = child(runFile, options)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // Somewhere in the next part of the run, between two steps or inside one or in the middle of a save.
            long target = steps(out) + 1 + random.nextInt(Math.max(1, STEPS / kills));
            while (process.isAlive() && steps(out) < target) {
                Thread.sleep(1);
            }
            Thread.sleep(random.nextInt(25));
            killedInTheMiddle += process.isAlive() ? 1 : 0;
            process.destroyForcibly().waitFor();
        }
        toTheEnd(runFile, options);

        assertThat(killedInTheMiddle).isGreaterThanOrEqualTo(2);
        assertThat(TinyRun.weights(out)).isEqualTo(TinyRun.weights(folder.resolve("straight")));
        return output;
    }

    /** How many steps the events tell of, in all parts of the run. */
    private static long steps(Path out) throws IOException {
        Path events = out.resolve("events.jsonl");
        if (!Files.exists(events)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(events, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains("\"step-done\"")).count();
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException replacedMeanwhile) {
            return 0;
        }
    }

    @Test
    void a_run_that_was_killed_three_times_ends_in_the_same_weights() throws Exception {
        killAndResume(3);
    }

    @Tag("full")
    @Test
    void a_run_that_was_killed_ten_times_ends_in_the_same_weights() throws Exception {
        killAndResume(10);
    }

    @Test
    void the_number_of_loader_threads_does_not_matter() throws Exception {
        toTheEnd(runFile("many"), "-Djava.util.concurrent.ForkJoinPool.common.parallelism=7");
        toTheEnd(runFile("one"), "-XX:ActiveProcessorCount=1");

        assertThat(TinyRun.weights(folder.resolve("one"))).isEqualTo(TinyRun.weights(folder.resolve("many")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"openblas"})
    void the_other_blas_resumes_to_the_bit_as_well(String blas) throws Exception {
        // The last -D of a command line counts.
        assertThat(killAndResume(2, "-Dchiaro.blas=" + blas)).containsIgnoringCase("blas " + blas);
    }
}
