package io.chiaro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chiaro.core.RunFile;
import io.chiaro.model.Pooling;
import io.chiaro.train.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    @TempDir
    Path folder;

    @Tag("full")
    @Test
    void ten_thousand_steps_do_not_grow_the_process() {
        assumeThat(STATM).exists();
        TinyModel.write(folder.resolve("shape"), TinyModel.config(64, 2), List.of(Pooling.MEAN), true);
        RunFile run = TinyRun.run(folder, "out", Map.of("steps", STEPS, "batch", 8, "checkpoint-steps", 2000));
        long[] resident = new long[2];
        TextTraining.Options options = TextTraining.Options.defaults().withListeners(List.of(event -> {
            if (event instanceof TrainingEvent.StepDone step && step.step() % (STEPS / 2) == 0) {
                resident[step.step() == STEPS ? 1 : 0] = residentBytes();
            }
        }));

        assertThat(TinyRun.train(run, options)).isEqualTo(TrainingEvent.Ending.COMPLETED);

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
