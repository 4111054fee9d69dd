package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.Embedder;
import io.chiaro.model.SparseEmbedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * A folder whose folders are indexes, which are made and dropped here by their names. An index is there when it is whole and on the disk,
 * and gone as soon as it has lost its name: a kill leaves indexes and, at worst, a hidden folder. Other files and folders are nobody's
 * business here, and links are not followed.
 *
 * <p>One process at a time makes and drops, for as long as that takes. Safe for any thread.
 */
public final class IndexShelf {

    private static final String LOCK = ".lock";

    private final Path folder;
    private final NamedFolders indexes;

    private IndexShelf(Path folder) {
        this.folder = folder;
        this.indexes = new NamedFolders(folder, "an index");
    }

    /**
     * Opens a folder.
     *
     * @throws ChiaroException of kind usage if there is none, or if it is an index itself
     */
    public static IndexShelf open(Path folder) {
        Path place = folder.toAbsolutePath();
        if (!Files.isDirectory(place)) {
            throw ChiaroException.usage(
                    place
                            + ": expected a folder whose folders are indexes, but found none. Make the folder, or check the path.");
        }
        if (IndexFolder.hasIndex(place)) {
            throw ChiaroException.usage(
                    place
                            + ": expected a folder whose folders are indexes, but found an index. Choose the folder that it is in.");
        }
        return new IndexShelf(place);
    }

    /**
     * The names of the indexes that are there, in their order.
     *
     * @throws ChiaroException of kind usage if one has a name that none made here could have
     */
    public List<String> names() {
        refuseOtherNames();
        return indexes.all().stream()
                .filter(IndexFolder::hasIndex)
                .map(place -> place.getFileName().toString())
                .toList();
    }

    private void refuseOtherNames() {
        List<Path> others = new ArrayList<>();
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.sorted().toList()) {
                String name = child.getFileName().toString();
                if (!name.startsWith(".") && !NamedFolders.isName(name) && Files.isReadable(child)) {
                    others.add(child);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw unlisted(e);
        }
        for (Path other : others) {
            if (IndexFolder.hasIndex(other)) {
                throw ChiaroException.usage(
                        other + ": expected an index whose name has 1 to 64 letters, digits, dots, hyphens"
                                + " and underscores, but found another. Rename it, or put it elsewhere.");
            }
        }
    }

    private ChiaroException unlisted(Exception e) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                folder + ": expected a folder that can be listed, but found: " + e.getMessage() + ". Check the folder.",
                e);
    }

    /**
     * Opens an index of the folder; errors as of {@link LiveIndex#open}.
     *
     * @throws ChiaroException of kind data if that is no name
     */
    public LiveIndex index(String name) {
        return LiveIndex.open(indexes.place(name));
    }

    /**
     * Makes an index without documents and opens it.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores, without a dot or a hyphen first or a dot last
     * @param embedder whose vectors it takes; stays with the caller
     * @param sparse whose weights of tokens it takes beside; stays with the caller
     * @param form in which it keeps its documents
     * @throws ChiaroException of kind data for another name, of kind usage if the name is taken, of kind resources if another process is
     *     at work here or the folder cannot be written
     */
    public LiveIndex make(String name, Embedder embedder, Optional<? extends SparseEmbedder> sparse, IndexForm form) {
        Path place = indexes.place(name);
        return alone(() -> {
            indexes.make(
                    name,
                    unfinished -> TextIndex.write(
                            unfinished, Stream.empty(), embedder, sparse.map(SparseEmbedder.class::cast), form));
            return LiveIndex.open(place);
        });
    }

    /**
     * Drops an index with all that is in its folder, its map and its snapshots among it. It must have been closed here; who has a snapshot
     * of it in memory reads on.
     *
     * @return whether it was there
     * @throws ChiaroException of kind data if that is no name, of kind resources if somebody writes the index, another process is at work
     *     here, or the folder cannot be written
     */
    public boolean drop(String name) {
        Path place = indexes.place(name);
        return alone(() -> {
            if (!indexes.all().contains(place) || !IndexFolder.hasIndex(place)) {
                return false;
            }
            boolean there = hidden(name, place);
            indexes.sweep(name);
            return there;
        });
    }

    /** Under the lock of the index, so that nobody's writing is lost with it. */
    private boolean hidden(String name, Path place) {
        try (Directory directory = FSDirectory.open(place);
                Lock alone = directory.obtainLock(IndexWriter.WRITE_LOCK_NAME)) {
            alone.ensureValid();
            return indexes.hide(name);
        } catch (LockObtainFailedException e) {
            throw IndexFolder.anotherWriter(place, e);
        } catch (IOException e) {
            throw IndexFolder.unwritable(place, e);
        }
    }

    /** Takes away what a kill left half made or half dropped, unless another process is at work here, which then will. */
    public void sweep() {
        try {
            alone(() -> {
                indexes.sweep();
                return true;
            });
        } catch (ChiaroException later) {
            // What is left has no name: it is neither served nor in the way of an index.
        }
    }

    private <T> T alone(Supplier<T> change) {
        try (Directory directory = FSDirectory.open(folder);
                Lock alone = directory.obtainLock(LOCK)) {
            alone.ensureValid();
            return change.get();
        } catch (LockObtainFailedException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder
                            + ": expected to be the only one who makes or drops an index here, but found another at work."
                            + " Wait for its end.",
                    e);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": expected a folder that can be written, but found: " + AtomicFiles.reason(e)
                            + ". Check the folder.",
                    e);
        }
    }
}
