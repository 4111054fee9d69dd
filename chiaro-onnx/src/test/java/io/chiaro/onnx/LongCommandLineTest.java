package io.chiaro.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.model.TextRole;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The native library walks the whole command line when it starts; a long class path once killed the process. */
class LongCommandLineTest {

    /** The program that is started with a long command line. */
    static final class Program {
        public static void main(String[] arguments) {
            try (OnnxEmbedder embedder = OnnxEmbedder.open("all-MiniLM-L6-v2", OnnxSettings.defaults())) {
                System.out.println(embedder.embed(List.of("a long way"), TextRole.TEXT)[0].length);
            }
        }
    }

    @Test
    void a_class_path_of_sixty_thousand_characters_does_not_kill_the_process() throws Exception {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        while (path.length() < 60_000) {
            path.append(File.pathSeparator)
                    .append("/no/such/folder/but/a/name/that/takes/room-")
                    .append(path.length());
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "-cp", path.toString(), Program.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output).contains("384");
    }
}
