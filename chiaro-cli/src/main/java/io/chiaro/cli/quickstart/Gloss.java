package io.chiaro.cli.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gloss of WordNet in its two parts: {@code move fast by using one's feet; "Don't run--you'll be out of breath"}.
 *
 * @param definition what stands before the first example
 * @param examples the quoted examples, without quotes and without the names of those who said them
 */
record Gloss(String definition, List<String> examples) {

    // An example begins with a quote at the start or after a semicolon; any other quote belongs to the definition.
    private static final Pattern FIRST_EXAMPLE = Pattern.compile("(?:^|;)\\s*\"");
    private static final Pattern EXAMPLE = Pattern.compile("\"([^\"]+)\"?");

    static Gloss of(String gloss) {
        Matcher first = FIRST_EXAMPLE.matcher(gloss);
        if (!first.find()) {
            return new Gloss(tidy(gloss), List.of());
        }
        List<String> examples = new ArrayList<>();
        Matcher example = EXAMPLE.matcher(gloss.substring(first.end() - 1));
        while (example.find()) {
            String text = tidy(example.group(1));
            if (!text.isEmpty()) {
                examples.add(text);
            }
        }
        return new Gloss(tidy(gloss.substring(0, first.start())), List.copyOf(examples));
    }

    private static String tidy(String text) {
        return text.strip().replaceAll("\\s+", " ").replaceAll("[;:]+$", "").strip();
    }
}
