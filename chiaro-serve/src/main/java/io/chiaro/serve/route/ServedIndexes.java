package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The indexes by their names. Some come and go while they are served: who goes through them sees one state, and who found one that goes
 * away meanwhile is told that it is gone, whatever broke. Safe for any thread.
 */
public final class ServedIndexes {

    /** Replaced and never changed. */
    private volatile Map<String, ModelIndex> indexes;

    /** Indexes of different names. */
    public ServedIndexes(List<ModelIndex> first) {
        Map<String, ModelIndex> named = new LinkedHashMap<>();
        first.forEach(index -> named.put(index.name(), index));
        this.indexes = Collections.unmodifiableMap(named);
    }

    /** All that are served now. */
    public Collection<ModelIndex> all() {
        return indexes.values();
    }

    /** The index of a name. */
    public Optional<ModelIndex> find(String name) {
        return Optional.ofNullable(indexes.get(name));
    }

    /**
     * Serves one more.
     *
     * @throws IllegalArgumentException if its name is taken
     */
    public synchronized void add(ModelIndex index) {
        Map<String, ModelIndex> more = new LinkedHashMap<>(indexes);
        if (more.put(index.name(), index) != null) {
            throw new IllegalArgumentException("ServedIndexes.add: " + index.name() + " is served already");
        }
        indexes = Collections.unmodifiableMap(more);
    }

    /** Serves an index no longer; it stays open. */
    public synchronized void remove(ModelIndex index) {
        Map<String, ModelIndex> fewer = new LinkedHashMap<>(indexes);
        fewer.values().remove(index);
        indexes = Collections.unmodifiableMap(fewer);
    }

    /** Tells a client what keeps an index from being written; the folder's path is none of its business. */
    static RuntimeException unwritable(ChiaroException e) {
        return switch (e.kind()) {
            case RESOURCES ->
                HttpProblem.of(503, "the index cannot be written now: another process writes it, or its disk is full.")
                        .with("Retry-After", "1");
            case MODEL -> HttpProblem.of(409, "the index was filled by another model since. Reload what is served.");
            default -> e;
        };
    }

    /** Answers what is asked of an index. */
    @FunctionalInterface
    interface Answering {
        Response answer(Call call, ModelIndex index);
    }

    /** Answers about the index that a path names; 404 if there is none, or none any more at the end. */
    Route.Action answered(Answering way) {
        return call -> {
            ModelIndex index = named(call);
            try {
                return way.answer(call, index);
            } catch (RuntimeException e) {
                if (isServed(index)) {
                    throw e;
                }
                throw unknown(index.name());
            }
        };
    }

    /** What each index says of itself, without those that go away meanwhile. */
    <T> List<T> each(Function<ModelIndex, T> saying) {
        List<T> said = new ArrayList<>();
        for (ModelIndex index : all()) {
            try {
                said.add(saying.apply(index));
            } catch (RuntimeException e) {
                if (isServed(index)) {
                    throw e;
                }
            }
        }
        return said;
    }

    private boolean isServed(ModelIndex index) {
        return find(index.name()).filter(now -> now == index).isPresent();
    }

    private ModelIndex named(Call call) {
        String name = call.variable("name");
        return find(name).orElseThrow(() -> unknown(name));
    }

    /** Says that no index has a name. */
    HttpProblem unknown(String name) {
        Map<String, ModelIndex> now = indexes;
        return HttpProblem.of(
                404,
                "expected the name of an index, but found \""
                        + (name.length() > 60 ? name.substring(0, 60) + "..." : name) + "\". "
                        + (now.isEmpty() ? "The server has none." : Names.hint(name, now.keySet())));
    }
}
