package io.chiaro.serve;

import io.chiaro.search.CollectionMap;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.route.IndexChanges.Drawing;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Draws maps of indexes, one at a time and behind the answers, since a large one takes minutes of all processors. A map is kept only if
 * its index is still there. Safe for any thread.
 */
final class MapDrawing {

    /** As {@code chiaro index --map} has it, so that both draw the same map. */
    private static final long SEED = 42;

    private final BiConsumer<String, Throwable> failures;
    private final Set<String> failed = new HashSet<>();
    private @Nullable Work now;
    private boolean closed;

    /**
     * Draws nothing yet.
     *
     * @param failures takes the name of an index whose map could not be drawn, and why
     */
    MapDrawing(BiConsumer<String, Throwable> failures) {
        this.failures = failures;
    }

    /** One that goes on. Computing cannot be broken off, so that it is under way to its end, whoever wants the map by then. */
    private static final class Work {
        private final String name;
        private boolean wanted = true;

        Work(String name) {
            this.name = name;
        }
    }

    /**
     * Begins to draw.
     *
     * @param snapshot of the index, which is closed here
     * @throws HttpProblem if another is under way
     */
    synchronized void begin(String name, Supplier<TextIndex> snapshot) {
        if (now != null) {
            throw HttpProblem.of(
                            429,
                            "expected no map to be under way, but one is being drawn, and the server draws one at a time."
                                    + " Try again.")
                    .with("Retry-After", "5");
        }
        TextIndex index = snapshot.get();
        Work work = new Work(name);
        try {
            Thread thread = new Thread(() -> draw(work, index), "chiaro-map");
            thread.setDaemon(true);
            thread.start();
        } catch (RuntimeException | Error e) { // there may be no room for another thread
            index.close();
            throw e;
        }
        now = work;
        failed.remove(name);
    }

    private void draw(Work work, TextIndex index) {
        Optional<Throwable> failure = Optional.empty();
        try (index) {
            keep(work, index, index.layMap(SEED));
        } catch (RuntimeException | Error e) { // whatever it was, the next may be drawn
            failure = Optional.of(e);
        }
        if (end(work, failure.isPresent())) {
            failure.ifPresent(e -> failures.accept(work.name, e));
        }
    }

    private synchronized void keep(Work work, TextIndex index, CollectionMap map) {
        if (work.wanted && !closed) {
            index.keepMap(map);
        }
    }

    /** Answers whether somebody still wants to know. */
    private synchronized boolean end(Work work, boolean broken) {
        now = null;
        boolean wanted = work.wanted && !closed;
        if (broken && wanted) {
            failed.add(work.name);
        }
        return wanted;
    }

    synchronized Optional<Drawing> of(String name) {
        if (now != null && now.wanted && now.name.equals(name)) {
            return Optional.of(Drawing.UNDER_WAY);
        }
        return failed.contains(name) ? Optional.of(Drawing.FAILED) : Optional.empty();
    }

    /** From then on nothing is kept of a map that was begun under a name. */
    synchronized void forget(String name) {
        failed.remove(name);
        if (now != null && now.name.equals(name)) {
            now.wanted = false;
        }
    }

    /** From then on no map is kept. */
    synchronized void close() {
        closed = true;
    }
}
