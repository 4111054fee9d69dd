package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.Token;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Embeddings as clients of Hugging Face's Text Embeddings Inference ask for them. */
final class EmbeddingRoutes {

    private static final Schema TEXTS = Schema.either(Schema.string(), Schema.list(Schema.string()));
    static final Field TRUNCATE = Field.optional(
            "truncate", Schema.bool().says("Cuts texts beyond the model's limit; otherwise they are refused"));
    static final Field DIRECTION =
            Field.optional("truncation_direction", Schema.oneOf("Right").says("Only the end of a text can be cut"));
    private static final Field PROMPT = Field.optional(
            "prompt_name", Schema.string().says("query, document, or a prompt that the model's files name"));

    private static final Schema EMBED = Schema.object(
            Field.of("inputs", TEXTS),
            Field.optional("normalize", Schema.bool().says("Brings vectors to length one; true unless said otherwise")),
            TRUNCATE,
            DIRECTION,
            PROMPT,
            Field.optional("dimensions", Schema.integer(1).says("Keeps the first numbers of each vector")));

    private static final Schema SIMILARITY = Schema.object(
            Field.of(
                    "inputs",
                    Schema.object(
                                    Field.of("source_sentence", Schema.string()),
                                    Field.of("sentences", Schema.list(Schema.string())))
                            .closed()),
            Field.optional(
                    "parameters", Schema.object(TRUNCATE, DIRECTION, PROMPT).closed()));

    private static final Schema TOKENIZE = Schema.object(
            Field.of("inputs", TEXTS),
            Field.optional("add_special_tokens", Schema.bool().says("True unless said otherwise")),
            PROMPT);

    private static final Schema TOKENS = Schema.list(Schema.list(Schema.object(
            Field.of("id", Schema.integer(0)),
            Field.of("text", Schema.string()),
            Field.of("special", Schema.bool()),
            Field.optional("start", Schema.integer(0).says("In characters; null for special tokens")),
            Field.optional("stop", Schema.integer(0).says("In characters, exclusive; null for special tokens")))));

    private final ServedModel model;

    EmbeddingRoutes(ServedModel model) {
        this.model = model;
    }

    List<Route> routes() {
        return List.of(
                embedding("/embed", "Embeds texts"),
                // Clients that know an address and no routes take what the type of its model is for.
                embedding("/", "Embeds texts, as clients of inference endpoints ask without a route"),
                embedding("/invocations", "Embeds texts, as hosts of models ask"),
                Route.post(
                        "/similarity",
                        Role.READ,
                        "Compares texts with one text, by the cosine",
                        SIMILARITY,
                        Schema.list(Schema.number()),
                        this::similarity),
                Route.post("/tokenize", Role.READ, "Shows the tokens of texts", TOKENIZE, TOKENS, this::tokenize));
    }

    private Route embedding(String path, String summary) {
        return Route.post(path, Role.READ, summary, EMBED, Schema.list(Schema.list(Schema.number())), this::embed);
    }

    private Response embed(Call call) {
        JsonObject body = call.body();
        boolean normalize = body.bool("normalize", true);
        if (!normalize && model.description().normalized()) {
            throw call.unprocessable(
                    "expected \"normalize\" to be true, but found false: vectors of this model have length"
                            + " one before they leave it.");
        }
        int dimensions = OpenAiRoutes.dimensions(call, body, model);
        float[][] vectors = model.embed(
                call, Texts.of(call, body, "inputs", model.limits()), prompt(call, body), truncates(call, body));
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < vectors.length; i++) {
            float[] vector = Vectors.shortened(vectors[i], dimensions);
            json.append(i > 0 ? "," : "");
            Vectors.append(json, normalize ? Vectors.unit(vector) : vector);
        }
        return Response.json(200, json.append(']').toString());
    }

    private Response similarity(Call call) {
        JsonObject body = call.body();
        JsonObject inputs = body.object("inputs");
        inputs.refuseUnknownKeys(List.of("source_sentence", "sentences"));
        JsonObject parameters = body.object("parameters", Json.parse("request", "{}"));
        parameters.refuseUnknownKeys(List.of("truncate", "truncation_direction", "prompt_name"));
        List<String> texts = new ArrayList<>();
        texts.add(Texts.checked(call, inputs.string("source_sentence"), "inputs.source_sentence", model.limits()));
        texts.addAll(Texts.of(call, inputs.strings("sentences"), "inputs.sentences", model.limits()));
        float[][] vectors = model.embed(call, texts, prompt(call, parameters), truncates(call, parameters));
        List<Double> similarities = new ArrayList<>();
        for (int i = 1; i < vectors.length; i++) {
            similarities.add(Vectors.cosine(vectors[0], vectors[i]));
        }
        return Response.json(200, Json.line(similarities));
    }

    private Response tokenize(Call call) {
        JsonObject body = call.body();
        boolean special = body.bool("add_special_tokens", true);
        String prompt = prompt(call, body);
        List<Object> all = new ArrayList<>();
        long characters = 0;
        for (String text : Texts.of(call, body, "inputs", model.limits())) {
            String whole = prompt + text;
            characters += whole.length();
            if (characters > model.limits().inputCharacters()) { // the answer is many times as long
                throw HttpProblem.of(
                        413,
                        "expected texts of at most " + model.limits().inputCharacters()
                                + " characters together, but found more. Send them in several requests.");
            }
            int[] starts = starts(whole);
            List<Object> tokens = new ArrayList<>();
            model.tokenizer().tokens(whole, special).forEach(token -> tokens.add(entry(token, whole, starts)));
            all.add(tokens);
        }
        return Response.json(200, Json.line(all));
    }

    private static Map<String, @Nullable Object> entry(Token token, String text, int[] starts) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("id", token.id());
        entry.put("text", token.special() ? token.text() : text.substring(starts[token.start()], starts[token.end()]));
        entry.put("special", token.special());
        entry.put("start", token.special() ? null : token.start());
        entry.put("stop", token.special() ? null : token.end());
        return entry;
    }

    /** Where each character begins among the chars of a string, and where the last one ends. */
    private static int[] starts(String text) {
        int[] starts = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 0; i + 1 < starts.length; i++) {
            starts[i + 1] = text.offsetByCodePoints(starts[i], 1);
        }
        return starts;
    }

    private String prompt(Call call, JsonObject object) {
        return object.has("prompt_name") ? model.prompt(call, object.string("prompt_name")) : model.defaultPrompt();
    }

    private boolean truncates(Call call, JsonObject object) {
        return truncates(call, object, model.limits().truncates());
    }

    /** Whether a request wants texts to be cut. */
    static boolean truncates(Call call, JsonObject object, boolean usually) {
        if (!object.string("truncation_direction", "right")
                .toLowerCase(Locale.ROOT)
                .equals("right")) {
            throw call.unprocessable("expected Right at \"truncation_direction\": only the end of a text can be cut.");
        }
        return object.bool("truncate", usually);
    }
}
