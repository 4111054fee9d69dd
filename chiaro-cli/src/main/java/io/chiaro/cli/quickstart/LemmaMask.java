package io.chiaro.cli.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides words in their own definition. Of a definition these are replaced by {@value #MASK}:
 *
 * <ul>
 *   <li>the lemma, in one word, in several, or hyphenated (ding-dong, ding dong, dingdong);
 *   <li>its inflections, regular and irregular (run: runs, running, ran);
 *   <li>any word that contains it, from four letters on (snow: snowfall; form: information).
 * </ul>
 */
final class LemmaMask {

    static final String MASK = "___";

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’]\\p{L}+)?");
    private static final int SHORTEST_INSIDE = 4;
    private static final int LONGEST_ENDING = 4;
    private static final List<String> ENDINGS =
            List.of("", "s", "es", "d", "ed", "ing", "r", "er", "st", "est", "'s", "’s");

    private final Map<String, Set<String>> irregularForms;

    LemmaMask(Map<String, Set<String>> irregularForms) {
        this.irregularForms = irregularForms;
    }

    /** The definition with the lemmas hidden. */
    String hide(String definition, List<String> lemmas) {
        List<int[]> spans = new ArrayList<>();
        List<String> words = words(definition, spans);
        boolean[] hidden = new boolean[words.size()];
        for (String lemma : lemmas) {
            hide(words, hidden, words(lemma, new ArrayList<>()));
        }
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int i = 0; i < hidden.length; i++) {
            if (hidden[i]) {
                text.append(definition, from, spans.get(i)[0]).append(MASK);
                from = spans.get(i)[1];
            }
        }
        return text.append(definition.substring(from)).toString();
    }

    /** How many words of a text are not hidden. */
    static int shownWords(String text) {
        return words(text, new ArrayList<>()).size();
    }

    private void hide(List<String> words, boolean[] hidden, List<String> lemma) {
        if (lemma.isEmpty()) {
            return;
        }
        String joined = String.join("", lemma);
        Set<String> irregular = irregularForms.getOrDefault(String.join(" ", lemma), Set.of());
        int longest = joined.length() + LONGEST_ENDING;
        for (String form : irregular) {
            longest = Math.max(longest, form.length());
        }
        for (int start = 0; start < words.size(); start++) {
            String span = "";
            for (int end = start; end < words.size() && span.length() < longest; end++) {
                span = end == start ? words.get(start) : span + words.get(end);
                boolean inside = end == start && joined.length() >= SHORTEST_INSIDE && span.contains(joined);
                if (inside || isForm(span, joined) || irregular.contains(span)) {
                    fill(hidden, start, end);
                }
            }
            if (lemma.size() > 1 && wordByWord(words, start, lemma)) {
                fill(hidden, start, start + lemma.size() - 1);
            }
        }
    }

    private boolean wordByWord(List<String> words, int start, List<String> lemma) {
        if (start + lemma.size() > words.size()) {
            return false;
        }
        for (int i = 0; i < lemma.size(); i++) {
            if (!isForm(words.get(start + i), lemma.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static void fill(boolean[] hidden, int first, int last) {
        for (int i = first; i <= last; i++) {
            hidden[i] = true;
        }
    }

    /** Whether a word as written is another word or an inflection of it. */
    private boolean isForm(String written, String word) {
        int length = word.length();
        String stem = length > 2 ? word.substring(0, length - 1) : word;
        if (!written.startsWith(stem)) {
            return irregularForms.getOrDefault(word, Set.of()).contains(written);
        }
        if (written.startsWith(word) && ENDINGS.contains(written.substring(length))) {
            return true;
        }
        // Here the word is changed at its end: make has making, carry has carried, run has running.
        String rest = written.substring(stem.length());
        boolean regular = length > 2
                && switch (word.charAt(length - 1)) {
                    case 'e' -> rest.equals("ing");
                    case 'y' -> List.of("ies", "ied", "ier", "iest").contains(rest);
                    default -> doubled(rest, word.charAt(length - 1));
                };
        return regular || irregularForms.getOrDefault(word, Set.of()).contains(written);
    }

    private static boolean doubled(String rest, char last) {
        return rest.length() > 3
                && rest.charAt(0) == last
                && rest.charAt(1) == last
                && List.of("ed", "ing", "er", "est").contains(rest.substring(2));
    }

    /** The words of a text in lower case, and where each begins and ends. */
    private static List<String> words(String text, List<int[]> spans) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group().toLowerCase(Locale.ROOT));
            spans.add(new int[] {matcher.start(), matcher.end()});
        }
        return words;
    }
}
