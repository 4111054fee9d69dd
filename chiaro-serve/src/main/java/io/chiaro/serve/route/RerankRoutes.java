package io.chiaro.serve.route;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.ScoreActivation;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.Schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reranking as clients of Hugging Face's Text Embeddings Inference ask for it. */
final class RerankRoutes {

    private static final Schema RERANK = Schema.object(
            Field.of("query", Schema.string()),
            Field.of("texts", Schema.list(Schema.string())),
            EmbeddingRoutes.TRUNCATE,
            EmbeddingRoutes.DIRECTION,
            Field.optional(
                    "raw_scores",
                    Schema.bool().says("Scores without bounds; otherwise a sigmoid brings them to 0 to 1")),
            Field.optional("return_text", Schema.bool().says("Gives each text back beside its score")));

    private static final Schema RANKS = Schema.list(Schema.object(
            Field.of("index", Schema.integer(0).says("Where the text stood in the request")),
            Field.optional("text", Schema.string()),
            Field.of("score", Schema.number())));

    private final ServedReranker model;

    RerankRoutes(ServedReranker model) {
        this.model = model;
    }

    List<Route> routes() {
        return List.of(Route.post(
                "/rerank",
                Role.READ,
                "Puts texts in order by how well they answer a query, best first",
                RERANK,
                RANKS,
                this::rerank));
    }

    private Response rerank(Call call) {
        JsonObject body = call.body();
        String query = Texts.checked(call, body.string("query"), "query", model.limits());
        if (!(Call.value(body, "texts") instanceof List<?> given)) {
            throw call.unprocessable("expected a list of texts at \"texts\".");
        }
        List<String> texts = Texts.of(call, given, "texts", model.limits());
        boolean raw = body.bool("raw_scores", false);
        boolean withText = body.bool("return_text", false);
        float[] scores = model.score(
                call,
                query,
                texts,
                EmbeddingRoutes.truncates(call, body, model.limits().truncates()));
        List<Map<String, Object>> ranks = new ArrayList<>();
        for (int index : RerankedRanker.order(scores)) {
            Map<String, Object> rank = new LinkedHashMap<>();
            rank.put("index", index);
            if (withText) {
                rank.put("text", texts.get(index));
            }
            rank.put("score", raw ? scores[index] : (float) ScoreActivation.SIGMOID.apply(scores[index]));
            ranks.add(rank);
        }
        return Response.json(200, Json.line(ranks));
    }
}
