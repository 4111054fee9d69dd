package io.chiaro.serve.key;

import java.util.Locale;

/** What a key allows; each role may do what those before it may. */
public enum Role {
    /** Ask: embed, search, look at settings and figures. */
    READ,
    /** Change indexes. */
    WRITE,
    /** Change what is served. */
    ADMIN;

    /** Whether this role may do what the other may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /** Its name in files and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
