package io.chiaro.cli.opening;

import io.chiaro.model.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Leaves out documents without a text, and counts them: the vector of nothing is near to every short query. */
public final class EmptyDocuments {

    private static final int NAMED = 3;

    private final List<String> first = new ArrayList<>();
    private int count;

    /** Whether a document says something; counts it if it does not. */
    public boolean says(Document document) {
        if (!document.content().isBlank()) {
            return true;
        }
        count++;
        if (first.size() < NAMED) {
            first.add(document.id());
        }
        return false;
    }

    /** How many were left out. */
    public int count() {
        return count;
    }

    /** What to tell the user, if there were any. */
    public Optional<String> note() {
        return count == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "left out %,d documents without title and text: %s%s",
                        count,
                        String.join(", ", first),
                        count > first.size() ? ", ..." : ""));
    }
}
