package io.chiaro.serve.route;

import io.chiaro.core.JsonObject;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.Schema.Field;
import java.util.List;

/** Sparse vectors as clients of Hugging Face's Text Embeddings Inference ask for them. */
final class SparseRoutes {

    private static final Schema EMBED = Schema.object(
            Field.of("inputs", Schema.either(Schema.string(), Schema.list(Schema.string()))),
            EmbeddingRoutes.TRUNCATE,
            EmbeddingRoutes.DIRECTION);

    private static final Schema WEIGHTS = Schema.list(Schema.list(Schema.object(
            Field.of("index", Schema.integer(0).says("The id of a token")), Field.of("value", Schema.number()))));

    private final ServedSparse model;

    SparseRoutes(ServedSparse model) {
        this.model = model;
    }

    List<Route> routes() {
        return List.of(Route.post(
                "/embed_sparse",
                Role.READ,
                "Weighs the tokens of the vocabulary for each text; those not named have the weight 0",
                EMBED,
                WEIGHTS,
                this::embed));
    }

    private Response embed(Call call) {
        JsonObject body = call.body();
        float[][] rows = model.embed(
                call,
                Texts.of(call, body, "inputs", model.limits()),
                EmbeddingRoutes.truncates(call, body, model.limits().truncates()));
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < rows.length; i++) {
            json.append(i > 0 ? ",[" : "[");
            for (int k = 0; k < rows[i].length; k += 2) {
                json.append(k > 0 ? "," : "")
                        .append("{\"index\":")
                        .append((int) rows[i][k])
                        .append(",\"value\":")
                        .append(rows[i][k + 1])
                        .append('}');
            }
            json.append(']');
        }
        return Response.json(200, json.append(']').toString());
    }
}
