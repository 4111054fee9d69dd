package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.search.SavedSnapshot;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Copies of an index in the folder {@code snapshots} below its own, for a backup while it is read and written. */
final class SnapshotRoutes {

    private static final Schema SNAPSHOT = Schema.object(
            Field.of("name", Schema.string()),
            Field.of("documents", Schema.integer(0)),
            Field.of("bytes", Schema.integer(0)),
            Field.of("taken", Schema.string().says("In UTC (ISO 8601)")));

    private final ServedIndexes indexes;

    SnapshotRoutes(ServedIndexes indexes) {
        this.indexes = indexes;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/v1/indexes/{name}/snapshots",
                        Role.READ,
                        "Lists the snapshots of an index",
                        Schema.object(
                                Field.of("object", Schema.oneOf("list")), Field.of("data", Schema.list(SNAPSHOT))),
                        indexes.answered(this::list)),
                Route.post(
                        "/v1/indexes/{name}/snapshots",
                        Role.ADMIN,
                        "Copies an index as its last commit left it; the answer comes when the copy is on the disk",
                        Schema.object(Field.of(
                                "name",
                                Schema.string()
                                        .says("1 to 64 letters, digits, dots, hyphens and underscores, without a dot or"
                                                + " a hyphen first or a dot last"))),
                        SNAPSHOT,
                        indexes.answered(this::save)),
                Route.delete(
                        "/v1/indexes/{name}/snapshots/{snapshot}",
                        Role.ADMIN,
                        "Removes a snapshot",
                        Schema.object(Field.of("deleted", Schema.integer(1))),
                        indexes.answered(this::remove)));
    }

    private Response list(Call call, ModelIndex named) {
        List<Map<String, Object>> all =
                named.index().saved().stream().map(SnapshotRoutes::plain).toList();
        return Response.json(200, Json.line(OpenAiRoutes.ordered("object", "list", "data", all)));
    }

    private Response save(Call call, ModelIndex named) {
        String name = call.body().string("name");
        try {
            SavedSnapshot saved = call.timed(
                    "snapshot", () -> named.index().save(name, named.model().description()));
            return Response.json(200, Json.line(plain(saved)));
        } catch (ChiaroException e) {
            if (e.kind() == ChiaroException.Kind.USAGE) {
                throw HttpProblem.of(409, "a snapshot of this name is there already. Choose another, or delete it.");
            }
            throw ServedIndexes.unwritable(e);
        }
    }

    private Response remove(Call call, ModelIndex named) {
        try {
            if (!named.index().removeSaved(call.variable("snapshot"))) {
                throw HttpProblem.of(404, "the index has no snapshot of this name.");
            }
        } catch (ChiaroException e) {
            throw ServedIndexes.unwritable(e);
        }
        return Response.json(200, Json.line(Map.of("deleted", 1)));
    }

    private static Map<String, Object> plain(SavedSnapshot saved) {
        return OpenAiRoutes.ordered(
                "name",
                saved.name(),
                "documents",
                saved.documents(),
                "bytes",
                saved.bytes(),
                "taken",
                saved.taken().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
