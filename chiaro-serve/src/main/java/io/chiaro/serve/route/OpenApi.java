package io.chiaro.serve.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The description of the routes in OpenAPI 3.1, printed from their table. */
final class OpenApi {

    private static final String KEY = "key";
    private static final int NO_CONTENT = 204;

    private OpenApi() {}

    static Object document(List<Route> table, String version, boolean wantsKeys) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        for (Route route : table) {
            paths.computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
                    .put(route.method().toLowerCase(Locale.ROOT), operation(route, wantsKeys));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", OpenAiRoutes.ordered("title", "Chiaro", "version", version));
        document.put("paths", paths);
        if (wantsKeys) {
            document.put(
                    "components",
                    Map.of("securitySchemes", Map.of(KEY, OpenAiRoutes.ordered("type", "http", "scheme", "bearer"))));
        }
        return document;
    }

    private static Map<String, Object> operation(Route route, boolean wantsKeys) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", identifier(route));
        operation.put("summary", route.summary());
        List<Object> parameters = new ArrayList<>();
        for (String variable : route.variables()) {
            parameters.add(OpenAiRoutes.ordered(
                    "name",
                    variable,
                    "in",
                    "path",
                    "required",
                    true,
                    "schema",
                    Schema.string().json()));
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        route.body()
                .ifPresent(body -> operation.put(
                        "requestBody", OpenAiRoutes.ordered("required", true, "content", content(Route.JSON, body))));
        operation.put(
                "responses",
                OpenAiRoutes.ordered(
                        String.valueOf(route.status()),
                        route.status() == NO_CONTENT
                                ? OpenAiRoutes.ordered("description", "As asked")
                                : OpenAiRoutes.ordered(
                                        "description", "As asked", "content", content(route.type(), route.answer())),
                        "default",
                        OpenAiRoutes.ordered(
                                "description",
                                "What is wrong",
                                "content",
                                content(Route.JSON, problem(route.form())))));
        if (wantsKeys && route.role().isPresent()) {
            operation.put("security", List.of(Map.of(KEY, List.of())));
        }
        return operation;
    }

    private static Map<String, Object> content(String type, Schema schema) {
        return Map.of(type, Map.of("schema", schema.json()));
    }

    private static Schema problem(Form form) {
        return switch (form) {
            case OPENAI ->
                Schema.object(Schema.Field.of(
                        "error",
                        Schema.object(
                                Schema.Field.of("message", Schema.string()),
                                Schema.Field.of("type", Schema.string()))));
            case COHERE -> Schema.object(Schema.Field.of("message", Schema.string()));
            case TEI ->
                Schema.object(
                        Schema.Field.of("error", Schema.string()), Schema.Field.of("error_type", Schema.string()));
        };
    }

    /** As generators of clients name their methods: postV1IndexesNameSearch. */
    private static String identifier(Route route) {
        StringBuilder identifier = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
        for (String word : route.path().split("[^A-Za-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                identifier.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        return identifier.toString();
    }
}
