package io.chiaro.train;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: a folder with one directory each, {@code checkpoint-000123} after step 123. A checkpoint is
 * there whole or not at all, whenever the process is killed:
 *
 * <ol>
 *   <li>its files are written into a fresh directory with another name and forced to the disk;
 *   <li>{@code manifest.json} is written last, with the length and SHA-256 of each file;
 *   <li>the directory is forced to the disk and renamed, in one step.
 * </ol>
 *
 * <p>Reading verifies every checksum; if the newest checkpoint is damaged all the same, the one before it is taken and the
 * reason said. The last few and the best are kept, the others are removed once a newer one is whole.
 *
 * <p>Mutable on the disk; belongs to the one thread, of one process, that trains.
 */
public final class CheckpointStore {

    /** The version of the format that this library writes and reads. */
    public static final int VERSION = 1;

    private static final String MANIFEST = "manifest.json";
    private static final String BEST = "best.json";
    private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{6,})");
    private static final String UNFINISHED = ".saving-";
    private static final String UNWANTED = ".removing-";

    /** Writes the files of a checkpoint. */
    @FunctionalInterface
    public interface Content {
        /** Writes files into a fresh, empty directory; subdirectories are allowed. */
        void writeTo(Path directory) throws IOException;
    }

    /**
     * A checkpoint that was found whole.
     *
     * @param step the steps done when it was saved
     * @param directory with its files
     * @param bytes of all its files
     * @param skipped one sentence for each newer checkpoint that was damaged and passed over
     */
    public record Checkpoint(long step, Path directory, long bytes, List<String> skipped) {
        public Checkpoint {
            skipped = List.copyOf(skipped);
        }

        /** A file of the checkpoint. */
        public Path file(String name) {
            return directory.resolve(name);
        }
    }

    private record Entry(String name, long bytes, String sha256) {}

    private record Manifest(int version, long step, List<Entry> files) {}

    private record Best(long step) {}

    private final Path folder;
    private final int keep;

    private CheckpointStore(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Opens a folder of checkpoints, which is made when it is missing. What a kill left half-written is removed.
     *
     * @param keep how many of the last checkpoints to keep, at least 1; two or more survive damage to the newest
     */
    public static CheckpointStore open(Path folder, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("CheckpointStore.open: expected keep of at least 1, but got " + keep);
        }
        CheckpointStore store = new CheckpointStore(folder.toAbsolutePath(), keep);
        try {
            Files.createDirectories(store.folder);
            for (Path path : store.list()) {
                String name = nameOf(path);
                if (name.startsWith(UNFINISHED) || name.startsWith(UNWANTED)) {
                    delete(path);
                }
            }
        } catch (IOException failed) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    store.folder + ": expected a folder for checkpoints that can be written, but found: "
                            + reason(failed) + ". Choose another folder or change its rights.",
                    failed);
        }
        return store;
    }

    /**
     * Saves a checkpoint and removes those that need not be kept: older than the last few and not the best, and any with a
     * later step, which a resumed run has left behind.
     *
     * @throws ChiaroException of kind resources where it cannot be written; the earlier checkpoints are untouched
     */
    public Checkpoint save(long step, Content content) {
        if (step < 0) {
            throw new IllegalArgumentException("CheckpointStore.save: expected a step of at least 0, but got " + step);
        }
        Path target = path(step);
        Path unfinished = folder.resolve(UNFINISHED + nameOf(target));
        long bytes = 0;
        try {
            delete(unfinished);
            Files.createDirectory(unfinished);
            content.writeTo(unfinished);
            List<Entry> entries = new ArrayList<>();
            for (Path file : files(unfinished)) {
                force(file);
                long size = Files.size(file);
                bytes += size;
                entries.add(new Entry(relative(unfinished, file), size, Hashes.sha256(file)));
            }
            AtomicFiles.write(unfinished.resolve(MANIFEST), Json.text(new Manifest(VERSION, step, entries)));
            for (Path directory : directories(unfinished)) {
                forceDirectory(directory);
            }
            if (Files.exists(target)) {
                remove(target);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(folder);
        } catch (IOException failed) {
            throw unsaved(step, unfinished, failed, reason(failed));
        } catch (UncheckedIOException failed) {
            throw unsaved(step, unfinished, failed, failed.getCause() == null ? "" : reason(failed.getCause()));
        } catch (ChiaroException failed) {
            throw failed.kind() == ChiaroException.Kind.RESOURCES
                    ? unsaved(
                            step,
                            unfinished,
                            failed,
                            failed.getCause() instanceof IOException said
                                    ? AtomicFiles.reason(said)
                                    : String.valueOf(failed.getMessage()))
                    : failed;
        }
        prune(step);
        return new Checkpoint(step, target, bytes, List.of());
    }

    /** Marks a checkpoint that exists as the best, so that it is kept. */
    public void markBest(long step) {
        if (!Files.isDirectory(path(step))) {
            throw new IllegalArgumentException("CheckpointStore.markBest: there is no checkpoint of step " + step);
        }
        Json.write(folder.resolve(BEST), new Best(step));
    }

    /**
     * The newest checkpoint that is whole; {@link Checkpoint#skipped} says which newer ones were not, and why.
     *
     * @return empty when no checkpoint was ever saved
     * @throws ChiaroException of kind model where there are checkpoints but none is whole, or one has a version that this
     *     library does not read
     */
    public Optional<Checkpoint> latest() {
        List<String> skipped = new ArrayList<>();
        List<Long> steps = steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Optional<Checkpoint> checkpoint = verify(steps.get(i), skipped);
            if (checkpoint.isPresent()) {
                return checkpoint;
            }
        }
        if (!skipped.isEmpty()) {
            throw ChiaroException.model(folder + ": expected a checkpoint that is whole, but found none. "
                    + String.join(" ", skipped) + " Start the run anew.");
        }
        return Optional.empty();
    }

    /**
     * The checkpoint marked as the best, if any.
     *
     * @throws ChiaroException of kind model where it is damaged
     */
    public Optional<Checkpoint> best() {
        OptionalLong step = bestStep();
        if (step.isEmpty()) {
            return Optional.empty();
        }
        List<String> problems = new ArrayList<>();
        Optional<Checkpoint> checkpoint = verify(step.getAsLong(), problems);
        if (checkpoint.isEmpty()) {
            throw ChiaroException.model(
                    String.join(" ", problems) + " The best checkpoint is lost; the latest may still be whole.");
        }
        return checkpoint;
    }

    /** The steps of the checkpoints that are there, in rising order, not verified. */
    public List<Long> steps() {
        List<Long> steps = new ArrayList<>();
        try {
            for (Path path : list()) {
                Matcher name = NAME.matcher(nameOf(path));
                if (name.matches()) {
                    steps.add(Long.parseLong(name.group(1)));
                }
            }
        } catch (IOException failed) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": expected a folder of checkpoints, but it cannot be read: " + reason(failed) + ".",
                    failed);
        }
        Collections.sort(steps);
        return steps;
    }

    private Optional<Checkpoint> verify(long step, List<String> problems) {
        Path directory = path(step);
        Manifest manifest;
        try {
            JsonObject object = Json.object(ChiaroException.Kind.MODEL, directory.resolve(MANIFEST));
            int version = object.integer("version");
            if (version != VERSION) {
                throw new UnknownVersion(version);
            }
            manifest = Json.read(object, Manifest.class);
            long bytes = 0;
            for (Entry entry : manifest.files()) {
                Path file = directory.resolve(entry.name());
                if (!Files.isRegularFile(file)) {
                    problems.add(directory + " is damaged: its file " + entry.name() + " is missing.");
                    return Optional.empty();
                }
                long size = Files.size(file);
                if (size != entry.bytes()) {
                    problems.add(directory + " is damaged: its file " + entry.name() + " has " + size
                            + " bytes, expected " + entry.bytes() + ".");
                    return Optional.empty();
                }
                if (!Hashes.sha256(file).equals(entry.sha256())) {
                    problems.add(directory + " is damaged: the checksum of its file " + entry.name()
                            + " is not the one in the manifest.");
                    return Optional.empty();
                }
                bytes += size;
            }
            return Optional.of(new Checkpoint(step, directory, bytes, problems));
        } catch (UnknownVersion unknown) {
            throw ChiaroException.model(directory + ": expected a checkpoint of version " + VERSION
                    + ", but found version " + unknown.version + ". Resume with the library that wrote it.");
        } catch (ChiaroException | IOException damaged) {
            problems.add(directory + " is damaged: " + damaged.getMessage());
            return Optional.empty();
        }
    }

    private static final class UnknownVersion extends IOException {
        private final int version;

        UnknownVersion(int version) {
            super("unknown version");
            this.version = version;
        }
    }

    private void prune(long newest) {
        List<Long> steps = steps();
        OptionalLong best = bestStep();
        List<Long> earlier = steps.stream().filter(step -> step <= newest).toList();
        List<Long> kept = earlier.subList(Math.max(0, earlier.size() - keep), earlier.size());
        for (long step : steps) {
            boolean isBest = best.isPresent() && best.getAsLong() == step && step <= newest;
            if (!kept.contains(step) && !isBest) {
                try {
                    remove(path(step));
                } catch (IOException stays) {
                    // An old checkpoint too many does no harm, and the next save tries again.
                }
            }
        }
    }

    private OptionalLong bestStep() {
        Path file = folder.resolve(BEST);
        return Files.exists(file)
                ? OptionalLong.of(Json.read(Json.object(ChiaroException.Kind.MODEL, file), Best.class)
                        .step())
                : OptionalLong.empty();
    }

    private ChiaroException unsaved(long step, Path unfinished, Exception failed, String reason) {
        try {
            delete(unfinished);
        } catch (IOException stays) {
            // The next open removes it.
        }
        List<Long> earlier = steps();
        String kept = earlier.isEmpty()
                ? "There is no earlier one"
                : "The last one, of step " + earlier.get(earlier.size() - 1) + ", is kept";
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                folder + ": expected to save the checkpoint of step " + step + ", but found: " + reason + ". " + kept
                        + "; free space or change the folder's rights, then resume.",
                failed);
    }

    private Path path(long step) {
        return folder.resolve(String.format(Locale.ROOT, "checkpoint-%06d", step));
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    /** Takes the name away first, so that a kill in between leaves nothing that looks like a checkpoint. */
    private void remove(Path directory) throws IOException {
        Path unwanted = folder.resolve(UNWANTED + nameOf(directory));
        delete(unwanted);
        Files.move(directory, unwanted, StandardCopyOption.ATOMIC_MOVE);
        delete(unwanted);
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<Path> directories(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // Some platforms cannot open a directory; theirs are durable without it.
        }
    }

    private static String relative(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String reason(IOException failed) {
        String text = failed instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : failed.getMessage();
        String name = failed.getClass().getSimpleName();
        return failed.getClass() == IOException.class && text != null ? text : name + (text == null ? "" : ": " + text);
    }
}
