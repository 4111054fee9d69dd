package io.chiaro.search;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.search.vector.VectorCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * The folder of an index, opened by one or more snapshots of it; the last of them closes it. Beside that, what is said of a
 * folder that cannot be read or written. Safe for any thread.
 */
final class IndexFolder implements AutoCloseable {

    /** The endings of all files that Lucene writes here, those of {@link VectorCodec} and of its temporary files among them. */
    private static final String ENDINGS =
            "cfs|cfe|si|fnm|fdt|fdx|fdm|tvx|tvd|tvm|doc|pos|pay|psm|tim|tip|tmd|nvd|nvm|dvd"
                    + "|dvm|kdd|kdi|kdm|liv|vec|vem|vex|vemf|veq|vemq|veb|vemb|pqg|tmp";

    /**
     * The files of an index: Lucene's, the folder of its snapshots, and the map with what a kill may leave of one. Lucene takes all that
     * begins with an underscore for its own and deletes what no commit names, so that this is narrower.
     */
    private static final Pattern OWN = Pattern.compile("_[0-9a-z]+(_[0-9A-Za-z_-]+)?\\.(" + ENDINGS
            + ")|(pending_)?segments_[0-9a-z]+|write\\.lock|snapshots|map\\.json|\\.map\\.json\\.[0-9-]+\\.tmp");

    private final Path place;
    private final Directory directory;
    private final AtomicInteger users = new AtomicInteger(1);

    private IndexFolder(Path place, Directory directory) {
        this.place = place;
        this.directory = directory;
    }

    /**
     * Opens a folder for one user.
     *
     * @throws ChiaroException if there is none
     */
    static IndexFolder open(Path folder) {
        Path place = folder.toAbsolutePath();
        if (!Files.isDirectory(place)) {
            throw ChiaroException.model(place + ": expected the folder of an index, but found none. Check the path.");
        }
        try {
            return new IndexFolder(place, FSDirectory.open(place));
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    /** Whether a folder holds an index, finished at least once. */
    static boolean hasIndex(Path folder) {
        Path place = folder.toAbsolutePath();
        if (!Files.isDirectory(place)) {
            return false;
        }
        try (Directory directory = FSDirectory.open(place)) {
            return DirectoryReader.indexExists(directory);
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    /** The same for one user more. */
    IndexFolder share() {
        users.incrementAndGet();
        return this;
    }

    Path place() {
        return place;
    }

    /**
     * Opens what the folder holds now; the caller closes it.
     *
     * @throws ChiaroException if there is no index, or it was never finished
     */
    DirectoryReader read() {
        try {
            return DirectoryReader.open(directory);
        } catch (IndexNotFoundException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    place + ": expected a finished index, but found none. Write the index again.",
                    e);
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    @Override
    public void close() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        try {
            directory.close();
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    static ChiaroException unreadable(Path place, IOException cause) {
        return ChiaroException.of(
                ChiaroException.Kind.MODEL,
                place + ": expected a readable index, but found " + cause + ". Write the index again.",
                cause);
    }

    /** Says that nothing could be written, whatever broke below. */
    static ChiaroException unwritable(Path place, Exception cause) {
        IOException said = cause instanceof UncheckedIOException unchecked && unchecked.getCause() != null
                ? unchecked.getCause()
                : cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                place + ": expected to write the index, but found: " + AtomicFiles.reason(said)
                        + ". What was there before still stands. Free space or choose another folder.",
                cause);
    }

    static ChiaroException anotherWriter(Path place, Exception cause) {
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                place + ": expected to be the only writer of the index, but found another at work. Wait for its end.",
                cause);
    }

    /** Lets a folder be written to only where nothing else would be lost. */
    static void refuseOtherFiles(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !OWN.matcher(name).matches())
                    .sorted()
                    .findFirst()
                    .ifPresent(name -> {
                        throw ChiaroException.usage(
                                folder + ": expected an empty folder or an index, but found the file " + name
                                        + ". Choose another folder.");
                    });
        } catch (IOException e) {
            throw ChiaroException.usage(
                    folder + ": expected a folder for the index, but found something else. Choose another.");
        }
    }
}
