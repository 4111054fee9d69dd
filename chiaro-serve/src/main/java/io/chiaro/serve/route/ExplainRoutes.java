package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.SparseVector;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.HybridShares;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why a document stands where it stands for a query. */
final class ExplainRoutes {

    private static final int NEIGHBOURS = 5;
    static final int MOST_NEIGHBOURS = 50;

    private static final Schema QUESTION = Schema.object(
            Field.of("query", Schema.string()),
            Field.of("id", Schema.string().says("The document")),
            HybridQuery.FUSION,
            HybridQuery.VECTOR_WEIGHT,
            HybridQuery.SPARSE_WEIGHT,
            IndexRoutes.FILTER,
            Field.optional(
                    "text_characters",
                    Schema.integer(1)
                            .says("Most first characters of the text of a neighbour; all unless said otherwise")),
            Field.optional(
                    "neighbours",
                    Schema.integer(0)
                            .says("How many of the documents nearest to it; " + NEIGHBOURS
                                    + " unless said otherwise")));

    private static final String RANK = "From 1; missing where the document is not among the first hundred";

    private static final Schema HIT = Schema.object(
            Field.of("id", Schema.string()),
            Field.of("score", Schema.number()),
            Field.optional("title", Schema.string()),
            Field.of("text", Schema.string()),
            Field.optional("cut", Schema.bool()),
            Field.optional("metadata", Schema.object()));

    private static final Schema TOKEN = Schema.object(
            Field.of("token", Schema.string()),
            Field.of("query_weight", Schema.number()),
            Field.of("document_weight", Schema.number().says("As the index keeps it")),
            Field.of("share", Schema.number().says("The product of both weights")),
            Field.of("in_query", Schema.bool().says("Whether it stands in the query, as far as the encoder reads it")),
            Field.of(
                    "in_document",
                    Schema.bool().says("Whether it stands in the text, as far as the encoder reads it")));

    private static final Schema ANSWER = Schema.object(
            Field.of("id", Schema.string()),
            Field.optional("title", Schema.string()),
            Field.of("text", Schema.string()),
            Field.optional("metadata", Schema.object()),
            Field.of(
                    "words",
                    Schema.object(
                            Field.of("score", Schema.number().says("BM25: the sum of the shares")),
                            Field.optional("rank", Schema.integer(1).says(RANK)),
                            Field.of(
                                    "matches",
                                    Schema.list(Schema.object(
                                            Field.of("word", Schema.string().says("As the query writes it")),
                                            Field.of("times", Schema.integer(1)),
                                            Field.of("share", Schema.number())))))),
            Field.of(
                    "vectors",
                    Schema.object(
                            Field.of("score", Schema.number().says("The cosine with the query")),
                            Field.optional("rank", Schema.integer(1).says(RANK)))),
            Field.optional(
                    "tokens",
                    Schema.object(
                                    Field.of(
                                            "score",
                                            Schema.number()
                                                    .says("The product of the sparse vectors: the sum of the shares")),
                                    Field.optional("rank", Schema.integer(1).says(RANK)),
                                    Field.of("matches", Schema.list(TOKEN)))
                            .says("Missing where the index has no weights of tokens, or their encoder is not served")),
            Field.of(
                    "hybrid",
                    Schema.object(
                            Field.of("score", Schema.number().says("0 where no side brings it")),
                            Field.optional("rank", Schema.integer(1)),
                            Field.of("fusion", Schema.oneOf("scores", "ranks")),
                            Field.of("vector_weight", Schema.number()),
                            Field.optional("sparse_weight", Schema.number()))),
            Field.of("neighbours", Schema.list(HIT).says("Nearest by vectors, itself left out")));

    private final ServedIndexes indexes;
    private final SparseSide sparse;

    ExplainRoutes(ServedIndexes indexes, SparseSide sparse) {
        this.indexes = indexes;
        this.sparse = sparse;
    }

    List<Route> routes() {
        return List.of(Route.post(
                "/v1/indexes/{name}/explain",
                Role.READ,
                "Says why a document stands where it stands for a query",
                QUESTION,
                ANSWER,
                indexes.answered(this::explain)));
    }

    private Response explain(Call call, ModelIndex served) {
        JsonObject body = call.body();
        String query = HybridQuery.text(call, body);
        String id = body.string("id");
        HybridQuery asked = HybridQuery.of(call, body);
        int neighbours = body.integer("neighbours", NEIGHBOURS);
        if (neighbours < 0 || neighbours > MOST_NEIGHBOURS) {
            throw call.unprocessable(
                    "expected 0 to " + MOST_NEIGHBOURS + " at \"neighbours\", but found " + neighbours + ".");
        }
        int characters = IndexRoutes.characters(call, body);
        try (TextIndex whole = served.index().snapshot();
                TextIndex held = whole.where(IndexRoutes.filter(body));
                TextIndex bounded = held.withMostText(served.model().limits().answerCharacters());
                TextIndex index = bounded.withShortTexts(characters)) {
            Optional<ServedSparse> weighing =
                    asked.sparseWeight().isPresent() ? Optional.of(sparse.forQueries(call, index)) : sparse.of(index);
            boolean truncates = served.model().limits().truncates();
            Optional<SparseVector> weights = weighing.map(
                    encoder -> encoder.vectors(call, List.of(query), truncates).get(0));
            HitExplanation why = index.explain(
                            id,
                            query,
                            asked.vector(call, served.model(), query),
                            weights,
                            asked.fusion(),
                            HybridShares.of(
                                    asked.vectorWeight(), asked.sparseWeight().orElse(0)),
                            neighbours)
                    .orElseThrow(() -> HttpProblem.of(404, "the index has no document of this id."));
            Map<String, Object> plain = plain(why, asked);
            weighing.ifPresent(encoder -> plain.put(
                    "tokens",
                    encoder.plain(
                            why.tokens().orElseThrow(), query, why.document().text())));
            return Response.json(200, Json.line(plain));
        }
    }

    private static Map<String, Object> plain(HitExplanation why, HybridQuery asked) {
        Map<String, Object> plain = why.plain();
        Map<String, Object> hybrid = why.hybrid();
        hybrid.put("fusion", asked.fusion().key());
        hybrid.put("vector_weight", asked.vectorWeight());
        asked.sparseWeight().ifPresent(weight -> hybrid.put("sparse_weight", weight));
        plain.put("hybrid", hybrid);
        return plain;
    }
}
