package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {

    @TempDir
    private Path folder;

    private static Provenance provenance(String blas, int threads) {
        return new Provenance(
                1,
                "0.1.0",
                Provenance.Machine.here(blas, threads),
                42,
                "mnrl",
                "ab12",
                Map.of("pairs.jsonl", "cd34"),
                Json.parse("test", Json.text(RunFile.defaults())),
                "2026-01-02T03:04:05Z");
    }

    @Test
    void a_run_file_comes_back_out_of_a_written_provenance() {
        Path file = folder.resolve("provenance.json");

        provenance("mkl", 2).write(file);
        Provenance read = Provenance.load(file);

        assertThat(RunFile.from(read.run())).isEqualTo(RunFile.defaults());
        assertThat(read.machine()).isEqualTo(Provenance.Machine.here("mkl", 2));
        assertThat(read.data()).containsExactly(Map.entry("pairs.jsonl", "cd34"));
        assertThat(read.started()).isEqualTo("2026-01-02T03:04:05Z");
    }

    @Test
    void another_blas_or_thread_count_is_said_and_an_equal_machine_is_not() {
        assertThat(provenance("mkl", 2).differencesToResult(provenance("mkl", 2)))
                .isEmpty();
        assertThat(provenance("mkl", 2).differencesToResult(provenance("openblas", 4)))
                .containsExactly("the BLAS was mkl and is openblas", "the number of threads was 2 and is 4");
    }

    @Test
    void the_machine_names_itself() {
        Provenance.Machine here = Provenance.Machine.here("mkl", 1);

        assertThat(here.java()).startsWith(System.getProperty("java.version"));
        assertThat(here.processor()).isNotBlank();
    }

    @Test
    void an_unknown_version_is_refused() throws Exception {
        Path file = folder.resolve("provenance.json");
        provenance("mkl", 2).write(file);
        Files.writeString(file, Files.readString(file).replaceFirst("\"version\": 1", "\"version\": 9"));

        assertThatThrownBy(() -> Provenance.load(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected version 1 of a provenance, but found 9");
    }
}
