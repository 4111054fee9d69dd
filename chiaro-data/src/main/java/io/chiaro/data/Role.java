package io.chiaro.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a column means to an objective. Columns are always found by role, never by their order in a file. */
public enum Role {
    /** The text that is compared: a query, a premise, or the only text of a bare corpus. Exactly one column. */
    ANCHOR,
    /**
     * The text that belongs to the anchor; the second text of a scored or labelled pair. At most one column, or one that holds lists: then
     * each of them makes an example.
     */
    POSITIVE,
    /** Texts that do not belong to the anchor. Any number of columns, or one column that holds lists. */
    NEGATIVE,
    /** The class of the text or of the pair. At most one column. */
    LABEL,
    /** How similar the pair is; or a teacher's scores, one for each candidate. Any number of columns, or one of lists. */
    SCORE,
    /** The domain of the record, whose expert its texts take. At most one column, which is never guessed by its name. */
    DOMAIN;

    /** The name in {@code --roles} and the name of a default column: the constant in lower case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether many columns may have this role. */
    public boolean many() {
        return this == NEGATIVE || this == SCORE;
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Role::key).toList();
    }
}
