package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;

/**
 * Copies of an index in the folder {@code snapshots} below its own, each in a folder of its name. A copy grows under another name and gets
 * its own when it is whole and on the disk; one that is removed loses its name first. So a kill leaves whole snapshots and, at
 * worst, a hidden folder that the next of that name takes away. Safe for any thread.
 */
final class IndexSnapshots {

    /** The folder below that of the index. */
    static final String FOLDER = "snapshots";

    /** No separators and no dot at either end: a name is that of a folder right here, on every file system. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?");

    private final Path folder;

    IndexSnapshots(Path index) {
        this.folder = index.toAbsolutePath().resolve(FOLDER);
    }

    /**
     * Saves a snapshot.
     *
     * @param copy fills a folder that is missing
     * @throws ChiaroException of kind data if that is no name, of kind usage if it is taken, of kind resources if the folder cannot be
     *     written
     */
    synchronized SavedSnapshot save(String name, Consumer<Path> copy) {
        Path place = place(name);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw ChiaroException.usage(
                    place + ": expected the name of a new snapshot, but this one is there. Choose another.");
        }
        Path unfinished = unfinished(name);
        try {
            delete(unfinished);
            AtomicFiles.createFolder(folder);
            try {
                copy.accept(unfinished);
                Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                // There only if something went wrong, which may be that the disk is full.
                delete(unfinished);
            }
            IOUtils.fsync(folder, true);
            return read(place).orElseThrow(() -> new IOException("the snapshot is gone"));
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /** Those that are there and whole, in the order of their names; one that was damaged since costs the others nothing. */
    synchronized List<SavedSnapshot> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            List<SavedSnapshot> all = new ArrayList<>();
            for (Path child : children.toList()) {
                if (NAME.matcher(child.getFileName().toString()).matches()) {
                    read(child).ifPresent(all::add);
                }
            }
            all.sort(Comparator.comparing(SavedSnapshot::name));
            return all;
        } catch (IOException | UncheckedIOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": expected to list the snapshots, but found: " + e.getMessage() + ". Check the folder.",
                    e);
        }
    }

    /**
     * Removes a snapshot.
     *
     * @return whether it was there
     * @throws ChiaroException of kind data if that is no name, of kind resources if it cannot be removed
     */
    synchronized boolean remove(String name) {
        Path place = place(name);
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path unfinished = unfinished(name);
        try {
            delete(unfinished);
            Files.move(place, unfinished, StandardCopyOption.ATOMIC_MOVE);
            IOUtils.fsync(folder, true);
            delete(unfinished);
            return true;
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    private Path place(String name) {
        if (!NAME.matcher(name).matches()) {
            throw ChiaroException.data("expected the name of a snapshot, 1 to 64 letters, digits, dots, hyphens and"
                    + " underscores that neither begins with a dot or a hyphen nor ends with a dot, but found \""
                    + (name.length() > 80 ? name.substring(0, 80) + "..." : name) + "\".");
        }
        return folder.resolve(name);
    }

    /** Begins with a dot, which no name does. */
    private Path unfinished(String name) {
        return folder.resolve("." + name + ".part");
    }

    /** A snapshot, if there is a whole one; a link is none. */
    private static Optional<SavedSnapshot> read(Path place) throws IOException {
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS) || !IndexFolder.hasIndex(place)) {
            return Optional.empty();
        }
        int documents;
        try (TextIndex index = TextIndex.open(place)) {
            documents = index.description().documents();
        } catch (ChiaroException unreadable) {
            return Optional.empty();
        }
        long bytes = 0;
        FileTime taken = FileTime.fromMillis(0);
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
                // The list of an index's parts is the last that is written.
                if (file.getFileName().toString().startsWith("segments_")) {
                    taken = Files.getLastModifiedTime(file);
                }
            }
        }
        return Optional.of(new SavedSnapshot(place.getFileName().toString(), documents, bytes, taken.toInstant()));
    }

    /** Takes a folder with its files away, if it is there; links are taken away and not followed. */
    private static void delete(Path unfinished) throws IOException {
        if (!Files.exists(unfinished, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(unfinished)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
