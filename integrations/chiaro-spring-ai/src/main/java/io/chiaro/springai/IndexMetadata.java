package io.chiaro.springai;

import io.chiaro.core.Json;
import io.chiaro.model.Metadata;
import java.util.Map;

/** The metadata of Spring AI's documents as an index keeps them. */
final class IndexMetadata {

    private IndexMetadata() {}

    /** {@code whose} begins the error for what an index cannot keep: objects, dates, lists of anything but strings. */
    static Metadata of(String whose, Map<String, Object> metadata) {
        return Metadata.from(Json.parse(whose, Json.line(metadata)));
    }

    /** A value as the index compares it: in words. */
    static String word(Object value) {
        return of("filter", Map.of("value", value))
                .values()
                .values()
                .iterator()
                .next()
                .words()
                .get(0);
    }
}
