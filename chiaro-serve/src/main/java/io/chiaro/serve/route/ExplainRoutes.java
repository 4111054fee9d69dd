package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.search.HitExplanation;
import io.chiaro.search.TextHit;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Says why a document stands where it stands for a query. */
final class ExplainRoutes {

    private static final int NEIGHBOURS = 5;
    private static final int MOST_NEIGHBOURS = 50;

    private static final Schema QUESTION = Schema.object(
            Field.of("query", Schema.string()),
            Field.of("id", Schema.string().says("The document")),
            HybridQuery.FUSION,
            HybridQuery.VECTOR_WEIGHT,
            Field.optional(
                    "neighbours",
                    Schema.integer(0)
                            .says("How many of the documents nearest to it; " + NEIGHBOURS
                                    + " unless said otherwise")));

    private static final String RANK = "From 1; missing where the document is not among the first hundred";

    private static final Schema HIT = Schema.object(
            Field.of("id", Schema.string()),
            Field.of("score", Schema.number()),
            Field.of("text", Schema.string()),
            Field.optional("metadata", Schema.object()));

    private static final Schema ANSWER = Schema.object(
            Field.of("id", Schema.string()),
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
            Field.of(
                    "hybrid",
                    Schema.object(
                            Field.of("score", Schema.number().says("0 where neither words nor vectors bring it")),
                            Field.optional("rank", Schema.integer(1)),
                            Field.of("fusion", Schema.oneOf("scores", "ranks")),
                            Field.of("vector_weight", Schema.number()))),
            Field.of("neighbours", Schema.list(HIT).says("Nearest by vectors, itself left out")));

    private final ServedIndexes indexes;

    ExplainRoutes(ServedIndexes indexes) {
        this.indexes = indexes;
    }

    List<Route> routes() {
        return List.of(Route.post(
                "/v1/indexes/{name}/explain",
                Role.READ,
                "Says why a document stands where it stands for a query",
                QUESTION,
                ANSWER,
                this::explain));
    }

    private Response explain(Call call) {
        ModelIndex served = indexes.named(call);
        JsonObject body = call.body();
        String query = HybridQuery.text(call, body);
        String id = body.string("id");
        HybridQuery asked = HybridQuery.of(call, body);
        int neighbours = body.integer("neighbours", NEIGHBOURS);
        if (neighbours < 0 || neighbours > MOST_NEIGHBOURS) {
            throw call.unprocessable(
                    "expected 0 to " + MOST_NEIGHBOURS + " at \"neighbours\", but found " + neighbours + ".");
        }
        float[] vector = asked.vector(call, served.model(), query);
        try (TextIndex index = served.index().snapshot()) {
            HitExplanation why = index.explain(id, query, vector, asked.fusion(), asked.vectorWeight(), neighbours)
                    .orElseThrow(() -> HttpProblem.of(404, "the index has no document of this id."));
            return Response.json(200, Json.line(plain(why, asked)));
        }
    }

    private static Map<String, Object> plain(HitExplanation why, HybridQuery asked) {
        Map<String, Object> plain = OpenAiRoutes.ordered(
                "id", why.document().id(), "text", why.document().text());
        if (!why.document().metadata().values().isEmpty()) {
            plain.put("metadata", why.document().metadata().plain());
        }
        Map<String, Object> words = side(why.wordScore(), why.wordRank());
        words.put("matches", why.words());
        plain.put("words", words);
        plain.put("vectors", side(why.cosine(), why.vectorRank()));
        Map<String, Object> hybrid = side(why.fused(), why.fusedRank());
        hybrid.put("fusion", asked.fusion().key());
        hybrid.put("vector_weight", asked.vectorWeight());
        plain.put("hybrid", hybrid);
        plain.put("neighbours", why.neighbours().stream().map(TextHit::plain).toList());
        return plain;
    }

    private static Map<String, Object> side(float score, OptionalInt rank) {
        Map<String, Object> side = new LinkedHashMap<>();
        side.put("score", score);
        rank.ifPresent(at -> side.put("rank", at));
        return side;
    }
}
