package io.chiaro.serve.route;

import io.chiaro.core.JsonObject;
import io.chiaro.serve.route.Schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The documents of a request to rerank, as Cohere's clients send them: texts, or objects with texts of which some are read.
 *
 * @param given as they came; a text alone is an object with it under {@code text}
 * @param texts what is read of each
 */
record RerankDocuments(List<Map<String, Object>> given, List<String> texts) {

    private static final String TEXT = "text";

    static final Field DOCUMENTS = Field.of(
            "documents",
            Schema.list(Schema.either(Schema.string(), Schema.object(Field.optional(TEXT, Schema.string()))))
                    .says("Texts, or objects with a \"text\". What does not fit beside the query is cut"));
    static final Field FIELDS = Field.optional(
            "rank_fields",
            Schema.list(Schema.string())
                    .says(
                            "Which texts of objects are read, one after another, each on a line of its own; \"text\" unless"
                                    + " said otherwise"));

    /** The documents of a body, held to the limits. */
    static RerankDocuments of(Call call, JsonObject body, Limits limits) {
        if (!(Call.value(body, "documents") instanceof List<?> list)) {
            throw call.unprocessable("expected a list of texts, or of objects with a \"text\", at \"documents\".");
        }
        Texts.refuseCount(call, list.size(), "documents", limits);
        List<String> fields = body.strings("rank_fields", List.of(TEXT));
        List<Map<String, Object>> given = new ArrayList<>(list.size());
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            String where = "documents[" + texts.size() + "]";
            Map<String, Object> document = object(call, item, where);
            String text = fields.stream()
                    .map(document::get)
                    .filter(Objects::nonNull)
                    .map(value -> {
                        if (value instanceof String read) {
                            return read;
                        }
                        throw call.unprocessable("expected texts under " + fields + " at \"" + where + "\".");
                    })
                    .collect(Collectors.joining("\n"));
            if (fields.stream().noneMatch(document::containsKey)) {
                throw call.unprocessable("expected a text under one of " + fields + " at \"" + where
                        + "\", but found none. \"rank_fields\" names the keys that are read.");
            }
            given.add(document);
            texts.add(Texts.checked(call, text, where, limits));
        }
        return new RerankDocuments(given, texts);
    }

    private static Map<String, Object> object(Call call, Object item, String where) {
        if (item instanceof String text) {
            return Map.of(TEXT, text);
        }
        if (!(item instanceof Map<?, ?> object)) {
            throw call.unprocessable(
                    "expected a text or an object with a \"text\" at \"" + where + "\", but found something else.");
        }
        return object.entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .collect(Collectors.toMap(entry -> String.valueOf(entry.getKey()), Map.Entry::getValue));
    }

    /**
     * Refuses shorter pieces of documents than are read here: each is one piece, cut where the model's limit is.
     *
     * @param most tokens of a query and a document together
     */
    static void refuseShorter(Call call, JsonObject body, int most) {
        int tokens = body.integer("max_tokens_per_doc", most);
        if (tokens < most) {
            throw call.unprocessable("expected at least " + most + " at \"max_tokens_per_doc\", but found " + tokens
                    + ": documents are cut where query and document reach that limit of the model, and no earlier. Leave"
                    + " it out, or send shorter documents.");
        }
        int chunks = body.integer("max_chunks_per_doc", 1);
        if (chunks < 1) {
            throw call.unprocessable("expected at least 1 at \"max_chunks_per_doc\", but found " + chunks + ".");
        }
    }
}
