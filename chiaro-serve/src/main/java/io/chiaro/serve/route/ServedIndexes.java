package io.chiaro.serve.route;

import io.chiaro.core.Names;
import io.chiaro.search.LiveIndex;
import io.chiaro.serve.http.HttpProblem;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The indexes by their names. Immutable. */
final class ServedIndexes {

    private final Map<String, ServedIndex> indexes = new LinkedHashMap<>();

    ServedIndexes(List<ServedIndex> all) {
        all.forEach(index -> indexes.put(index.name(), index));
    }

    Collection<ServedIndex> all() {
        return indexes.values();
    }

    /** The index that a path names; 404 if there is none. */
    LiveIndex of(Call call) {
        return named(call).index();
    }

    ServedIndex named(Call call) {
        String name = call.variable("name");
        ServedIndex index = indexes.get(name);
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
