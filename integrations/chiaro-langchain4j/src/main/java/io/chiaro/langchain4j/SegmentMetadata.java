package io.chiaro.langchain4j;

import io.chiaro.core.Json;
import io.chiaro.model.Metadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The metadata of LangChain4j's segments as an index keeps them. */
final class SegmentMetadata {

    /** Whole numbers up to here are exact in the index; longer ones are kept as texts, which LangChain4j reads as numbers. */
    private static final long MOST_EXACT = 1L << 53;

    private SegmentMetadata() {}

    /** {@code whose} begins the error for what an index cannot keep. */
    static Metadata of(String whose, dev.langchain4j.data.document.Metadata metadata) {
        Map<String, Object> plain = new LinkedHashMap<>();
        metadata.toMap().forEach((name, value) -> plain.put(name, kept(value)));
        return Metadata.from(Json.parse(whose, Json.line(plain)));
    }

    /** A value as the index compares it: in words. */
    static String word(Object value) {
        return Metadata.from(Json.parse("filter", Json.line(Map.of("value", kept(value)))))
                .values()
                .values()
                .iterator()
                .next()
                .words()
                .get(0);
    }

    private static Object kept(Object value) {
        if (value instanceof Long number && (number > MOST_EXACT || number < -MOST_EXACT)) {
            return number.toString();
        }
        return value instanceof UUID id ? id.toString() : value;
    }

    static dev.langchain4j.data.document.Metadata from(Metadata metadata) {
        Map<String, Object> known = new LinkedHashMap<>();
        metadata.plain()
                .forEach((name, value) ->
                        known.put(name, value instanceof Boolean || value instanceof List ? words(value) : value));
        return dev.langchain4j.data.document.Metadata.from(known);
    }

    /** What LangChain4j has no kind for, as JSON writes it. */
    private static String words(Object value) {
        return value instanceof List ? Json.line(value) : String.valueOf(value);
    }
}
