package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashesTest {

    // FIPS 180-4, example of one block.
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void bytes_files_and_streams_agree_with_the_published_example(@TempDir Path folder) throws IOException {
        Path a = Files.writeString(folder.resolve("a"), "a");
        Path bc = Files.writeString(folder.resolve("bc"), "bc");
        Path abc = Files.writeString(folder.resolve("abc"), "abc");

        assertThat(Hashes.sha256("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(ABC);
        assertThat(Hashes.sha256(abc)).isEqualTo(ABC);
        assertThat(Hashes.sha256(List.of(a, bc))).isEqualTo(ABC);
        assertThat(Hashes.sha256(
                        new ByteArrayInputStream(new byte[] {'a'}), new ByteArrayInputStream(new byte[] {'b', 'c'})))
                .isEqualTo(ABC);
    }

    @Test
    void a_missing_file_is_one_sentence() {
        assertThatThrownBy(() -> Hashes.sha256(Path.of("nowhere")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("nowhere: expected a readable file, but found: no such file");
    }
}
