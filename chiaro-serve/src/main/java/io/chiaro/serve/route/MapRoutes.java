package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.search.CollectionMap;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The maps that were drawn of indexes, and the wish for one. */
final class MapRoutes {

    private static final Schema NUMBERS = Schema.list(Schema.integer(0));

    private static final Schema MAP = Schema.object(
            Field.of("stale", Schema.bool().says("Whether the index has changed since the map was made")),
            Field.of("gone", Schema.integer(0).says("Documents that the map showed and the index holds no longer")),
            Field.of("documents", Schema.integer(0).says("How many the index held then")),
            Field.of("ids", Schema.list(Schema.string())),
            Field.of("labels", Schema.list(Schema.string()).says("How the text of each begins")),
            Field.of("x", NUMBERS),
            Field.of("y", NUMBERS),
            Field.of(
                    "fields",
                    Schema.list(Schema.object(
                                    Field.of("name", Schema.string()),
                                    Field.of("values", Schema.list(Schema.string())),
                                    Field.of("codes", Schema.list(Schema.integer(-1)))))
                            .says("Metadata of few values; a code is the place of a document's value, -1 for none")));

    private final ServedIndexes indexes;
    private final IndexChanges changes;

    /** The answer of each index that was asked for: a map has megabytes, and is drawn seldom and looked at often. */
    private final Map<String, Kept> kept = new HashMap<>();

    private record Kept(String version, Response answer) {}

    MapRoutes(ServedIndexes indexes, IndexChanges changes) {
        this.indexes = indexes;
        this.changes = changes;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/v1/indexes/{name}/map",
                        Role.READ,
                        "The collection in a plane, near documents near each other",
                        MAP,
                        indexes.answered(this::map)),
                Route.post(
                                "/v1/indexes/{name}/map",
                                Role.WRITE,
                                "Begins to draw the map of an index as it stands; the index says when it is there",
                                IndexEntry.SCHEMA,
                                indexes.answered(this::draw))
                        .answering(202));
    }

    private Response draw(Call call, ModelIndex served) {
        changes.draw(served);
        return Response.json(202, Json.line(IndexEntry.of(served, changes)));
    }

    private Response map(Call call, ModelIndex served) {
        try (TextIndex index = served.index().snapshot()) {
            String version = index.mapVersion().orElseThrow(MapRoutes::noMap);
            // One at a time: a map that many ask for at once is read once.
            synchronized (kept) {
                Kept known = kept.get(served.name());
                if (known == null || !known.version().equals(version)) {
                    // Nobody asks any more for those of indexes that were dropped.
                    kept.keySet().removeIf(name -> indexes.find(name).isEmpty());
                    known = new Kept(version, answer(index));
                    kept.put(served.name(), known);
                }
                return known.answer();
            }
        }
    }

    private static Response answer(TextIndex index) {
        CollectionMap map = index.map().orElseThrow(MapRoutes::noMap);
        boolean stale = !index.isOf(map);
        // Nobody who deleted a document expects to find how it begins.
        Set<String> gone = stale ? index.missing(map.ids()) : Set.of();
        Map<String, Object> answer = OpenAiRoutes.ordered("stale", stale, "gone", gone.size());
        answer.putAll(map.without(gone).plain());
        return Response.json(200, Json.line(answer));
    }

    private static HttpProblem noMap() {
        return HttpProblem.of(
                404, "the index has no map. POST at the same path draws one, as does chiaro index --into DIR --map.");
    }
}
