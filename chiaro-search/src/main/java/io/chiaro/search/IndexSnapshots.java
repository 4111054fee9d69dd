package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Copies of an index in the folder {@code snapshots} below its own, each in a {@link NamedFolders folder of its name}. Safe for any
 * thread.
 */
final class IndexSnapshots {

    /** The folder below that of the index. */
    static final String FOLDER = "snapshots";

    private final NamedFolders copies;

    IndexSnapshots(Path index) {
        this.copies = new NamedFolders(index.resolve(FOLDER), "a snapshot");
    }

    /**
     * Saves a snapshot.
     *
     * @param copy fills a folder that is missing
     * @throws ChiaroException of kind data if that is no name, of kind usage if it is taken, of kind resources if the folder cannot be
     *     written
     */
    synchronized SavedSnapshot save(String name, Consumer<Path> copy) {
        Path place = copies.make(name, copy);
        try {
            return read(place).orElseThrow(() -> new IOException("the snapshot is gone"));
        } catch (IOException | UncheckedIOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /** Those that are there and whole, in the order of their names; one that was damaged since costs the others nothing. */
    synchronized List<SavedSnapshot> all() {
        List<SavedSnapshot> all = new ArrayList<>();
        for (Path child : copies.all()) {
            try {
                read(child).ifPresent(all::add);
            } catch (IOException | UncheckedIOException e) {
                throw ChiaroException.of(
                        ChiaroException.Kind.RESOURCES,
                        child + ": expected to look into the snapshot, but found: " + e.getMessage()
                                + ". Check the folder.",
                        e);
            }
        }
        return all;
    }

    /**
     * Removes a snapshot.
     *
     * @return whether it was there
     * @throws ChiaroException of kind data if that is no name, of kind resources if it cannot be removed
     */
    synchronized boolean remove(String name) {
        boolean there = copies.hide(name);
        copies.sweep(name);
        return there;
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
}
