package io.chiaro.core;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes files that are either old or new, never half. The content goes to a temporary file in the same directory, is
 * forced to the disk and renamed over the target in one step. A full disk, a kill or an error of the writer leaves the
 * old file as it was; short of a kill, no temporary file stays behind either.
 *
 * <p>Safe for use by several threads; of two writers of one path the later rename wins.
 */
public final class AtomicFiles {

    private static final AtomicLong COUNTER = new AtomicLong();
    private static final int BUFFER = 1 << 16;
    private static final Set<StandardOpenOption> NEW =
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private AtomicFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to the stream, which the caller closes. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes bytes. */
    public static void write(Path path, byte[] bytes) {
        write(path, out -> out.write(bytes));
    }

    /** Writes text as UTF-8. */
    public static void write(Path path, String text) {
        write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes what the callback writes; the stream is buffered. Missing parent directories are made.
     *
     * @throws ChiaroException of kind resources, naming the path, if the file cannot be written; what the callback
     *     throws unchecked passes through
     */
    public static void write(Path path, Content content) {
        write(path, content, new FileAttribute<?>[0]);
    }

    /**
     * Writes text as UTF-8 into a file that nobody but its owner may read or write, at no moment; where the file system knows
     * no such permissions, as {@link #write(Path, String)}.
     */
    public static void writePrivate(Path path, String text) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        write(
                path,
                out -> out.write(text.getBytes(StandardCharsets.UTF_8)),
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0]);
    }

    private static void write(Path path, Content content, FileAttribute<?>[] attributes) {
        Path target = path.toAbsolutePath();
        Path directory = target.getParent();
        Path name = target.getFileName();
        if (directory == null || name == null) {
            throw new IllegalArgumentException("AtomicFiles: " + path + " is not the path of a file");
        }
        Path temporary = null;
        try {
            Files.createDirectories(directory);
            if (Files.isDirectory(target)) {
                throw new FileAlreadyExistsException(target.toString(), null, "a directory of that name exists");
            }
            temporary = directory.resolve(
                    "." + name + "." + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".tmp");
            try (FileChannel channel = FileChannel.open(temporary, NEW, attributes)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            temporary = null;
            forceDirectory(directory);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    target + ": expected to write the file, but found: " + reason(e)
                            + ". What stood there before is unchanged; free space or choose another place.",
                    e);
        } finally {
            delete(temporary);
        }
    }

    /**
     * Makes a folder and its parents; one that is there stays as it is.
     *
     * @throws ChiaroException of kind resources, naming the path, if it cannot be made
     */
    public static void createFolder(Path folder) {
        Path place = folder.toAbsolutePath();
        try {
            Files.createDirectories(place);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    place + ": expected a folder or a place for one, but found: " + reason(e)
                            + ". Choose another place.",
                    e);
        }
    }

    // A rename is durable only once its directory is; some platforms cannot open a directory, and then need no force.
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // The file itself is on the disk and in its place.
        }
    }

    private static void delete(@Nullable Path temporary) {
        if (temporary == null) {
            return;
        }
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException ignored) {
            // The first error is the one to tell.
        }
    }

    /** The reason of an I/O error in words, without the path that the sentence already names. */
    public static String reason(IOException e) {
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "access denied";
        }
        if (e instanceof FileAlreadyExistsException exists && exists.getReason() == null) {
            return "a file of that name exists";
        }
        String text = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getMessage();
        return text == null ? e.getClass().getSimpleName() : text;
    }
}
