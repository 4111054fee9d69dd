package io.chiaro.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that knows where it came from: every complaint names the file, the key and what was found. A key whose
 * value is {@code null} counts as absent. Immutable; safe for any thread.
 *
 * <p>Each getter comes in two forms: {@code string(key)} wants the key, {@code string(key, fallback)} takes the fallback
 * when the key is absent; a value of another type is an error in both.
 */
public final class JsonObject {

    private final ChiaroException.Kind kind;
    private final String where;
    private final String prefix;
    private final ObjectNode node;

    JsonObject(ChiaroException.Kind kind, String where, String prefix, ObjectNode node) {
        this.kind = kind;
        this.where = where;
        this.prefix = prefix;
        this.node = node;
    }

    /** Where the object stands: the file, and inside it the path of keys if it is not the root. */
    public String where() {
        return prefix.isEmpty() ? where : where + ": " + prefix.substring(0, prefix.length() - 1);
    }

    /** The keys in the order of the file, those with a null value too. */
    public Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** Whether the key is there with a value that is not null. */
    public boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether the value of the key is a string. */
    public boolean isString(String key) {
        return node.path(key).isTextual();
    }

    /** Whether the value of the key is an object. */
    public boolean isObject(String key) {
        return node.path(key).isObject();
    }

    /** Whether the value of the key is a list. */
    public boolean isList(String key) {
        return node.path(key).isArray();
    }

    /** The string of a key. */
    public String string(String key) {
        return string(key, want(key, "a string"));
    }

    /** The string of a key, or the fallback. */
    public String string(String key, String fallback) {
        return has(key) ? string(key, at(key)) : fallback;
    }

    /** The integer of a key. */
    public int integer(String key) {
        return integer(key, want(key, "an integer"));
    }

    /** The integer of a key, or the fallback. */
    public int integer(String key, int fallback) {
        return has(key) ? integer(key, at(key)) : fallback;
    }

    /** The 64-bit integer of a key. */
    public long longInteger(String key) {
        return longInteger(key, want(key, "an integer"));
    }

    /** The 64-bit integer of a key, or the fallback. */
    public long longInteger(String key, long fallback) {
        return has(key) ? longInteger(key, at(key)) : fallback;
    }

    /** The number of a key; the strings "NaN", "Infinity" and "-Infinity" stand for what JSON cannot write. */
    public double number(String key) {
        return number(key, want(key, "a number"));
    }

    /** The number of a key, or the fallback. */
    public double number(String key, double fallback) {
        return has(key) ? number(key, at(key)) : fallback;
    }

    /** The truth value of a key. */
    public boolean bool(String key) {
        return bool(key, want(key, "true or false"));
    }

    /** The truth value of a key, or the fallback. */
    public boolean bool(String key, boolean fallback) {
        return has(key) ? bool(key, at(key)) : fallback;
    }

    /** The object of a key. */
    public JsonObject object(String key) {
        return object(key, want(key, "an object"));
    }

    /** The object of a key, or the fallback. */
    public JsonObject object(String key, JsonObject fallback) {
        return has(key) ? object(key, at(key)) : fallback;
    }

    /** The list of strings of a key. */
    public List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (JsonNode item : list(key, "a list of strings")) {
            strings.add(string(key + "[" + strings.size() + "]", item));
        }
        return List.copyOf(strings);
    }

    /** The list of strings of a key, or the fallback. */
    public List<String> strings(String key, List<String> fallback) {
        return has(key) ? strings(key) : fallback;
    }

    /** The list of integers of a key. */
    public List<Long> integers(String key) {
        List<Long> integers = new ArrayList<>();
        for (JsonNode item : list(key, "a list of integers")) {
            integers.add(longInteger(key + "[" + integers.size() + "]", item));
        }
        return List.copyOf(integers);
    }

    /** The list of numbers of a key. */
    public List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode item : list(key, "a list of numbers")) {
            numbers.add(number(key + "[" + numbers.size() + "]", item));
        }
        return List.copyOf(numbers);
    }

    /** The list of objects of a key. */
    public List<JsonObject> objects(String key) {
        List<JsonObject> objects = new ArrayList<>();
        for (JsonNode item : list(key, "a list of objects")) {
            objects.add(object(key + "[" + objects.size() + "]", item));
        }
        return List.copyOf(objects);
    }

    /** The list of objects of a key, or the fallback. */
    public List<JsonObject> objects(String key, List<JsonObject> fallback) {
        return has(key) ? objects(key) : fallback;
    }

    /**
     * The whole object as plain Java values: maps in the order of the file, lists, strings, {@code Long}, {@code BigInteger}
     * where a whole number is too large for it, {@code Double}, {@code Boolean}. Null values are left out of maps; lists may hold them.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            Object value = plain(entry.getValue());
            if (value != null) {
                map.put(entry.getKey(), value);
            }
        });
        return map;
    }

    /** Refuses keys that are not among the valid ones, with the nearest valid name. */
    public void refuseUnknownKeys(Collection<String> valid) {
        for (String key : keys()) {
            if (!valid.contains(key)) {
                throw error("the key \"" + prefix + key + "\" is not known. " + Names.hint(key, valid));
            }
        }
    }

    /** An error about this object, of its kind: the file, then the given sentence. */
    public ChiaroException error(String sentence) {
        return ChiaroException.of(kind, where + ": " + sentence);
    }

    /** An error about one key: what was expected there and what was found. */
    ChiaroException unexpected(String key, String expected, JsonNode found) {
        String text = found.toString();
        String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return error(
                "expected " + expected + " at \"" + prefix + key + "\", but found " + shown + ". Correct the value.");
    }

    JsonNode at(String key) {
        return node.path(key);
    }

    JsonNode want(String key, String expected) {
        JsonNode value = at(key);
        if (value.isMissingNode() || value.isNull()) {
            String near = Names.nearest(key, value.isNull() ? List.of() : keys())
                    .map(name -> " Did you mean it by \"" + prefix + name + "\"?")
                    .orElse("");
            throw error("expected " + expected + " at \"" + prefix + key + "\", but the key is "
                    + (value.isNull() ? "null" : "missing") + ". Add it." + near);
        }
        return value;
    }

    String string(String key, JsonNode value) {
        if (!value.isTextual()) {
            throw unexpected(key, "a string", value);
        }
        return value.textValue();
    }

    int integer(String key, JsonNode value) {
        long number = longInteger(key, value);
        if (number != (int) number) {
            throw unexpected(key, "an integer of at most 32 bits", value);
        }
        return (int) number;
    }

    long longInteger(String key, JsonNode value) {
        // 512.0 is how some writers spell 512.
        boolean whole =
                value.isNumber() && (value.isIntegralNumber() || value.doubleValue() == Math.rint(value.doubleValue()));
        if (!whole || !value.canConvertToLong()) {
            throw unexpected(key, "an integer", value);
        }
        return value.longValue();
    }

    double number(String key, JsonNode value) {
        if (value.isTextual()) {
            switch (value.textValue()) {
                case "NaN":
                    return Double.NaN;
                case "Infinity":
                    return Double.POSITIVE_INFINITY;
                case "-Infinity":
                    return Double.NEGATIVE_INFINITY;
                default:
                    break;
            }
        }
        if (!value.isNumber()) {
            throw unexpected(key, "a number", value);
        }
        return value.doubleValue();
    }

    boolean bool(String key, JsonNode value) {
        if (!value.isBoolean()) {
            throw unexpected(key, "true or false", value);
        }
        return value.booleanValue();
    }

    JsonObject object(String key, JsonNode value) {
        if (!(value instanceof ObjectNode object)) {
            throw unexpected(key, "an object", value);
        }
        return new JsonObject(kind, where, prefix + key + ".", object);
    }

    private JsonNode list(String key, String expected) {
        JsonNode value = want(key, expected);
        if (!value.isArray()) {
            throw unexpected(key, expected, value);
        }
        return value;
    }

    ObjectNode node() {
        return node;
    }

    private @Nullable Object plain(JsonNode value) {
        if (value instanceof ObjectNode object) {
            return new JsonObject(kind, where, prefix, object).toMap();
        }
        if (value.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            value.forEach(item -> list.add(plain(item)));
            return list;
        }
        if (value.isNull()) {
            return null;
        }
        if (value.isTextual()) {
            return value.textValue();
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isIntegralNumber()) {
            return value.canConvertToLong() ? (Object) value.longValue() : value.bigIntegerValue();
        }
        return value.doubleValue();
    }

    /** The object as JSON text, pretty. */
    @Override
    public String toString() {
        return Json.text(this);
    }
}
