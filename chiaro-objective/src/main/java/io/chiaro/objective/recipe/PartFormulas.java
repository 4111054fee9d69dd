package io.chiaro.objective.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the source says of each part that a recipe can have, formula and paper, so that a program can show it too. The resource is made
 * from the comments in the source, and a test compares them.
 */
final class PartFormulas {

    /** Where it lies beside this class. */
    static final String RESOURCE = "parts.txt";

    /** Before the name of a class; the lines up to the next are what is said of it. */
    static final String HEADING = "== ";

    private static final Map<String, String> ALL = read();

    private PartFormulas() {}

    /** What is said of the class of a part, in paragraphs. */
    static Optional<String> of(Record part) {
        return Optional.ofNullable(ALL.get(part.getClass().getName()));
    }

    private static Map<String, String> read() {
        try (InputStream in = Objects.requireNonNull(PartFormulas.class.getResourceAsStream(RESOURCE))) {
            Map<String, String> texts = new HashMap<>();
            for (String section :
                    ("\n" + new String(in.readAllBytes(), StandardCharsets.UTF_8)).split("\n" + HEADING)) {
                int end = section.indexOf('\n');
                if (end > 0) {
                    texts.put(
                            section.substring(0, end),
                            section.substring(end + 1).strip());
                }
            }
            return Map.copyOf(texts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
