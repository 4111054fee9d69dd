package io.chiaro.cli.searching;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What of a query is compared with the documents of an index. */
public enum SearchBy {
    VECTORS(" the index has no document"),
    WORDS(" no document%s has a word of the query"),
    SPARSE(" no document%s has a token of the query"),
    HYBRID(" the index has no document");

    private final String nothing;

    SearchBy(String nothing) {
        this.nothing = nothing;
    }

    /** As it is written outside. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static SearchBy named(String key) {
        List<String> keys = Arrays.stream(values()).map(SearchBy::key).toList();
        int found = keys.indexOf(key);
        if (found < 0) {
            throw ChiaroException.usage("--by: unknown name \"" + key + "\". " + Names.hint(key, keys));
        }
        return values()[found];
    }

    /** Why there is no hit. */
    String nothing(boolean filtered) {
        String held = filtered ? " that meets the filter" : "";
        return "nothing found:" + (nothing.contains("%s") ? nothing.formatted(held) : nothing + held);
    }
}
