package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.model.Pooling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime reads the command line of its process when it starts; a long one must not end the process. */
class LongCommandLineTest {

    @TempDir
    Path folder;

    /** Opens a graph in a process of its own. */
    static final class Opening {
        public static void main(String[] arguments) {
            try (OnnxSession session = OnnxSession.open(Path.of(arguments[0]), List.of(Pooling.MEAN), false, 1)) {
                System.exit(session.dimension());
            }
        }
    }

    @Test
    void a_process_with_a_long_class_path_opens_a_graph() throws Exception {
        Path file = SmallBert.write(folder, OnnxHead.of(List.of(Pooling.MEAN), true));
        String padding = "/a/rather/long/path/of/a/library-1.2.3.jar:".repeat(2_500);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        file.toString(),
                        padding)
                .redirectErrorStream(true);
        // The variable that Surefire sets would hide the fault.
        builder.environment().remove("ORT_DISABLE_TELEMETRY");

        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isEqualTo(SmallBert.CONFIG.hiddenSize());
    }
}
