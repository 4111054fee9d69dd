package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import io.chiaro.search.Fusion;
import io.chiaro.search.HybridRanker;
import io.chiaro.search.IndexDescription;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Searching in indexes that the served model filled. Each request sees one snapshot. */
final class IndexRoutes {

    private static final int DEFAULT_HITS = 10;

    /** A search by words takes time for each word, and the model's limit does not hold them. */
    private static final int LONGEST_QUERY = 10_000;

    private static final int MOST_FACETS = 16;
    private static final int FACET_VALUES = 20;
    private static final int PASSAGES = 3;

    private static final Schema INDEX = Schema.object(
            Field.of("name", Schema.string()),
            Field.of("documents", Schema.integer(0)),
            Field.of("model", Schema.string()),
            Field.of("model_hash", Schema.string()),
            Field.of("dimension", Schema.integer(1)),
            Field.of("engine", Schema.oneOf("exact", "codes", "hnsw")),
            Field.of("quantisation", Schema.oneOf("none", "int8", "binary")));

    private static final Schema SEARCH = Schema.object(
            Field.of("query", Schema.string()),
            Field.optional("k", Schema.integer(1).says("Most hits; " + DEFAULT_HITS + " unless said otherwise")),
            Field.optional(
                    "by",
                    Schema.oneOf("vectors", "words", "hybrid")
                            .says("Compares vectors, words by BM25, or both; vectors unless said otherwise")),
            Field.optional(
                    "fusion",
                    Schema.oneOf("scores", "ranks")
                            .says("How hybrid search makes one ranking of two; scores unless said otherwise")),
            Field.optional(
                    "vector_weight",
                    Schema.number()
                            .says("In hybrid search, the share of the vectors, 0 to 1; 0.5 unless said otherwise")),
            Field.optional(
                    "filter",
                    Schema.object()
                            .says(
                                    "What the metadata of a hit must meet: {\"field\", \"equal\" | \"one_of\" | \"at_least\" |"
                                            + " \"above\" | \"at_most\" | \"below\"}, or {\"and\": [...]}, {\"or\": [...]}, {\"not\":"
                                            + " {...}} of such")),
            Field.optional(
                    "facets",
                    Schema.list(Schema.string())
                            .says(
                                    "Names of metadata whose values are counted: by words over the documents with a word of"
                                            + " the query, else over all that meet the filter")),
            Field.optional(
                    "highlight", Schema.bool().says("Gives the sentences of each hit that have words of the query")));

    private static final Schema PASSAGE = Schema.object(Field.of(
            "pieces", Schema.list(Schema.object(Field.of("text", Schema.string()), Field.of("match", Schema.bool())))));

    private static final Schema HITS = Schema.object(
            Field.of(
                    "hits",
                    Schema.list(Schema.object(
                            Field.of("id", Schema.string()),
                            Field.of(
                                    "score", Schema.number().says("The cosine, the BM25 score, or that of the fusion")),
                            Field.of("text", Schema.string()),
                            Field.optional("metadata", Schema.object()),
                            Field.optional("passages", Schema.list(PASSAGE))))),
            Field.optional(
                    "facets",
                    Schema.object()
                            .says("Under each name a list of {\"value\", \"documents\"}, the most frequent first")));

    private final ServedModel model;
    private final ServedIndexes indexes;

    IndexRoutes(ServedModel model, ServedIndexes indexes) {
        this.model = model;
        this.indexes = indexes;
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
                                        indexes.all().stream()
                                                .map(IndexRoutes::entry)
                                                .toList())))),
                Route.get(
                        "/v1/indexes/{name}",
                        Role.READ,
                        "Says of an index",
                        INDEX,
                        call -> Response.json(200, Json.line(entry(indexes.named(call))))),
                Route.post(
                        "/v1/indexes/{name}/search",
                        Role.READ,
                        "Finds the texts nearest to a query, by vectors, words or both",
                        SEARCH,
                        HITS,
                        this::search));
    }

    private static Map<String, Object> entry(ServedIndex served) {
        IndexDescription description;
        try (TextIndex snapshot = served.index().snapshot()) {
            description = snapshot.description();
        }
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
                description.engine().name().toLowerCase(Locale.ROOT),
                "quantisation",
                description.quantisation().word());
    }

    private Response search(Call call) {
        LiveIndex served = indexes.of(call);
        JsonObject body = call.body();
        String query = body.string("query");
        if (query.length() > LONGEST_QUERY) {
            throw HttpProblem.of(
                    413,
                    "expected a query of at most " + LONGEST_QUERY + " characters, but found " + query.length() + ".");
        }
        if (query.isBlank()) {
            throw call.unprocessable("expected a text at \"query\", but found an empty one.");
        }
        int most = model.limits().hits();
        int k = body.integer("k", DEFAULT_HITS);
        if (k < 1 || k > most) {
            throw call.unprocessable("expected 1 to " + most + " at \"k\", but found " + k + ".");
        }
        Filter filter = body.has("filter") ? Filter.from(body.object("filter")) : Filter.EVERYTHING;
        List<String> facets = facets(call, body);
        boolean highlights = body.bool("highlight", false);
        try (TextIndex whole = served.snapshot();
                TextIndex index = whole.where(filter)) {
            List<Object> hits = new ArrayList<>();
            for (TextHit hit : hits(call, index, body, query, k)) {
                Map<String, Object> plain = hit.plain();
                if (highlights) {
                    plain.put("passages", index.passages(query, hit.text(), PASSAGES));
                }
                hits.add(plain);
            }
            Map<String, Object> answer = OpenAiRoutes.ordered("hits", hits);
            if (!facets.isEmpty()) {
                Optional<String> counted =
                        body.string("by", "vectors").equals("words") ? Optional.of(query) : Optional.empty();
                answer.put("facets", index.facets(counted, facets, FACET_VALUES));
            }
            return Response.json(200, Json.line(answer));
        }
    }

    private static List<String> facets(Call call, JsonObject body) {
        List<String> names = body.strings("facets", List.of());
        if (names.size() > MOST_FACETS) {
            throw call.unprocessable(
                    "expected at most " + MOST_FACETS + " names at \"facets\", but found " + names.size() + ".");
        }
        return names;
    }

    private List<TextHit> hits(Call call, TextIndex index, JsonObject body, String query, int k) {
        String by = oneOf(call, body, "by", List.of("vectors", "words", "hybrid"));
        if (!by.equals("hybrid") && (body.has("fusion") || body.has("vector_weight"))) {
            throw call.unprocessable(
                    "expected \"by\" to be hybrid: \"fusion\" and \"vector_weight\" mean nothing without.");
        }
        if (by.equals("words")) {
            return index.searchWords(query, k);
        }
        String fusion = oneOf(call, body, "fusion", List.of("scores", "ranks"));
        double weight = body.number("vector_weight", HybridRanker.EVEN);
        if (!(weight >= 0 && weight <= 1)) {
            throw call.unprocessable("expected 0 to 1 at \"vector_weight\", but found " + weight + ".");
        }
        float[] vector = model.embed(
                        call,
                        List.of(query),
                        model.queryPrompt(),
                        model.limits().truncates())[0];
        return by.equals("vectors")
                ? index.search(vector, k)
                : index.searchHybrid(query, vector, Fusion.named(fusion), weight, k);
    }

    /** The name at a key; the first of the valid ones if the key is not there. */
    private static String oneOf(Call call, JsonObject body, String key, List<String> valid) {
        String name = body.string(key, valid.get(0));
        if (!valid.contains(name)) {
            throw call.unprocessable("expected a name that is known at \"" + key + "\". " + Names.hint(name, valid));
        }
        return name;
    }
}
