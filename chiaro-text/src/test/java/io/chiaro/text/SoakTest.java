package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chiaro.core.RunFile;
import io.chiaro.model.Pooling;
import io.chiaro.train.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakTest {

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;
    private static final int STEPS = 10_000;
    private static final String RESIDENT = "resident ";

    @TempDir
    Path folder;

    /** In a virtual machine of its own, whose heap is there from the start: what grows in it is native memory. */
    static final class Child {
        public static void main(String[] arguments) {
            TextTraining.Options options = TextTraining.Options.defaults().withListeners(List.of(event -> {
                if (event instanceof TrainingEvent.StepDone step && step.step() % (STEPS / 2) == 0) {
                    System.out.println(RESIDENT + residentBytes());
                }
            }));
            System.out.println(TinyRun.train(RunFile.load(Path.of(arguments[0])), options));
        }
    }

    @Tag("full")
    @Test
    void ten_thousand_steps_do_not_grow_the_process() throws Exception {
        assumeThat(STATM).exists();
        TinyModel.write(folder.resolve("shape"), TinyModel.config(64, 2), List.of(Pooling.MEAN), true);
        Path runFile = folder.resolve("run.json");
        TinyRun.run(folder, "out", Map.of("steps", STEPS, "batch", 8, "checkpoint-steps", 2000))
                .write(runFile);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms512m",
                        "-Xmx512m",
                        "-XX:+AlwaysPreTouch",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        runFile.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains(TrainingEvent.Ending.COMPLETED.name());

        long[] resident = output.lines()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToLong(line -> Long.parseLong(line.substring(RESIDENT.length())))
                .toArray();
        assertThat(resident).hasSize(2);
        assertThat((resident[1] - resident[0]) / (STEPS / 2.0))
                .as("bytes a step over the second half, from %d to %d", resident[0], resident[1])
                .isLessThan(1024);
    }

    /** After a collection, so that garbage of the virtual machine does not count as growth. */
    private static long residentBytes() {
        System.gc();
        try {
            return PAGE * Long.parseLong(Files.readString(STATM).split(" ")[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
