package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import io.chiaro.search.IndexDescription;
import io.chiaro.search.TextHit;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Searching in indexes that the served model filled. They are read only. */
final class IndexRoutes {

    private static final int DEFAULT_HITS = 10;

    private static final Schema INDEX = Schema.object(
            Field.of("name", Schema.string()),
            Field.of("documents", Schema.integer(0)),
            Field.of("model", Schema.string()),
            Field.of("model_hash", Schema.string()),
            Field.of("dimension", Schema.integer(1)),
            Field.of("engine", Schema.oneOf("exact", "hnsw")));

    private static final Schema SEARCH = Schema.object(
            Field.of("query", Schema.string()),
            Field.optional("k", Schema.integer(1).says("Most hits; " + DEFAULT_HITS + " unless said otherwise")));

    private static final Schema HITS = Schema.object(Field.of(
            "hits",
            Schema.list(Schema.object(
                    Field.of("id", Schema.string()),
                    Field.of("score", Schema.number().says("The cosine with the query")),
                    Field.of("text", Schema.string())))));

    private final ServedModel model;
    private final Map<String, ServedIndex> indexes = new LinkedHashMap<>();

    IndexRoutes(ServedModel model, List<ServedIndex> indexes) {
        this.model = model;
        indexes.forEach(index -> this.indexes.put(index.name(), index));
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/v1/indexes",
                        Role.READ,
                        "Lists the indexes",
                        Schema.object(Field.of("object", Schema.oneOf("list")), Field.of("data", Schema.list(INDEX))),
                        call -> Response.json(
                                200,
                                Json.line(OpenAiRoutes.ordered(
                                        "object",
                                        "list",
                                        "data",
                                        indexes.values().stream()
                                                .map(IndexRoutes::entry)
                                                .toList())))),
                Route.get(
                        "/v1/indexes/{name}",
                        Role.READ,
                        "Says of an index",
                        INDEX,
                        call -> Response.json(200, Json.line(entry(index(call))))),
                Route.post(
                        "/v1/indexes/{name}/search",
                        Role.READ,
                        "Finds the texts nearest to a query",
                        SEARCH,
                        HITS,
                        this::search));
    }

    private static Map<String, Object> entry(ServedIndex served) {
        IndexDescription description = served.index().description();
        return OpenAiRoutes.ordered(
                "name",
                served.name(),
                "documents",
                description.documents(),
                "model",
                ServedModel.shortName(description.modelName()),
                "model_hash",
                description.modelHash(),
                "dimension",
                description.dimension(),
                "engine",
                description.engine().name().toLowerCase(Locale.ROOT));
    }

    private ServedIndex index(Call call) {
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

    private Response search(Call call) {
        ServedIndex served = index(call);
        JsonObject body = call.body();
        String query = Texts.checked(call, body.string("query"), "query", model.limits());
        if (query.isBlank()) {
            throw call.unprocessable("expected a text at \"query\", but found an empty one.");
        }
        int most = model.limits().hits();
        int k = body.integer("k", DEFAULT_HITS);
        if (k < 1 || k > most) {
            throw call.unprocessable("expected 1 to " + most + " at \"k\", but found " + k + ".");
        }
        float[][] vectors = model.embed(
                call, List.of(query), model.queryPrompt(), model.limits().truncates());
        List<TextHit> hits = served.index().search(vectors[0], k);
        return Response.json(200, Json.line(Map.of("hits", hits)));
    }
}
