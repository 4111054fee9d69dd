package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.serve.http.HttpProblem;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The indexes by their names. Immutable. */
final class ServedIndexes {

    private final Map<String, ModelIndex> indexes = new LinkedHashMap<>();

    ServedIndexes(List<ModelIndex> all) {
        all.forEach(index -> indexes.put(index.name(), index));
    }

    Collection<ModelIndex> all() {
        return indexes.values();
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

    /** The index that a path names; 404 if there is none. */
    ModelIndex named(Call call) {
        String name = call.variable("name");
        ModelIndex index = indexes.get(name);
        if (index == null) {
            throw HttpProblem.of(
                    404,
                    "expected the name of an index, but found \""
                            + (name.length() > 60 ? name.substring(0, 60) + "..." : name) + "\". "
                            + (indexes.isEmpty()
                                    ? "The server was started without any."
                                    : Names.hint(name, indexes.keySet())));
        }
        return index;
    }
}
