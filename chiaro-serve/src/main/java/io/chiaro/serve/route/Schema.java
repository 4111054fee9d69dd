package io.chiaro.serve.route;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON Schema (2020-12), as far as the routes need it. Immutable. */
final class Schema {

    private final Map<String, Object> json;

    private Schema(Map<String, Object> json) {
        this.json = json;
    }

    /** A key of an object. */
    record Field(String name, boolean required, Schema schema) {

        static Field of(String name, Schema schema) {
            return new Field(name, true, schema);
        }

        static Field optional(String name, Schema schema) {
            return new Field(name, false, schema);
        }
    }

    static Schema string() {
        return new Schema(Map.of("type", "string"));
    }

    static Schema oneOf(String... names) {
        return string().with("enum", List.of(names));
    }

    static Schema integer(int least) {
        return new Schema(Map.of("type", "integer")).with("minimum", least);
    }

    static Schema number() {
        return new Schema(Map.of("type", "number"));
    }

    static Schema bool() {
        return new Schema(Map.of("type", "boolean"));
    }

    static Schema list(Schema items) {
        return new Schema(Map.of("type", "array")).with("items", items.json);
    }

    static Schema either(Schema... choices) {
        return new Schema(Map.of())
                .with("oneOf", List.of(choices).stream().map(Schema::json).toList());
    }

    /** An object that has these keys. */
    static Schema object(Field... fields) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Field field : fields) {
            properties.put(field.name(), field.schema().json());
        }
        List<String> required = List.of(fields).stream()
                .filter(Field::required)
                .map(Field::name)
                .toList();
        Schema object = new Schema(Map.of("type", "object")).with("properties", properties);
        return required.isEmpty() ? object : object.with("required", required);
    }

    /** An object that may have no other keys than those it names. */
    Schema closed() {
        return with("additionalProperties", false);
    }

    /** The same with words for people. */
    Schema says(String description) {
        return with("description", description);
    }

    private Schema with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(json);
        more.put(key, value);
        return new Schema(more);
    }

    /** The keys that an object of this schema names. */
    List<String> keys() {
        return json.get("properties") instanceof Map<?, ?> properties
                ? properties.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    Map<String, Object> json() {
        return json;
    }
}
