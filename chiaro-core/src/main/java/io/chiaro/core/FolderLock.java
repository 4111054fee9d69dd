package io.chiaro.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one change at a time through to the files of a folder, from any thread of any process: who comes later waits. A process that is
 * killed holds nothing. A change must not begin another one of its kind.
 */
public final class FolderLock {

    // A file lock belongs to the process: two threads of one would be refused instead of waiting.
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private FolderLock() {}

    /**
     * Makes a change when nobody else makes one of its kind; the folder is made if missing.
     *
     * @param kind of change, a word: changes of different kinds do not wait for each other
     */
    public static <T> T during(Path folder, String kind, Supplier<T> change) {
        AtomicFiles.createFolder(folder);
        Path file = folder.resolve(kind + ".lock").toAbsolutePath().normalize();
        ReentrantLock threads = THREADS.computeIfAbsent(file, key -> new ReentrantLock());
        threads.lock();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock held = channel.lock();
            T result = change.get();
            held.release();
            return result;
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    file + ": expected a file to lock, but found: " + AtomicFiles.reason(e) + ". Check the folder.",
                    e);
        } finally {
            threads.unlock();
        }
    }
}
