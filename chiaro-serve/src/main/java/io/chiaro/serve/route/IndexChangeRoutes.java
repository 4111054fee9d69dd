package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.search.IndexForm;
import io.chiaro.search.Language;
import io.chiaro.search.vector.Quantisation;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.List;
import java.util.Locale;

/** Indexes that are made and dropped while others are searched. */
final class IndexChangeRoutes {

    private static final List<String> FORMS = List.of("none", "int8", "binary");
    private static final List<String> ENGINES = List.of("lucene", "jvector");

    private static final Schema WISH = Schema.object(
            Field.of(
                    "name",
                    Schema.string()
                            .says(
                                    "1 to 64 letters, digits, dots, hyphens and underscores, without a dot or a hyphen first or"
                                            + " a dot last, and no device of Windows")),
            Field.optional(
                    "quantise",
                    Schema.oneOf(FORMS.toArray(String[]::new))
                            .says("Compares a byte or a bit a number first and only the best in full; none unless said"
                                    + " otherwise")),
            Field.optional(
                    "engine",
                    Schema.oneOf(ENGINES.toArray(String[]::new))
                            .says("What finds the nearest vectors; lucene unless said otherwise")),
            Field.optional(
                    "language",
                    Schema.oneOf(Language.keys().toArray(String[]::new))
                            .says(
                                    "In which words are compared; english unless said otherwise, any for words as they are")),
            Field.optional(
                    "sparse", Schema.bool().says("Keeps weights of the served sparse encoder beside the vectors")));

    private final ServedIndexes indexes;
    private final IndexChanges changes;
    private final SparseSide sparse;

    IndexChangeRoutes(ServedIndexes indexes, IndexChanges changes, SparseSide sparse) {
        this.indexes = indexes;
        this.changes = changes;
        this.sparse = sparse;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/v1/indexes",
                                Role.ADMIN,
                                "Makes an index without documents, which the served model fills",
                                WISH,
                                IndexEntry.SCHEMA,
                                this::make)
                        .answering(201),
                Route.delete(
                                "/v1/indexes/{name}",
                                Role.ADMIN,
                                "Drops an index with its documents, its map and its snapshots",
                                Schema.object(),
                                this::drop)
                        .answering(204));
    }

    private Response make(Call call) {
        IndexChanges.Wish wish = wish(call);
        try {
            return changes.make(wish, call.due(), made -> Response.json(201, Json.line(IndexEntry.of(made, changes))));
        } catch (ChiaroException e) {
            throw switch (e.kind()) {
                case USAGE -> HttpProblem.of(409, "the folder of indexes holds something of this name already.");
                case RESOURCES -> unwritable();
                case MODEL -> HttpProblem.of(409, "no index can hold vectors as long as those of the served model.");
                default -> e;
            };
        }
    }

    private IndexChanges.Wish wish(Call call) {
        JsonObject body = call.body();
        String name = body.string("name");
        String form = HybridQuery.oneOf(call, body, "quantise", FORMS);
        boolean jvector = HybridQuery.oneOf(call, body, "engine", ENGINES).equals("jvector");
        if (jvector && !form.equals("none")) {
            throw call.unprocessable("expected \"quantise\" without the engine jvector, which has product codes of its"
                    + " own, but found both. Leave one of them out.");
        }
        boolean weighed = body.bool("sparse", false);
        if (weighed && sparse.served().isEmpty()) {
            throw call.unprocessable("expected a served sparse encoder for \"sparse\", but found none. Start the server"
                    + " with --sparse, or leave it out.");
        }
        Quantisation quantisation =
                jvector ? Quantisation.PRODUCT : Quantisation.valueOf(form.toUpperCase(Locale.ROOT));
        Language language = Language.valueOf(
                HybridQuery.oneOf(call, body, "language", Language.keys()).toUpperCase(Locale.ROOT));
        return new IndexChanges.Wish(name, new IndexForm(quantisation, language), weighed);
    }

    private Response drop(Call call) {
        String name = call.variable("name");
        try {
            if (!changes.drop(name, call.due())) {
                throw indexes.unknown(name);
            }
        } catch (ChiaroException e) {
            throw e.kind() == ChiaroException.Kind.RESOURCES ? unwritable() : e;
        }
        return Response.empty(204);
    }

    private static HttpProblem unwritable() {
        return HttpProblem.of(
                        503,
                        "indexes cannot be made or dropped now: another process writes here, or the disk is full or"
                                + " cannot be written. Try again.")
                .with("Retry-After", "1");
    }
}
