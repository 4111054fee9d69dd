package io.chiaro.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartFolderTest {

    @TempDir
    private Path folder;

    @Test
    void a_model_that_no_quickstart_has_left_is_not_taken_away() throws IOException {
        Path weights =
                Files.writeString(Files.createDirectory(folder.resolve("model")).resolve("weights"), "mine");
        CommandRun run = CommandRun.of("quickstart", "--steps", "1", "--out", folder.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("which would be lost");
        assertThat(weights).hasContent("mine");
    }

    @Test
    void a_dictionary_that_is_too_small_to_ask_and_to_learn_from_is_refused() {
        CommandRun run = CommandRun.of("quickstart", "--meanings", "20", "--out", folder.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors()).contains("--meanings", "1000");
        assertThat(folder).isEmptyDirectory();
    }
}
