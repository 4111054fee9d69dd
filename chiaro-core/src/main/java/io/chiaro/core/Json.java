package io.chiaro.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON (RFC 8259). Strict: a key that stands twice, text after the end, an unknown or a missing key of a
 * record are errors of one sentence that names file and key. Safe for any thread.
 *
 * <p>Records are written with their components in order, {@code maxTokens} as {@code max-tokens}; constants of an enum
 * the same way, {@code MEAN_SQRT} as {@code mean-sqrt}. An empty {@link Optional} component is left out and may be
 * missing. JSON has no NaN and no infinity: they are written, and read as numbers, in the strings "NaN", "Infinity" and
 * "-Infinity".
 */
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(200)
                            .maxStringLength(100_000_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final ObjectWriter LINE = MAPPER.writer();
    private static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private Json() {}

    /** Reads a file that holds one object; errors are of kind data. */
    public static JsonObject object(Path file) {
        return object(ChiaroException.Kind.DATA, file);
    }

    /** Reads a file that holds one object; errors are of the given kind. */
    public static JsonObject object(ChiaroException.Kind kind, Path file) {
        return parse(kind, file.toAbsolutePath().toString(), content(kind, file));
    }

    /** Reads a file that holds a list of objects; errors are of the given kind. */
    public static List<JsonObject> objects(ChiaroException.Kind kind, Path file) {
        String where = file.toAbsolutePath().toString();
        JsonNode root = tree(kind, where, content(kind, file));
        if (!root.isArray()) {
            throw ChiaroException.of(kind, where + ": expected a list of objects, but found " + name(root) + ".");
        }
        List<JsonObject> objects = new ArrayList<>();
        for (JsonNode item : root) {
            if (!(item instanceof ObjectNode object)) {
                throw ChiaroException.of(
                        kind,
                        where + ": expected an object at [" + objects.size() + "], but found " + name(item) + ".");
            }
            objects.add(new JsonObject(kind, where, "[" + objects.size() + "].", object));
        }
        return objects;
    }

    /** Parses text that holds one object; {@code where} begins every error, which is of kind data. */
    public static JsonObject parse(String where, String text) {
        return parse(ChiaroException.Kind.DATA, where, text);
    }

    /** Parses text that holds one object; {@code where} begins every error, which is of the given kind. */
    public static JsonObject parse(ChiaroException.Kind kind, String where, String text) {
        JsonNode root = tree(kind, where, text);
        if (!(root instanceof ObjectNode object)) {
            throw ChiaroException.of(kind, where + ": expected a JSON object, but found " + name(root) + ".");
        }
        return new JsonObject(kind, where, "", object);
    }

    /**
     * Reads a record from an object: a key for each component, in kebab case, and no others. Components may be strings,
     * numbers, booleans, enums, paths, records, and lists, maps and optionals of them.
     *
     * @throws ChiaroException if a key is unknown, missing or of another type, or the record refuses its values
     */
    public static <T extends Record> T read(JsonObject object, Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : components) {
            keys.add(kebab(component.getName()));
        }
        object.refuseUnknownKeys(keys);
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String key = keys.get(i);
            if (types[i] == Optional.class) {
                Type inner = argument(components[i].getGenericType(), 0);
                values[i] = object.has(key) ? Optional.of(value(object, key, object.at(key), inner)) : Optional.empty();
            } else {
                values[i] = value(object, key, object.want(key, "a value"), components[i].getGenericType());
            }
        }
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw object.error(String.valueOf(refused.getMessage()));
            }
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("Json.read: " + type.getName() + " cannot be made", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Json.read: " + type.getName() + " cannot be made", e);
        }
    }

    /** Pretty text, two spaces deep, with a line feed at the end. */
    public static String text(@Nullable Object value) {
        return text(PRETTY, value) + "\n";
    }

    /** Text in one line, without a line feed: a line of a JSONL file. */
    public static String line(@Nullable Object value) {
        return text(LINE, value);
    }

    /** Writes pretty text to a file, atomically. */
    public static void write(Path file, @Nullable Object value) {
        AtomicFiles.write(file, text(value));
    }

    /** The JSON name of a Java name or an enum constant: {@code maxTokens} and {@code MAX_TOKENS} are max-tokens. */
    public static String kebab(String name) {
        if (name.equals(name.toUpperCase(Locale.ROOT))) {
            return name.toLowerCase(Locale.ROOT).replace('_', '-');
        }
        StringBuilder kebab = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                kebab.append('-').append(Character.toLowerCase(c));
            } else {
                kebab.append(c);
            }
        }
        return kebab.toString();
    }

    private static String content(ChiaroException.Kind kind, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw ChiaroException.of(
                    kind,
                    file.toAbsolutePath() + ": expected a readable JSON file in UTF-8, but found: "
                            + AtomicFiles.reason(e) + ". Check the path.",
                    e);
        }
    }

    private static JsonNode tree(ChiaroException.Kind kind, String where, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw ChiaroException.of(
                    kind,
                    where + ": expected valid JSON, but found" + place + ": " + words(e) + ". Correct the text.",
                    e);
        }
    }

    /** What the parser says, without the place where it began, which it does not know. */
    private static String words(JsonProcessingException e) {
        return e.getOriginalMessage()
                .replaceAll("\\s+", " ")
                .replaceAll(" ?\\((start marker at|for [A-Za-z]+ starting at) \\[[^\\]]*\\]\\)", "")
                // The names of the parser's settings help nobody here.
                .replaceAll(": enable `[^`]*` to allow", "")
                .replaceAll(",? from `[^`]*`", "");
    }

    private static String name(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String text(ObjectWriter writer, @Nullable Object value) {
        try {
            return writer.writeValueAsString(node(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Json: a tree of plain values cannot be written", e);
        }
    }

    private static JsonNode node(@Nullable Object value) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        if (value == null) {
            return make.nullNode();
        }
        if (value instanceof JsonObject object) {
            return object.node();
        }
        if (value instanceof Optional<?> optional) {
            return node(optional.orElse(null));
        }
        if (value instanceof Enum<?> constant) {
            return make.textNode(kebab(constant.name()));
        }
        if (value instanceof Record written) {
            return record(written);
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = make.objectNode();
            map.forEach((key, item) -> object.set(
                    key instanceof Enum<?> constant ? kebab(constant.name()) : String.valueOf(key), node(item)));
            return object;
        }
        if (value instanceof Iterable<?> items && !(value instanceof Path)) {
            ArrayNode array = make.arrayNode();
            items.forEach(item -> array.add(node(item)));
            return array;
        }
        if (value.getClass().isArray()) {
            ArrayNode array = make.arrayNode();
            for (int i = 0; i < Array.getLength(value); i++) {
                array.add(node(Array.get(value, i)));
            }
            return array;
        }
        if (value instanceof Boolean bool) {
            return make.booleanNode(bool);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        return make.textNode(value.toString());
    }

    private static JsonNode number(Number number) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        if (number instanceof Double || number instanceof Float) {
            double wide = number.doubleValue();
            if (Double.isNaN(wide) || Double.isInfinite(wide)) {
                return make.textNode(number.toString());
            }
            return number instanceof Float ? make.numberNode(number.floatValue()) : make.numberNode(wide);
        }
        if (number instanceof java.math.BigDecimal decimal) {
            return make.numberNode(decimal);
        }
        if (number instanceof java.math.BigInteger integer) {
            return make.numberNode(integer);
        }
        return make.numberNode(number.longValue());
    }

    private static ObjectNode record(Record written) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : written.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(written);
                if (!(value instanceof Optional<?> optional && optional.isEmpty())) {
                    object.set(kebab(component.getName()), node(value));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Json: " + written.getClass().getName() + " cannot be read", e);
            }
        }
        return object;
    }

    @SuppressWarnings("unchecked")
    private static Object value(JsonObject object, String key, JsonNode node, Type type) {
        Class<?> raw = (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
        if (raw == String.class) {
            return object.string(key, node);
        } else if (raw == int.class || raw == Integer.class) {
            return object.integer(key, node);
        } else if (raw == long.class || raw == Long.class) {
            return object.longInteger(key, node);
        } else if (raw == double.class || raw == Double.class) {
            return object.number(key, node);
        } else if (raw == float.class || raw == Float.class) {
            return (float) object.number(key, node);
        } else if (raw == boolean.class || raw == Boolean.class) {
            return object.bool(key, node);
        } else if (raw == Path.class) {
            return Path.of(object.string(key, node));
        } else if (raw == JsonObject.class) {
            return object.object(key, node);
        } else if (raw.isEnum()) {
            return constant(object, key, object.string(key, node), raw);
        } else if (raw.isRecord()) {
            return read(object.object(key, node), (Class<? extends Record>) raw);
        } else if (raw == List.class) {
            if (!node.isArray()) {
                throw object.unexpected(key, "a list", node);
            }
            List<Object> items = new ArrayList<>();
            for (JsonNode item : node) {
                items.add(value(object, key + "[" + items.size() + "]", item, argument(type, 0)));
            }
            return List.copyOf(items);
        } else if (raw == Map.class && argument(type, 0) == String.class) {
            JsonObject inner = object.object(key, node);
            Map<String, Object> map = new LinkedHashMap<>();
            for (String name : inner.keys()) {
                map.put(name, value(inner, name, inner.at(name), argument(type, 1)));
            }
            return java.util.Collections.unmodifiableMap(map);
        }
        throw new IllegalArgumentException("Json.read: a component of type " + type + " cannot be read");
    }

    private static Object constant(JsonObject object, String key, String text, Class<?> type) {
        List<String> valid = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            String name = kebab(((Enum<?>) constant).name());
            if (name.equals(text)) {
                return constant;
            }
            valid.add(name);
        }
        throw object.error("\"" + text + "\" is not a value of \"" + key + "\". " + Names.hint(text, valid));
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType generic) {
            return generic.getActualTypeArguments()[index];
        }
        throw new IllegalArgumentException("Json.read: " + type + " must say what it holds");
    }
}
