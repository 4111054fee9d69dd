package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chiaro.core.RandomStream;
import io.chiaro.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class OnnxSoakTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int CALLS = 100_000;
    private static final int PART = CALLS / 8;

    @TempDir
    Path directory;

    @Test
    void resident_memory_does_not_grow_with_the_number_of_calls() throws IOException {
        assumeTrue(Files.isReadable(STATUS), "skipped: resident memory is read from /proc/self/status");
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.values()), true));
        RandomStream random = RandomStream.of(5, "soak");

        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.values()), true, 2)) {
            long least = Long.MAX_VALUE;
            long before = residentKilobytes();
            for (int call = 1; call <= CALLS; call++) {
                // Every length and many batch sizes, because caches by shape are what grows.
                List<int[]> texts = SmallBert.texts(call, 60, 1 + random.nextInt(32), 1 + random.nextInt(32));
                session.embed(texts.subList(0, 1 + random.nextInt(2)), 64);
                if (call % PART == 0) {
                    long now = residentKilobytes();
                    least = Math.min(least, now - before);
                    before = now;
                }
            }
            // What grows with the calls grows in every part; the heap takes new pages in some and then has them.
            assertThat(least).isLessThan(PART);
        }
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
