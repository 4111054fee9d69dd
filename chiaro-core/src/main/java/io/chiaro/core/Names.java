package io.chiaro.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the valid name that a user most likely meant. */
public final class Names {

    /** The names here are far shorter, and the edit distance takes time that grows with the length of what was written. */
    private static final int LONGEST = 100;

    private Names() {}

    /** The valid name nearest to what was written, if any is near enough to be worth offering; none is to a very long one. */
    public static Optional<String> nearest(String written, Collection<String> valid) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        return valid.stream()
                .min(Comparator.comparingInt((String name) -> distance(written, name))
                        .thenComparing(name -> name))
                .filter(name -> distance(written, name) <= Math.max(2, name.length() / 2));
    }

    /** The end of an error message: {@code Did you mean "x"?} where a name is near, then all the valid names. */
    public static String hint(String written, Collection<String> valid) {
        String all = "Valid: " + String.join(", ", valid) + ".";
        return nearest(written, valid)
                .map(name -> "Did you mean \"" + name + "\"? " + all)
                .orElse(all);
    }

    /** Levenshtein's edit distance, ignoring case. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int substitution = previous[j - 1] + (same ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
