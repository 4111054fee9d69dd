package io.chiaro.serve.key;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a file as they are now: a key that was added or revoked while the server runs counts from the next request on.
 * Safe for any thread.
 */
public final class KeyRing {

    private final Path path;
    private KeyFile file;
    private State state;

    /** What of a file changes when it is replaced, or when others are let at it. */
    private record State(@Nullable Object file, FileTime modified, Object changed, long size) {}

    private KeyRing(Path path, State state, KeyFile file) {
        this.path = path;
        this.state = state;
        this.file = file;
    }

    /** Reads a file; errors as of {@link KeyFile#open}. */
    public static KeyRing open(Path path) {
        State before = state(path); // a change while it is read is then seen later
        return new KeyRing(path, before, KeyFile.open(path));
    }

    /**
     * The key that a client sent, if it is valid now.
     *
     * @throws ChiaroException if the file can no longer be read; nobody is let in then
     */
    public synchronized Optional<StoredKey> check(String text) {
        State now = state(path);
        if (!now.equals(state)) {
            file = KeyFile.open(path);
            state = now;
        }
        return file.check(text);
    }

    private static State state(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Object changed = path.getFileSystem().supportedFileAttributeViews().contains("unix")
                    ? Files.getAttribute(path, "unix:ctime")
                    : attributes.lastModifiedTime();
            return new State(attributes.fileKey(), attributes.lastModifiedTime(), changed, attributes.size());
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.DATA,
                    path.toAbsolutePath() + ": expected the file of keys, but found: " + AtomicFiles.reason(e) + ".",
                    e);
        }
    }
}
