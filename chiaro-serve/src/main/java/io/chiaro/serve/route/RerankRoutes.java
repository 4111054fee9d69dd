package io.chiaro.serve.route;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.RerankedRanker;
import io.chiaro.model.ScoreActivation;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.Schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reranking as clients of Hugging Face's Text Embeddings Inference ask for it, and as those of Cohere, Jina and vLLM do. */
final class RerankRoutes {

    private static final List<Field> OF_TEXTS = List.of(
            Field.of("query", Schema.string()),
            Field.of("texts", Schema.list(Schema.string())),
            EmbeddingRoutes.TRUNCATE,
            EmbeddingRoutes.DIRECTION,
            Field.optional(
                    "raw_scores",
                    Schema.bool().says("Scores without bounds; otherwise a sigmoid brings them to 0 to 1")),
            Field.optional("return_text", Schema.bool().says("Gives each text back beside its score")));

    private static final List<Field> OF_DOCUMENTS = List.of(
            Field.optional("model", Schema.string().says("The name of the served reranker, if it is said")),
            Field.of("query", Schema.string()),
            RerankDocuments.DOCUMENTS,
            RerankDocuments.FIELDS,
            Field.optional("top_n", Schema.integer(1).says("Most results; all unless said otherwise")),
            Field.optional("return_documents", Schema.bool().says("Gives each document back beside its score")),
            Field.optional(
                    "max_tokens_per_doc",
                    Schema.integer(1).says("Refused below the model's limit, where documents are cut")),
            Field.optional(
                    "max_chunks_per_doc", Schema.integer(1).says("A document is one piece here, so any number holds")),
            Field.optional("priority", Schema.integer(0).says("Taken and left alone")));

    private static final Schema RANKS = Schema.list(Schema.object(
            Field.of("index", Schema.integer(0).says("Where the text stood in the request")),
            Field.optional("text", Schema.string()),
            Field.of("score", Schema.number())));

    private static final Schema RESULTS = Schema.object(
            Field.of("id", Schema.string().says("Of the request, as in X-Request-Id")),
            Field.of("model", Schema.string()),
            Field.of(
                    "results",
                    Schema.list(Schema.object(
                            Field.of("index", Schema.integer(0).says("Where the document stood in the request")),
                            Field.of("relevance_score", Schema.number().says("From 0 to 1")),
                            Field.optional("document", Schema.object(Field.optional("text", Schema.string())))))),
            Field.of("usage", Schema.object(Field.of("total_tokens", Schema.integer(0)))));

    private final ServedReranker model;

    RerankRoutes(ServedReranker model) {
        this.model = model;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                        "/rerank",
                        Role.READ,
                        "Puts texts in order by how well they answer a query, best first; asked with \"documents\", as"
                                + " /v1/rerank does",
                        either(),
                        Schema.either(RANKS, RESULTS),
                        this::rerank),
                documents(
                        "/v1/rerank",
                        "Puts documents in order by how well they answer a query, as Cohere, Jina and vLLM do"),
                documents("/v2/rerank", "Puts documents in order by how well they answer a query, as Cohere does"));
    }

    private Route documents(String path, String summary) {
        return Route.post(
                path,
                Role.READ,
                summary,
                Schema.object(OF_DOCUMENTS.toArray(Field[]::new)),
                RESULTS,
                call -> rerankDocuments(call, call.body()));
    }

    /** Texts as TEI's clients send them, or documents as those of Jina and vLLM do at the same address. */
    private static Schema either() {
        Map<String, Field> fields = new LinkedHashMap<>();
        Stream.concat(OF_TEXTS.stream(), OF_DOCUMENTS.stream())
                .forEach(field -> fields.putIfAbsent(field.name(), field));
        fields.put("texts", Field.optional("texts", Schema.list(Schema.string())));
        fields.put("documents", Field.optional("documents", RerankDocuments.DOCUMENTS.schema()));
        return Schema.object(fields.values().toArray(Field[]::new));
    }

    private static List<String> keys(List<Field> fields) {
        return fields.stream().map(Field::name).toList();
    }

    private Response rerank(Call call) {
        JsonObject body = call.body();
        if (body.has("documents")) {
            body.refuseUnknownKeys(keys(OF_DOCUMENTS));
            return rerankDocuments(call, body);
        }
        body.refuseUnknownKeys(keys(OF_TEXTS));
        String query = Texts.checked(call, body.string("query"), "query", model.limits());
        List<String> texts = texts(call, body, "texts");
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

    private Response rerankDocuments(Call call, JsonObject body) {
        refuseOtherModel(body);
        String query = Texts.checked(call, body.string("query"), "query", model.limits());
        RerankDocuments documents = RerankDocuments.of(call, body, model.limits());
        RerankDocuments.refuseShorter(call, body, model.description().maxTokens());
        body.integer("priority", 0);
        int most = body.integer("top_n", documents.texts().size());
        if (most < 1) {
            throw call.unprocessable("expected at least 1 at \"top_n\", but found " + most + ".");
        }
        boolean withDocument = body.bool("return_documents", false);
        // These clients know no word for it: the services that they are made for cut.
        float[] scores = model.score(call, query, documents.texts(), true);
        List<Map<String, Object>> results = new ArrayList<>();
        for (int index : RerankedRanker.order(scores)) {
            if (results.size() == most) {
                break;
            }
            Map<String, Object> result = OpenAiRoutes.ordered(
                    "index", index, "relevance_score", (float) ScoreActivation.SIGMOID.apply(scores[index]));
            if (withDocument) {
                result.put("document", documents.given().get(index));
            }
            results.add(result);
        }
        return Response.json(
                200,
                Json.line(OpenAiRoutes.ordered(
                        "id",
                        call.id(),
                        "model",
                        model.name(),
                        "results",
                        results,
                        "usage",
                        Map.of("total_tokens", call.tokens()))));
    }

    private List<String> texts(Call call, JsonObject body, String key) {
        if (!(Call.value(body, key) instanceof List<?> given)) {
            throw call.unprocessable("expected a list of texts at \"" + key + "\".");
        }
        return Texts.of(call, given, key, model.limits());
    }

    private void refuseOtherModel(JsonObject body) {
        String asked = body.string("model", model.name());
        if (!asked.equals(model.name()) && !asked.equals(model.description().name())) {
            throw HttpProblem.of(
                            404,
                            "expected the model \"" + model.name()
                                    + "\", which is the reranker served here, but found \""
                                    + (asked.length() > 60 ? asked.substring(0, 60) + "..." : asked) + "\".")
                    .about("model")
                    .coded("model_not_found");
        }
    }
}
