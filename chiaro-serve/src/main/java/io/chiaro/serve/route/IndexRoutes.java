package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.SparseVector;
import io.chiaro.search.HybridShares;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.search.filter.Filter;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Searching in indexes that the served model filled. Each request sees one snapshot. */
final class IndexRoutes {

    private static final int DEFAULT_HITS = 10;

    static final int MOST_FACETS = 16;
    static final int MOST_FACET_VALUES = 1000;
    private static final int FACET_VALUES = 20;
    private static final int PASSAGES = 3;

    static final Field FILTER = Field.optional(
            "filter",
            Schema.object()
                    .says("What the metadata of a hit must meet: {\"field\", \"equal\" | \"one_of\" | \"at_least\" |"
                            + " \"above\" | \"at_most\" | \"below\"}, or {\"and\": [...]}, {\"or\": [...]}, {\"not\":"
                            + " {...}} of such"));

    static final Field TEXT_CHARACTERS = Field.optional(
            "text_characters",
            Schema.integer(1)
                    .says("Most first characters of the text of a hit; passages are of those. All of them unless said"
                            + " otherwise"));

    private static final Schema SEARCH = Schema.object(
            Field.of("query", Schema.string()),
            Field.optional("k", Schema.integer(1).says("Most hits; " + DEFAULT_HITS + " unless said otherwise")),
            Field.optional(
                    "from",
                    Schema.integer(0)
                            .says("How many of the best hits are passed over, for pages; with \"k\" at most"
                                    + " \"max_hits\" of /info")),
            Field.optional(
                    "by",
                    Schema.oneOf("vectors", "words", "hybrid", "sparse")
                            .says(
                                    "Compares vectors, words by BM25, both, or the weights of a sparse encoder; vectors unless"
                                            + " said otherwise")),
            HybridQuery.FUSION,
            HybridQuery.VECTOR_WEIGHT,
            HybridQuery.SPARSE_WEIGHT,
            RerankSide.RERANK,
            RerankSide.DEPTH,
            RerankSide.WEIGHT,
            FILTER,
            Field.optional(
                    "facets",
                    Schema.list(Schema.string())
                            .says(
                                    "Names of metadata whose values are counted: by words over the documents with a word of"
                                            + " the query, else over all that meet the filter")),
            Field.optional(
                    "facet_size",
                    Schema.integer(1)
                            .says("Most values of a facet, up to " + MOST_FACET_VALUES + "; " + FACET_VALUES
                                    + " unless said otherwise")),
            TEXT_CHARACTERS,
            Field.optional(
                    "highlight", Schema.bool().says("Gives the sentences of each hit that have words of the query")));

    private static final Schema PASSAGE = Schema.object(Field.of(
            "pieces", Schema.list(Schema.object(Field.of("text", Schema.string()), Field.of("match", Schema.bool())))));

    private static final Schema HITS = Schema.object(
            Field.of(
                    "hits",
                    Schema.list(Schema.object(
                            Field.of("id", Schema.string()),
                            Field.optional(
                                    "score",
                                    Schema.number()
                                            .says("The cosine, the BM25 score, the product of weights, that of the"
                                                    + " fusion, or the reranker's; missing where \"reranked\" is"
                                                    + " false")),
                            Field.optional(
                                    "reranked",
                                    Schema.bool()
                                            .says("With \"rerank\", whether the reranker looked at it; if not, it"
                                                    + " stands behind those, in the order in which it was found")),
                            Field.optional("title", Schema.string().says("Where the document has one")),
                            Field.of("text", Schema.string().says("Title and text as they were indexed")),
                            Field.optional(
                                    "cut", Schema.bool().says("True where \"text_characters\" left something out")),
                            Field.optional("metadata", Schema.object()),
                            Field.optional("passages", Schema.list(PASSAGE))))),
            Field.optional(
                    "facets",
                    Schema.object()
                            .says("Under each name a list of {\"value\", \"documents\"}, the most frequent first")),
            Field.optional(
                    "others",
                    Schema.object()
                            .says("With facets, under each name how many values more there are than its list has")));

    private final Limits limits;
    private final ServedIndexes indexes;
    private final IndexChanges changes;
    private final SparseSide sparse;
    private final RerankSide reranking;

    IndexRoutes(Limits limits, ServedIndexes indexes, IndexChanges changes, SparseSide sparse, RerankSide reranking) {
        this.limits = limits;
        this.indexes = indexes;
        this.changes = changes;
        this.sparse = sparse;
        this.reranking = reranking;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/v1/indexes",
                        Role.READ,
                        "Lists the indexes",
                        Schema.object(
                                Field.of("object", Schema.oneOf("list")),
                                Field.of("data", Schema.list(IndexEntry.SCHEMA))),
                        call -> Response.json(
                                200,
                                Json.line(OpenAiRoutes.ordered(
                                        "object",
                                        "list",
                                        "data",
                                        indexes.each(served -> IndexEntry.of(served, changes)))))),
                Route.get(
                        "/v1/indexes/{name}",
                        Role.READ,
                        "Says of an index",
                        IndexEntry.SCHEMA,
                        indexes.answered(
                                (call, served) -> Response.json(200, Json.line(IndexEntry.of(served, changes))))),
                Route.post(
                        "/v1/indexes/{name}/search",
                        Role.READ,
                        "Finds the texts nearest to a query, by vectors, words, both, or weights of tokens",
                        SEARCH,
                        HITS,
                        indexes.answered(this::search)));
    }

    private Response search(Call call, ModelIndex served) {
        JsonObject body = call.body();
        String query = HybridQuery.text(call, body);
        int most = limits.hits();
        int k = body.integer("k", DEFAULT_HITS);
        if (k < 1 || k > most) {
            throw call.unprocessable("expected 1 to " + most + " at \"k\", but found " + k + ".");
        }
        int from = body.integer("from", 0);
        if (from < 0 || from > most - k) {
            throw call.unprocessable("expected 0 to " + (most - k) + " at \"from\", so that with \"k\" it is at most "
                    + most + ", but found " + from + ".");
        }
        Filter filter = filter(body);
        List<String> facets = facets(call, body);
        int facetSize = facetSize(call, body);
        int characters = characters(call, body);
        boolean highlights = body.bool("highlight", false);
        Optional<RerankSide.Asked> reranked = reranking.asked(call, body, limits);
        int end = from + k;
        int looked = reranked.map(asked -> Math.max(end, asked.depth())).orElse(end);
        try (TextIndex whole = served.index().snapshot();
                TextIndex held = whole.where(filter);
                TextIndex bounded = held.withMostText(limits.answerCharacters());
                TextIndex index = bounded.withShortTexts(
                        reranked.map(asked -> asked.characters(characters)).orElse(characters))) {
            List<TextHit> found = hits(call, served.model(), index, body, query, looked);
            List<Object> hits = new ArrayList<>();
            List<RerankSide.Placed> ordered = reranked.map(asked -> asked.ordered(call, query, found, end))
                    .orElseGet(() -> found.stream()
                            .map(hit -> new RerankSide.Placed(hit, Optional.empty()))
                            .toList());
            for (RerankSide.Placed placed : ordered.subList(Math.min(from, ordered.size()), ordered.size())) {
                RerankSide.Placed given = placed.shortened(characters);
                Map<String, Object> plain = given.plain();
                if (highlights) {
                    plain.put("passages", index.passages(query, given.hit().text(), PASSAGES));
                }
                hits.add(plain);
            }
            Map<String, Object> answer = OpenAiRoutes.ordered("hits", hits);
            if (!facets.isEmpty()) {
                Optional<String> counted =
                        body.string("by", "vectors").equals("words") ? Optional.of(query) : Optional.empty();
                Map<String, Object> values = new LinkedHashMap<>();
                Map<String, Object> others = new LinkedHashMap<>();
                index.facets(counted, facets, facetSize).forEach((name, facet) -> {
                    values.put(name, facet.values());
                    others.put(name, facet.others());
                });
                answer.put("facets", values);
                answer.put("others", others);
            }
            return Response.json(200, Json.line(answer));
        }
    }

    static Filter filter(JsonObject body) {
        return body.has("filter") ? Filter.from(body.object("filter")) : Filter.EVERYTHING;
    }

    static int characters(Call call, JsonObject body) {
        int characters = body.integer("text_characters", Integer.MAX_VALUE);
        if (characters < 1) {
            throw call.unprocessable("expected at least 1 at \"text_characters\", but found " + characters + ".");
        }
        return characters;
    }

    private static List<String> facets(Call call, JsonObject body) {
        List<String> names = body.strings("facets", List.of());
        if (names.size() > MOST_FACETS) {
            throw call.unprocessable(
                    "expected at most " + MOST_FACETS + " names at \"facets\", but found " + names.size() + ".");
        }
        return names;
    }

    private static int facetSize(Call call, JsonObject body) {
        int size = body.integer("facet_size", FACET_VALUES);
        if (size < 1 || size > MOST_FACET_VALUES) {
            throw call.unprocessable(
                    "expected 1 to " + MOST_FACET_VALUES + " at \"facet_size\", but found " + size + ".");
        }
        if (body.has("facet_size") && !body.has("facets")) {
            throw call.unprocessable("expected \"facets\": \"facet_size\" means nothing without.");
        }
        return size;
    }

    private List<TextHit> hits(Call call, ServedModel model, TextIndex index, JsonObject body, String query, int k) {
        String by = HybridQuery.oneOf(call, body, "by", List.of("vectors", "words", "hybrid", "sparse"));
        if (!by.equals("hybrid") && (body.has("fusion") || body.has("vector_weight") || body.has("sparse_weight"))) {
            throw call.unprocessable("expected \"by\" to be hybrid: \"fusion\", \"vector_weight\" and"
                    + " \"sparse_weight\" mean nothing without.");
        }
        if (by.equals("words")) {
            return call.timed("search", () -> index.searchWords(query, k));
        }
        if (by.equals("sparse")) {
            return index.searchSparse(weights(call, index, query), k);
        }
        HybridQuery asked = HybridQuery.of(call, body);
        if (asked.sparseWeight().isPresent()) {
            // What the index lacks is said before anything is embedded.
            SparseVector weights = weights(call, index, query);
            HybridShares shares =
                    HybridShares.of(asked.vectorWeight(), asked.sparseWeight().getAsDouble());
            return index.searchHybrid(query, asked.vector(call, model, query), weights, asked.fusion(), shares, k);
        }
        float[] vector = asked.vector(call, model, query);
        return call.timed(
                "search",
                () -> by.equals("vectors")
                        ? index.search(vector, k)
                        : index.searchHybrid(query, vector, asked.fusion(), asked.vectorWeight(), k));
    }

    private SparseVector weights(Call call, TextIndex index, String query) {
        return sparse.forQueries(call, index)
                .vectors(call, List.of(query), limits.truncates())
                .get(0);
    }
}
