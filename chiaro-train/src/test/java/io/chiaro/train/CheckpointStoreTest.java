package io.chiaro.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

    private static final int FILE_BYTES = 300_000;

    @TempDir
    private Path folder;

    /** The content of a checkpoint follows from its step, so that a reader can tell it from any other. */
    static void write(Path directory, long step) throws IOException {
        for (String name : List.of("model.safetensors", "state/optimizer.safetensors", "state/run.json")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes(step, name));
        }
    }

    private static byte[] bytes(long step, String name) {
        RandomStream random = RandomStream.of(step, name);
        byte[] bytes = new byte[FILE_BYTES];
        for (int i = 0; i < bytes.length; i += 97) {
            bytes[i] = (byte) random.nextLong();
        }
        return bytes;
    }

    private static void assertWhole(CheckpointStore.Checkpoint checkpoint) throws IOException {
        for (String name : List.of("model.safetensors", "state/optimizer.safetensors", "state/run.json")) {
            assertThat(Files.readAllBytes(checkpoint.file(name))).isEqualTo(bytes(checkpoint.step(), name));
        }
    }

    /** What the killed child runs: saves as fast as it can, going on after the latest. */
    static final class Saver {
        public static void main(String[] arguments) {
            CheckpointStore store = CheckpointStore.open(Path.of(arguments[0]), 2);
            long step = store.latest().map(CheckpointStore.Checkpoint::step).orElse(0L);
            while (true) {
                long next = ++step;
                store.save(next, directory -> write(directory, next));
                if (next % 3 == 0) {
                    store.markBest(next);
                }
            }
        }
    }

    @Test
    void what_is_saved_is_found_and_the_last_few_and_the_best_are_kept() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 2);
        assertThat(store.latest()).isEmpty();
        assertThat(store.best()).isEmpty();

        for (long step = 10; step <= 60; step += 10) {
            long now = step;
            store.save(step, directory -> write(directory, now));
            if (step == 20) {
                store.markBest(20);
            }
        }

        assertThat(store.steps()).containsExactly(20L, 50L, 60L);
        CheckpointStore.Checkpoint latest =
                CheckpointStore.open(folder, 2).latest().orElseThrow();
        assertThat(latest.step()).isEqualTo(60);
        assertThat(latest.bytes()).isEqualTo(3L * FILE_BYTES);
        assertThat(latest.skipped()).isEmpty();
        assertThat(latest.directory().getFileName()).hasToString("checkpoint-000060");
        assertWhole(latest);
        assertWhole(store.best().orElseThrow());
    }

    @Test
    void ten_kills_at_random_moments_leave_the_latest_whole() throws Exception {
        RandomStream random = RandomStream.of(42, "kills");
        long before = 0;
        boolean sawUnfinished = false;
        for (int kill = 0; kill < 10; kill++) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Saver.class.getName(),
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            long floor = before;
            while (child.isAlive() && newest() <= floor + 1) {
                Thread.sleep(5);
            }
            assertThat(child.isAlive()).isTrue();
            Thread.sleep(random.nextInt(60));
            child.destroyForcibly().waitFor();
            sawUnfinished |= leftovers() > 0;

            CheckpointStore.Checkpoint latest =
                    CheckpointStore.open(folder, 2).latest().orElseThrow();

            assertThat(latest.skipped()).isEmpty();
            assertThat(latest.step()).isGreaterThan(before);
            assertThat(leftovers()).isZero();
            assertWhole(latest);
            before = latest.step();
        }
        assertThat(sawUnfinished)
                .as("at least one kill hit in the middle of a save")
                .isTrue();
    }

    private long newest() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("checkpoint-"))
                    .mapToLong(name -> Long.parseLong(name.substring("checkpoint-".length())))
                    .max()
                    .orElse(0);
        }
    }

    private long leftovers() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> path.getFileName().toString().matches("\\.(saving|removing)-.*"))
                    .count();
        }
    }

    @Test
    void a_damaged_newest_checkpoint_is_passed_over_and_the_reason_said() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 3);
        for (long step = 1; step <= 3; step++) {
            long now = step;
            store.save(step, directory -> write(directory, now));
        }
        Path flipped = folder.resolve("checkpoint-000003/state/optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(flipped);
        bytes[1234] ^= 1;
        Files.write(flipped, bytes);
        Files.writeString(folder.resolve("checkpoint-000002/manifest.json"), "{\"version\": 1, \"st");

        CheckpointStore.Checkpoint latest = store.latest().orElseThrow();

        assertThat(latest.step()).isEqualTo(1);
        assertThat(latest.skipped()).hasSize(2);
        assertThat(latest.skipped().get(0))
                .isEqualTo(folder.resolve("checkpoint-000003")
                        + " is damaged: the checksum of its file state/optimizer.safetensors is not the one in the "
                        + "manifest.");
        assertWhole(latest);
    }

    @Test
    void a_missing_or_shortened_file_is_damage_and_when_nothing_is_whole_that_is_said() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 3);
        for (long step = 1; step <= 2; step++) {
            long now = step;
            store.save(step, directory -> write(directory, now));
        }
        Files.delete(folder.resolve("checkpoint-000001/model.safetensors"));
        Files.write(folder.resolve("checkpoint-000002/model.safetensors"), new byte[10]);

        assertThatThrownBy(store::latest)
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("model.safetensors is missing")
                .hasMessageContaining("has 10 bytes, expected " + FILE_BYTES)
                .hasMessageEndingWith("Start the run anew.");
    }

    @Test
    void a_run_that_resumed_earlier_leaves_later_checkpoints_behind() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 2);
        for (long step : new long[] {10, 20, 30}) {
            store.save(step, directory -> write(directory, step));
        }
        Files.delete(folder.resolve("checkpoint-000030/model.safetensors"));

        store.save(25, directory -> write(directory, 25));

        assertThat(store.steps()).containsExactly(20L, 25L);
        assertThat(store.latest().orElseThrow().step()).isEqualTo(25);
        store.save(25, directory -> write(directory, 25));
        assertWhole(store.latest().orElseThrow());
    }

    @Test
    void an_unknown_version_is_refused_instead_of_passed_over() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 2);
        store.save(1, directory -> write(directory, 1));
        Path manifest = folder.resolve("checkpoint-000001/manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\"version\": 1", "\"version\": 2"));

        assertThatThrownBy(store::latest)
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining("expected a checkpoint of version 1, but found version 2");
    }

    @Test
    void a_full_disk_ends_in_one_sentence_and_keeps_the_earlier_checkpoints() throws Exception {
        assumeThat(Files.isWritable(Path.of("/dev/full")))
                .as("skipped: needs the device /dev/full")
                .isTrue();
        CheckpointStore store = CheckpointStore.open(folder, 2);
        store.save(1, directory -> write(directory, 1));

        assertThatThrownBy(() -> store.save(2, directory -> {
                    write(directory, 2);
                    try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
                        full.write(1);
                    }
                }))
                .isInstanceOfSatisfying(
                        ChiaroException.class,
                        error -> assertThat(error.kind()).isEqualTo(ChiaroException.Kind.RESOURCES))
                .hasMessage(folder + ": expected to save the checkpoint of step 2, but found: No space left on device. "
                        + "The last one, of step 1, is kept; free space or change the folder's rights, then resume.");

        assertThat(leftovers()).isZero();
        assertWhole(store.latest().orElseThrow());
    }

    @Test
    void a_file_that_cannot_be_written_is_told_once() throws Exception {
        CheckpointStore store = CheckpointStore.open(folder, 2);

        assertThatThrownBy(() -> store.save(2, directory -> {
                    throw ChiaroException.of(
                            ChiaroException.Kind.RESOURCES,
                            "x: expected to write the file. Free space.",
                            new IOException("No space left on device"));
                }))
                .hasMessage(folder + ": expected to save the checkpoint of step 2, but found: No space left on device. "
                        + "There is no earlier one; free space or change the folder's rights, then resume.");
    }

    @Test
    void a_folder_that_cannot_be_written_is_said_before_training() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        assertThatThrownBy(() -> CheckpointStore.open(file.resolve("checkpoints"), 2))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(file.resolve("checkpoints").toString())
                .hasMessageContaining("expected a folder for checkpoints that can be written");
    }
}
