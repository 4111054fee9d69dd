package io.chiaro.search;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.Document;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.SparseVector;
import io.chiaro.search.filter.Filter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
    private final IndexSnapshots saved;
    private final Object opening = new Object();
    private TextIndex current;
    private boolean closed;
    private @Nullable Writing writing;

    private LiveIndex(Path folder, TextIndex current) {
        this.folder = folder;
        this.saved = new IndexSnapshots(folder);
        this.current = current;
    }

    /** Opens an index; errors as of {@link TextIndex#open}. */
    public static LiveIndex open(Path folder) {
        return new LiveIndex(folder, TextIndex.open(folder));
    }

    /**
     * Opens an index for a model, or begins one where the folder is missing or empty.
     *
     * @throws ChiaroException if another model filled it, the folder holds something else or cannot be written
     */
    public static LiveIndex open(Path folder, ModelDescription model) {
        if (!IndexFolder.hasIndex(folder)) {
            try (TextIndexWriter writer = TextIndexWriter.open(folder, model)) {
                writer.commit();
            }
        }
        TextIndex found = TextIndex.open(folder);
        try {
            found.description().refuseOther(folder.toAbsolutePath().toString(), "documents", model);
        } catch (ChiaroException e) {
            found.close();
            throw e;
        }
        return new LiveIndex(folder, found);
    }

    /**
     * The index as it is now; the caller closes it.
     *
     * @throws IllegalStateException if this is closed
     */
    public synchronized TextIndex snapshot() {
        refuseClosed();
        return current.share();
    }

    private synchronized void refuseClosed() {
        if (closed) {
            throw new IllegalStateException("LiveIndex: " + folder + " was closed");
        }
    }

    /** A writer and how far what it was given is committed. */
    private static final class Writing {
        private final TextIndexWriter writer;
        private final AtomicLong changes = new AtomicLong();
        private long committed;

        Writing(TextIndexWriter writer) {
            this.writer = writer;
        }
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
        change(model, writer -> writer.add(documents, vectors));
    }

    /**
     * The same with sparse vectors, which an index has of each document or of none.
     *
     * @param weights one for each document, made by the sparse model
     * @param sparse that made them
     * @throws ChiaroException as above, and if the index has no sparse vectors or those of another model
     */
    public void write(
            List<Document> documents,
            float[][] vectors,
            ModelDescription model,
            List<SparseVector> weights,
            ModelDescription sparse) {
        change(model, writer -> {
            writer.refuseOtherSparse(sparse);
            writer.add(documents, vectors, Optional.of(weights));
        });
    }

    /**
     * Deletes documents; on return that is durable and they can be found no more.
     *
     * @param ids each once
     * @return how many of them were there
     * @throws ChiaroException as {@link #write}
     */
    public int delete(Collection<String> ids, ModelDescription model) {
        List<String> there;
        try (TextIndex before = snapshot()) {
            there = ids.stream().filter(id -> before.find(id).isPresent()).toList();
        }
        if (!there.isEmpty()) {
            change(model, writer -> writer.delete(there));
        }
        return there.size();
    }

    /**
     * Deletes the documents that meet a filter; on return that is durable and they can be found no more.
     *
     * @return how many were there, as of {@link TextIndexWriter#delete(Filter)}
     * @throws ChiaroException as {@link #write}, and of kind data if the filter names metadata that no document has
     */
    public int delete(Filter filter, ModelDescription model) {
        AtomicInteger there = new AtomicInteger();
        change(model, writer -> there.set(writer.delete(filter)));
        return there.get();
    }

    private void change(ModelDescription model, Consumer<TextIndexWriter> change) {
        Writing open = writing(model);
        try {
            change.accept(open.writer);
            commit(open);
        } catch (ChiaroException e) {
            if (e.kind() == ChiaroException.Kind.RESOURCES) {
                giveUp(open);
            }
            throw e;
        } catch (RuntimeException | Error e) {
            // What broke off may have changed a part, which the next commit must not make durable.
            giveUp(open);
            throw e;
        }
    }

    private Writing writing(ModelDescription model) {
        synchronized (opening) {
            refuseClosed();
            if (writing == null) {
                writing = new Writing(TextIndexWriter.open(folder, model));
            }
            writing.writer.refuseOther(model);
            return writing;
        }
    }

    /** Who comes first commits for all who changed something before; those find it done. */
    private void commit(Writing open) {
        long mine = open.changes.incrementAndGet();
        synchronized (open) {
            if (open.committed < mine) {
                long all = open.changes.get();
                open.writer.commit();
                refresh();
                open.committed = all;
            }
        }
    }

    /**
     * Shows what the folder holds now, whoever wrote it.
     *
     * @return whether that is another state than before
     */
    public synchronized boolean refresh() {
        Optional<TextIndex> newer = closed ? Optional.empty() : current.newer();
        newer.ifPresent(this::show);
        return newer.isPresent();
    }

    /**
     * The same, as long as it is still the index of a model.
     *
     * @throws ChiaroException of kind model if another model has filled the folder since, and if it cannot be read; then the state
     *     before is shown on
     */
    public synchronized boolean refresh(ModelDescription model) {
        Optional<TextIndex> newer = closed ? Optional.empty() : current.newer();
        newer.ifPresent(next -> {
            try {
                next.description().refuseOther(folder.toAbsolutePath().toString(), "documents", model);
            } catch (ChiaroException e) {
                next.close();
                throw e;
            }
            show(next);
        });
        return newer.isPresent();
    }

    private void show(TextIndex next) {
        TextIndex old = current;
        current = next;
        old.close();
    }

    /**
     * Copies the index as its last commit left it into the folder {@code snapshots/NAME} below its own, while others go on to read and
     * write: what was answered before is in it. The copy is an index itself, and is there when it is whole and on the disk, or not at
     * all. From then on this holds the folder's lock, as after a change.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores, without a dot or a hyphen first or a dot last
     * @param model that filled the index
     * @throws ChiaroException of kind data for another name, of kind usage if the name is taken, and as {@link #write}
     */
    public SavedSnapshot save(String name, ModelDescription model) {
        synchronized (saved) {
            // Here and not only where it is copied: the folder of one that was closed may be somebody else's by now.
            refuseClosed();
            return saved.save(name, copy -> writing(model).writer.copy(copy));
        }
    }

    /** The saved snapshots, in the order of their names. */
    public List<SavedSnapshot> saved() {
        return saved.all();
    }

    /**
     * Removes a saved snapshot.
     *
     * @return whether it was there
     * @throws ChiaroException of kind data if that is no name of one, of kind resources if it cannot be removed
     */
    public boolean removeSaved(String name) {
        synchronized (saved) {
            refuseClosed();
            return saved.remove(name);
        }
    }

    /** A writer that failed may be able to write no more, or hold half a change; the next change opens another. */
    private void giveUp(Writing broken) {
        synchronized (opening) {
            if (writing == broken) {
                writing = null;
                broken.writer.close();
            }
        }
    }

    /**
     * Closes it for writing and for those who have no snapshot yet. A copy that is under way ends first; from then on nothing is written
     * into the folder, not by those either who came before.
     */
    @Override
    public void close() {
        synchronized (saved) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                current.close();
            }
        }
        synchronized (opening) {
            if (writing != null) {
                writing.writer.close();
                writing = null;
            }
        }
    }
}
