package io.chiaro.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

    @TempDir
    Path folder;

    @Test
    void a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else() throws IOException {
        Path file = folder.resolve("weights.bin");
        AtomicFiles.write(file, "old");

        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("No space left on device")
                .extracting(e -> ((ChiaroException) e).kind())
                .isEqualTo(ChiaroException.Kind.RESOURCES);

        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryContaining("glob:**weights.bin");
        assertThat(Files.list(folder)).hasSize(1);
    }

    @Test
    void an_unchecked_error_of_the_writer_passes_through_and_cleans_up() throws IOException {
        Path file = folder.resolve("f");

        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    throw ChiaroException.data("a bad row");
                }))
                .hasMessage("a bad row");

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_write_replaces_what_was_there_and_makes_the_folders_it_needs() {
        Path file = folder.resolve("a/b/f.txt");

        AtomicFiles.write(file, "one");
        AtomicFiles.write(file, "two");

        assertThat(file).hasContent("two");
        assertThat(folder.resolve("a/b").toFile().list()).containsExactly("f.txt");
    }

    @Test
    void a_folder_that_cannot_be_made_is_one_sentence() throws IOException {
        AtomicFiles.createFolder(folder.resolve("a/b"));
        AtomicFiles.createFolder(folder.resolve("a/b"));
        Path file = Files.writeString(folder.resolve("file"), "kept");

        assertThat(folder.resolve("a/b")).isDirectory();
        assertThatThrownBy(() -> AtomicFiles.createFolder(file))
                .isInstanceOf(ChiaroException.class)
                .hasMessage(file.toAbsolutePath() + ": expected a folder or a place for one, but found: a file of that"
                        + " name exists. Choose another place.");
        assertThatThrownBy(() -> AtomicFiles.createFolder(file.resolve("below")))
                .isInstanceOf(ChiaroException.class)
                .hasMessageNotContaining("Exception");
        assertThat(file).hasContent("kept");
    }

    @Test
    void a_folder_in_the_way_or_a_file_as_a_folder_is_one_sentence() throws IOException {
        Path file = Files.createFile(folder.resolve("plain"));
        Path inside = Files.createDirectories(folder.resolve("dir"));

        assertThatThrownBy(() -> AtomicFiles.write(file.resolve("below"), "x"))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("below: expected to write the file");
        assertThatThrownBy(() -> AtomicFiles.write(inside, "x"))
                .hasMessageContaining("a directory of that name exists");
        assertThat(inside).isEmptyDirectory();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_private_file_is_for_its_owner_alone_also_where_another_stood() throws IOException {
        Path file = Files.writeString(folder.resolve("private"), "old");

        AtomicFiles.writePrivate(file, "new");

        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
