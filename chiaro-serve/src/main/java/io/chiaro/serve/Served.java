package io.chiaro.serve;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.IndexShelf;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.route.IndexChanges;
import io.chiaro.serve.route.ModelIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is served now, and the indexes that come and go in it. An index is made in what is served now and dropped in all that still has
 * requests, so that it does not matter which of them a request began with; that no exchange comes between is what the lock is for. Safe
 * for any thread.
 */
final class Served implements IndexChanges {

    private final Optional<IndexShelf> shelf;
    private final Consumer<String> warnings;
    private final MapDrawing maps;
    private final ReentrantLock changing = new ReentrantLock();
    private final Set<Generation> alive = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Generation current;
    private boolean closed;

    /**
     * Serves nothing yet.
     *
     * @param shelf where indexes are made and dropped
     * @param warnings takes what is wrong with an index that can be served all the same
     * @param failures takes the name of an index whose map could not be drawn, and why
     */
    Served(Optional<IndexShelf> shelf, Consumer<String> warnings, BiConsumer<String, Throwable> failures) {
        this.shelf = shelf;
        this.warnings = warnings;
        this.maps = new MapDrawing(failures);
    }

    Generation current() {
        return Objects.requireNonNull(current, "Served: nothing was put in place");
    }

    /**
     * Serves a generation in place of the one before, if there was one, with the indexes that the folder has now.
     *
     * @throws ChiaroException if one of them cannot be served; then nothing has changed, and what was opened is closed
     */
    void put(Generation next) {
        changing.lock();
        try {
            alive.add(next);
            try {
                refuseClosed();
                shelf.ifPresent(place -> fill(next, place));
            } catch (RuntimeException | Error e) {
                next.retire();
                throw e;
            }
            Generation before = current;
            current = next;
            if (before != null) {
                before.retire();
            }
        } finally {
            changing.unlock();
        }
    }

    private void fill(Generation next, IndexShelf place) {
        place.sweep();
        for (String name : place.names()) {
            if (next.indexes().find(name).isPresent()) {
                throw ChiaroException.usage("serve: expected indexes of different names, but \"" + name
                        + "\" is in the folder of --indexes and named beside it. Rename one, or leave out --index for"
                        + " what lies in that folder.");
            }
            LiveIndex index = place.index(name);
            try {
                refuseOther(index, next.content().model());
                try (TextIndex snapshot = index.snapshot()) {
                    snapshot.graphs().faults().forEach(warnings);
                }
            } catch (RuntimeException | Error e) {
                index.close();
                throw e;
            }
            next.indexes().add(new ModelIndex(name, index, next.model(), true));
        }
    }

    /** Refuses an index that another model filled, or the same with other prompts. */
    static void refuseOther(LiveIndex index, TokenEmbedder model) {
        // A ranker is only given out for the model that filled the index, with the same prompts.
        try (TextIndex snapshot = index.snapshot()) {
            snapshot.ranker(model).close();
        }
    }

    /** Called when a generation is closed: no request has it any more. */
    void ended(Generation generation) {
        alive.remove(generation);
    }

    @Override
    public <T> T make(Wish wish, long due, Function<ModelIndex, T> said) {
        IndexShelf place = shelf.orElseThrow(() -> HttpProblem.of(
                409,
                "expected a folder to make indexes in, but the server was started without. Start it with --indexes"
                        + " FOLDER."));
        return changed(due, () -> {
            Generation now = current();
            if (now.indexes().find(wish.name()).isPresent()) {
                throw HttpProblem.of(409, "an index of this name is served already. Choose another, or drop it.");
            }
            if (now.indexes().all().size() >= MOST_INDEXES) {
                throw HttpProblem.of(
                        409, "expected at most " + MOST_INDEXES + " indexes, but as many are served. Drop one.");
            }
            Optional<TokenSparseEmbedder> sparse =
                    wish.weighed() ? now.content().sparse() : Optional.empty();
            LiveIndex index = place.make(wish.name(), now.content().model(), sparse, wish.form());
            ModelIndex made = new ModelIndex(wish.name(), index, now.model(), true);
            now.indexes().add(made);
            // While nobody can drop it.
            return said.apply(made);
        });
    }

    @Override
    public boolean drop(String name, long due) {
        return changed(due, () -> {
            Generation now = current();
            Optional<ModelIndex> found = now.indexes().find(name);
            if (found.isEmpty()) {
                return false;
            }
            if (!found.get().droppable() || shelf.isEmpty()) {
                throw HttpProblem.of(
                        409,
                        "expected an index of the folder of --indexes, but this one was named when the server was started,"
                                + " which serves it and does not own it. Start the server without it.");
            }
            drop(name, now, shelf.get());
            return true;
        });
    }

    private void drop(String name, Generation now, IndexShelf place) {
        List<ModelIndex> dropped = new ArrayList<>();
        for (Generation one : alive) {
            one.indexes().find(name).filter(ModelIndex::droppable).ifPresent(index -> {
                // First out of sight, so that whatever breaks from here on is told as gone.
                one.indexes().remove(index);
                dropped.add(index);
            });
        }
        try {
            // Then nobody writes into the folder any more, and whoever wanted to begin a map finds it closed.
            dropped.forEach(index -> index.index().close());
            maps.forget(name);
            place.drop(name);
        } catch (ChiaroException e) {
            reopen(name, now, place, e);
            throw e;
        }
    }

    /** What could not be dropped is served on. */
    private static void reopen(String name, Generation now, IndexShelf place, ChiaroException why) {
        try {
            now.indexes().add(new ModelIndex(name, place.index(name), now.model(), true));
        } catch (ChiaroException gone) {
            why.addSuppressed(gone);
        }
    }

    @Override
    public void draw(ModelIndex index) {
        maps.begin(index.name(), index.index()::snapshot);
    }

    @Override
    public Optional<Drawing> drawing(ModelIndex index) {
        return maps.of(index.name());
    }

    /** Makes a change when its turn comes. */
    private <T> T changed(long due, Supplier<T> change) {
        boolean mine;
        try {
            mine = changing.tryLock(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stops();
        }
        if (!mine) {
            throw HttpProblem.of(
                            504,
                            "expected its turn before the deadline, but other changes to what is served took longer.")
                    .with("Retry-After", "1");
        }
        try {
            refuseClosed();
            return change.get();
        } finally {
            changing.unlock();
        }
    }

    private void refuseClosed() {
        if (closed) {
            throw stops();
        }
    }

    private static HttpProblem stops() {
        return HttpProblem.of(503, "the server stops.");
    }

    /** Serves no more; what is served is closed after the last request. */
    void close() {
        maps.close();
        changing.lock();
        try {
            closed = true;
            current().retire();
        } finally {
            changing.unlock();
        }
    }
}
