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

    @TempDir
    Path directory;

    @Test
    void memory_beside_the_heap_does_not_grow_with_the_number_of_calls() throws IOException {
        assumeTrue(Files.isReadable(STATUS), "skipped: resident memory is read from /proc/self/status");
        Path file = SmallBert.write(directory, OnnxHead.of(List.of(Pooling.values()), true));
        RandomStream random = RandomStream.of(5, "soak");

        try (OnnxSession session = OnnxSession.open(file, List.of(Pooling.values()), true, 2)) {
            long half = 0;
            for (int call = 0; call < CALLS; call++) {
                if (call == CALLS / 2) {
                    half = nativeKilobytes();
                }
                // Every length and many batch sizes, because caches by shape are what grows.
                List<int[]> texts = SmallBert.texts(call, 60, 1 + random.nextInt(32), 1 + random.nextInt(32));
                session.embed(texts.subList(0, 1 + random.nextInt(2)), 64);
            }
            assertThat(nativeKilobytes() - half).isLessThan(CALLS / 2);
        }
    }

    /** What is resident beside the heap, which the collector widens and narrows as it likes. */
    private static long nativeKilobytes() throws IOException {
        long resident = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
        return resident - Runtime.getRuntime().totalMemory() / 1024;
    }
}
