package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Embeddings as clients of OpenAI's API ask for them. Vectors have length one. Texts get the model's default prompt; there is
 * no word for queries and documents in this API.
 */
final class OpenAiRoutes {

    private static final Schema MODEL = Schema.object(
            Field.of("id", Schema.string()),
            Field.of("object", Schema.oneOf("model")),
            Field.of("created", Schema.integer(0)),
            Field.of("owned_by", Schema.string()));

    private static final Schema REQUEST = Schema.object(
            Field.of(
                    "input",
                    Schema.either(
                                    Schema.string(),
                                    Schema.list(Schema.string()),
                                    Schema.list(Schema.integer(0)),
                                    Schema.list(Schema.list(Schema.integer(0))))
                            .says("A text, texts, or ids of the model's own tokenizer without its special tokens")),
            Field.optional("model", Schema.string().says("The name that GET /v1/models gives")),
            Field.optional("encoding_format", Schema.oneOf("float", "base64")),
            Field.optional(
                    "dimensions",
                    Schema.integer(1).says("Keeps the first numbers of each vector and brings them to length one")),
            Field.optional("user", Schema.string().says("Taken and left alone")));

    private static final Schema ANSWER = Schema.object(
            Field.of("object", Schema.oneOf("list")),
            Field.of(
                    "data",
                    Schema.list(Schema.object(
                            Field.of("object", Schema.oneOf("embedding")),
                            Field.of(
                                    "embedding",
                                    Schema.either(
                                            Schema.list(Schema.number()),
                                            Schema.string().says("base64 of little-endian float32"))),
                            Field.of("index", Schema.integer(0))))),
            Field.of("model", Schema.string()),
            Field.of(
                    "usage",
                    Schema.object(
                            Field.of("prompt_tokens", Schema.integer(0)),
                            Field.of("total_tokens", Schema.integer(0)))));

    private final ServedModel model;
    private final List<String> names;

    /** Embeddings of one model, and the names of all that are served, those that embed nothing included. */
    OpenAiRoutes(ServedModel model, List<String> others) {
        this.model = model;
        this.names = Stream.concat(Stream.of(model.name()), others.stream())
                .distinct()
                .toList();
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                        "/v1/embeddings", Role.READ, "Embeds texts, as OpenAI does", REQUEST, ANSWER, this::embeddings),
                Route.post(
                        "/embeddings",
                        Role.READ,
                        "Embeds texts, as OpenAI does, at the address of Text Embeddings Inference",
                        REQUEST,
                        ANSWER,
                        this::embeddings),
                Route.get(
                        "/v1/models",
                        Role.READ,
                        "Lists the models",
                        Schema.object(Field.of("object", Schema.oneOf("list")), Field.of("data", Schema.list(MODEL))),
                        call -> Response.json(
                                200,
                                Json.line(ordered(
                                        "object",
                                        "list",
                                        "data",
                                        names.stream().map(OpenAiRoutes::entry).toList())))),
                Route.get("/v1/models/{model}", Role.READ, "Says of a model", MODEL, this::named));
    }

    private static Map<String, Object> entry(String name) {
        return ordered("id", name, "object", "model", "created", 0, "owned_by", "chiaro");
    }

    private Response named(Call call) {
        String name = call.variable("model");
        refuseOther(names, name);
        return Response.json(200, Json.line(entry(name)));
    }

    private static void refuseOther(List<String> served, String name) {
        if (!served.contains(name)) {
            throw HttpProblem.of(
                            404,
                            "expected the model \"" + String.join("\" or \"", served)
                                    + "\", which is served here, but found \""
                                    + (name.length() > 60 ? name.substring(0, 60) + "..." : name) + "\".")
                    .about("model")
                    .coded("model_not_found");
        }
    }

    private Response embeddings(Call call) {
        JsonObject body = call.body();
        refuseOther(List.of(model.name()), body.string("model", model.name()));
        body.string("user", "");
        String format = body.string("encoding_format", "float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw call.unprocessable("expected float or base64 at \"encoding_format\", but found another name.");
        }
        int dimensions = dimensions(call, body, model);
        float[][] vectors = embed(call, body);
        StringBuilder json = new StringBuilder("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < vectors.length; i++) {
            float[] vector = Vectors.unit(Vectors.shortened(vectors[i], dimensions));
            json.append(i > 0 ? "," : "").append("{\"object\":\"embedding\",\"embedding\":");
            if (format.equals("base64")) {
                json.append('"').append(Vectors.base64(vector)).append('"');
            } else {
                Vectors.append(json, vector);
            }
            json.append(",\"index\":").append(i).append('}');
        }
        json.append("],\"model\":").append(Json.line(model.name())).append(",\"usage\":{\"prompt_tokens\":");
        json.append(call.tokens())
                .append(",\"total_tokens\":")
                .append(call.tokens())
                .append("}}");
        return Response.json(200, json.toString());
    }

    /** How many numbers of a vector are wanted. */
    static int dimensions(Call call, JsonObject body, ServedModel model) {
        int all = model.description().dimension();
        int dimensions = body.integer("dimensions", all);
        if (dimensions < 1 || dimensions > all) {
            throw call.unprocessable("expected 1 to " + all + " at \"dimensions\", but found " + dimensions + ".");
        }
        return dimensions;
    }

    private float[][] embed(Call call, JsonObject body) {
        Limits limits = model.limits();
        if (Call.value(body, "input") instanceof List<?> list && !list.isEmpty()) {
            if (list.get(0) instanceof Long) {
                return model.embedIds(call, List.of(ids(call, list, "input")), limits.truncates());
            }
            if (list.get(0) instanceof List<?>) {
                Texts.refuseCount(call, list.size(), "input", limits);
                List<int[]> texts = new ArrayList<>(list.size());
                for (Object item : list) {
                    if (!(item instanceof List<?> ids)) {
                        throw call.unprocessable("expected a list of token ids at \"input[" + texts.size()
                                + "]\", as the first is, but found something else.");
                    }
                    texts.add(ids(call, ids, "input[" + texts.size() + "]"));
                }
                return model.embedIds(call, texts, limits.truncates());
            }
        }
        List<String> texts = Texts.of(call, body, "input", limits);
        if (texts.contains("")) {
            throw call.unprocessable("expected texts at \"input\", but found an empty one at place " + texts.indexOf("")
                    + ", which OpenAI refuses, too. Leave it out, or ask POST /embed, which embeds it.");
        }
        return model.embed(call, texts, model.defaultPrompt(), limits.truncates());
    }

    /** Ids that the model knows. Those that frame a text are refused: a second frame would change the vector unseen. */
    private int[] ids(Call call, List<?> list, String where) {
        int most = model.tokenizer().vocabularySize();
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!(list.get(i) instanceof Long id) || id < 0 || id >= most) {
                throw call.unprocessable("expected token ids from 0 to " + (most - 1) + " at \"" + where
                        + "\", but found another value at place " + i
                        + ". Ids are those of this model's tokenizer; send texts if the client uses another.");
            }
            ids[i] = id.intValue();
            if (model.tokenizer().frames(ids[i])) {
                throw call.unprocessable("expected token ids without special tokens at \"" + where + "\", but found "
                        + ids[i] + " at place " + i + ". They are put around every text here.");
            }
        }
        if (ids.length == 0) {
            throw call.unprocessable("expected at least one token id at \"" + where + "\", but the list is empty.");
        }
        return ids;
    }

    static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
