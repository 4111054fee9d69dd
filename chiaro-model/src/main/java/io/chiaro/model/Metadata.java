package io.chiaro.model;

import io.chiaro.core.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a document beside its text: values under names, to filter and to count by. Flat: no objects inside.
 * Immutable.
 *
 * @param values names of 1 to 64 letters, digits, {@code _}, {@code -} and dots
 */
public record Metadata(Map<String, MetadataValue> values) {

    /** No metadata. */
    public static final Metadata NONE = new Metadata(Map.of());

    private static final String NAME = "[\\p{L}\\p{N}_.-]{1,64}";

    /** Most names of a document. */
    public static final int MOST_NAMES = 64;

    /** Most texts of a list. */
    public static final int MOST_TEXTS = 256;

    /** Most bytes of a text, far below what an index can hold as one term. */
    public static final int LONGEST_TEXT = 8192;

    public Metadata {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        if (values.size() > MOST_NAMES) {
            throw new IllegalArgumentException(
                    "metadata: expected at most " + MOST_NAMES + " names, but found " + values.size() + ".");
        }
        values.forEach((name, value) -> {
            if (!name.matches(NAME)) {
                throw new IllegalArgumentException("metadata: expected names of 1 to 64 letters, digits, _, - and dots,"
                        + " but found \"" + (name.length() > 64 ? name.substring(0, 64) + "..." : name) + "\".");
            }
            if (value.words().size() > MOST_TEXTS) {
                throw new IllegalArgumentException("metadata: expected at most " + MOST_TEXTS + " texts at \"" + name
                        + "\", but found " + value.words().size() + ".");
            }
            for (String text : value.words()) {
                if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_TEXT) {
                    throw new IllegalArgumentException("metadata: expected texts of at most " + LONGEST_TEXT
                            + " bytes at \"" + name + "\", but found one of " + text.length() + " characters.");
                }
            }
        });
    }

    /**
     * Reads what {@link #plain} gives. Names whose value is null are left out.
     *
     * @throws io.chiaro.core.ChiaroException if a value is of another type or out of bounds; the message begins with where
     *     the object stands
     */
    public static Metadata from(JsonObject object) {
        Map<String, MetadataValue> values = new LinkedHashMap<>();
        object.toMap().forEach((name, value) -> values.put(name, value(object, name, value)));
        try {
            return new Metadata(values);
        } catch (IllegalArgumentException outOfBounds) {
            throw object.error(String.valueOf(outOfBounds.getMessage()));
        }
    }

    private static MetadataValue value(JsonObject object, String name, Object value) {
        if (value instanceof String text) {
            return new MetadataValue.Text(text);
        }
        if (value instanceof Boolean truth) {
            return new MetadataValue.Truth(truth);
        }
        if (value instanceof Number whole && MetadataValue.Figure.wouldLoseDigits(whole)) {
            throw object.error("metadata: expected whole numbers up to 2^53 at \"" + name + "\", but found " + whole
                    + ". Make it a string, which keeps all digits.");
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return new MetadataValue.Figure(number.doubleValue());
        }
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            for (Object item : list) {
                if (!(item instanceof String text)) {
                    throw object.error("metadata: expected only strings in the list \"" + name
                            + "\", but found something else. Make them strings.");
                }
                texts.add(text);
            }
            return new MetadataValue.Texts(texts);
        }
        throw object.error("metadata: expected a string, a finite number, true, false or a list of strings at \"" + name
                + "\", but found something else. Metadata are flat.");
    }

    /** Plain Java values under their names, as JSON writes them. */
    public Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        values.forEach((name, value) -> plain.put(name, value.plain()));
        return plain;
    }
}
