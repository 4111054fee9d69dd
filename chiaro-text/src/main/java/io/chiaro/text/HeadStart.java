package io.chiaro.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where the head of a {@link SparseEncoder} begins. */
enum HeadStart {
    /** With the tokens that stand in a text, see {@link LexicalStart}; what the head had learned is gone. */
    LEXICAL,
    /** With the numbers that it has. */
    NONE;

    /** The keys of all. */
    static List<String> keys() {
        return Arrays.stream(values()).map(HeadStart::key).toList();
    }

    /** What a setting calls it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** That of a key. */
    static HeadStart of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }
}
