package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.ModelDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An index that is searched while it changes. Who reads takes a snapshot, which stays as it is until it is closed; who
 * writes gets an answer when the change is on the disk, and snapshots taken from then on show it. Changes that come at the
 * same time share a commit.
 *
 * <p>The folder is locked for other writers from the first change until this is closed. Safe for any thread.
 */
public final class LiveIndex implements AutoCloseable {

    private final Path folder;
    private final Object writing = new Object();
    private final Object committing = new Object();
    private final AtomicLong changes = new AtomicLong();
    private long committed;
    private TextIndex current;
    private boolean closed;
    private @Nullable TextIndexWriter writer;

    private LiveIndex(Path folder, TextIndex current) {
        this.folder = folder;
        this.current = current;
    }

    /** Opens an index; errors as of {@link TextIndex#open}. */
    public static LiveIndex open(Path folder) {
        return new LiveIndex(folder, TextIndex.open(folder));
    }

    /**
     * The index as it is now; the caller closes it.
     *
     * @throws IllegalStateException if this is closed
     */
    public synchronized TextIndex snapshot() {
        if (closed) {
            throw new IllegalStateException("LiveIndex.snapshot: " + folder + " was closed");
        }
        return current.share();
    }

    /**
     * Adds documents and replaces those with the same ids; on return all of them are durable and can be found.
     *
     * @param documents ids each once
     * @param vectors one for each, made by the model
     * @param model that made them
     * @throws ChiaroException if it is not the model that filled the index, an id comes twice or is empty or too long; of
     *     kind resources if another writer is at work or the folder cannot be written
     */
    public void write(List<Document> documents, float[][] vectors, ModelDescription model) {
        try {
            TextIndexWriter open = writer(model);
            open.add(documents, vectors);
            commit(open);
        } catch (ChiaroException e) {
            giveUpBroken(e);
            throw e;
        }
    }

    /**
     * Deletes a document; on return that is durable and it can be found no more.
     *
     * @return whether it was there
     * @throws ChiaroException as {@link #write}
     */
    public boolean delete(String id, ModelDescription model) {
        try (TextIndex before = snapshot()) {
            if (before.find(id).isEmpty()) {
                return false;
            }
            TextIndexWriter open = writer(model);
            open.delete(List.of(id));
            commit(open);
            return true;
        } catch (ChiaroException e) {
            giveUpBroken(e);
            throw e;
        }
    }

    private TextIndexWriter writer(ModelDescription model) {
        synchronized (writing) {
            if (writer == null) {
                writer = TextIndexWriter.open(folder, model);
            }
            return writer;
        }
    }

    /** Who comes first commits for all who added before; those find it done. */
    private void commit(TextIndexWriter open) {
        long mine = changes.incrementAndGet();
        synchronized (committing) {
            if (committed >= mine) {
                return;
            }
            long all = changes.get();
            open.commit();
            refresh();
            committed = all;
        }
    }

    /** Shows what the folder holds now, whoever wrote it. */
    public synchronized void refresh() {
        Optional<TextIndex> newer = closed ? Optional.empty() : current.newer();
        if (newer.isPresent()) {
            TextIndex old = current;
            current = newer.get();
            old.close();
        }
    }

    /** A writer that failed to write may write no more; the next change opens another. */
    private void giveUpBroken(ChiaroException cause) {
        if (cause.kind() == ChiaroException.Kind.RESOURCES) {
            closeWriter();
        }
    }

    private void closeWriter() {
        synchronized (writing) {
            if (writer != null) {
                TextIndexWriter old = writer;
                writer = null;
                old.close();
            }
        }
    }

    /** Closes it for writing and for those who have no snapshot yet. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            current.close();
        }
        closeWriter();
    }
}
