package io.chiaro.example.papers.html;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The text that a browser would show of a piece of HTML, roughly: tags and comments are taken out, and references become the
 * characters that they stand for. What comes out is text and no markup, whatever it looks like; who puts it into a page writes it
 * by {@link Html#text}, as any other text from outside.
 *
 * <p>It is small because it is strict: a tag, a comment or a script that does not end is refused, since nobody could tell text from
 * markup behind it.
 */
public final class HtmlText {

    /** Elements within a line: taking out any other parts two words. */
    private static final Set<String> WITHIN_A_LINE = Set.of(
            "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
            "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr");

    private static final Set<String> HIDDEN = Set.of("script", "style", "template", "title", "head");

    /** Elements whose content is no markup up to their end tag. */
    private static final Set<String> RAW = Set.of("script", "style");

    private static final int LONGEST_REFERENCE = 12;

    private static final Map<String, String> CHARACTERS = References.characters();

    private final String html;
    private final StringBuilder text = new StringBuilder();
    private int at;

    private HtmlText(String html) {
        this.html = html;
    }

    /**
     * The text of a piece of HTML.
     *
     * @throws IllegalArgumentException with a sentence that says what does not end
     */
    public static String of(String html) {
        return new HtmlText(html).read();
    }

    /** Whether a browser shows nothing of an element. */
    public static boolean isHidden(String element) {
        return HIDDEN.contains(element.toLowerCase(Locale.ROOT));
    }

    /** Adds what the begin or the end of an element means in a text: a space, but for those within a line. */
    public static void part(StringBuilder text, String element) {
        if (!WITHIN_A_LINE.contains(element.toLowerCase(Locale.ROOT))) {
            text.append(' ');
        }
    }

    private String read() {
        while (at < html.length()) {
            char c = html.charAt(at);
            if (c == '<' && begins("<!--")) {
                at = after(html.indexOf("-->", at + 4), 3, "comment");
            } else if (c == '<' && (begins("<!") || begins("<?"))) {
                at = after(html.indexOf('>', at), 1, "declaration");
            } else if (c == '<' && isTag()) {
                tag();
            } else if (c == '&') {
                reference();
            } else {
                text.append(c);
                at++;
            }
        }
        return text.toString();
    }

    private boolean begins(String what) {
        return html.startsWith(what, at);
    }

    private static int after(int found, int length, String what) {
        if (found < 0) {
            throw new IllegalArgumentException("expected HTML, but found a " + what + " that does not end.");
        }
        return found + length;
    }

    /** A sign of less before anything but a name is a sign of less. */
    private boolean isTag() {
        int name = begins("</") ? at + 2 : at + 1;
        return name < html.length() && isLetter(html.charAt(name));
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private boolean isInName(int place) {
        return place < html.length() && (isLetter(html.charAt(place)) || Character.isDigit(html.charAt(place)));
    }

    private void tag() {
        boolean closes = begins("</");
        int begin = closes ? at + 2 : at + 1;
        int end = begin;
        while (isInName(end)) {
            end++;
        }
        String name = html.substring(begin, end).toLowerCase(Locale.ROOT);
        at = endOfTag(end);
        part(text, name);
        // In HTML a slash before the sign of more does not end such an element.
        if (!closes && HIDDEN.contains(name)) {
            passOver(name);
        }
    }

    /** Behind the tag; a sign of more within quotes does not end it. */
    private int endOfTag(int from) {
        char quote = 0;
        for (int i = from; i < html.length(); i++) {
            char c = html.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        return after(-1, 0, "tag");
    }

    private void passOver(String name) {
        String wanted = "</" + name;
        while (at < html.length()) {
            int next = html.indexOf('<', at);
            at = after(next, 0, name);
            if (html.regionMatches(true, at, wanted, 0, wanted.length()) && !isInName(at + wanted.length())) {
                at = endOfTag(at + wanted.length());
                return;
            }
            if (!RAW.contains(name) && begins("<!--")) {
                at = after(html.indexOf("-->", at + 4), 3, "comment");
            } else {
                at++;
            }
        }
        after(-1, 0, name);
    }

    /** One that is not known is text, as in a browser. */
    private void reference() {
        int end = html.indexOf(';', at);
        String name = end < 0 || end - at > LONGEST_REFERENCE ? "" : html.substring(at + 1, end);
        String known = name.matches("#[0-9]{1,8}")
                ? character(Integer.parseInt(name.substring(1)))
                : name.matches("#[xX][0-9a-fA-F]{1,7}")
                        ? character(Integer.parseInt(name.substring(2), 16))
                        : CHARACTERS.get(name);
        if (known == null) {
            text.append('&');
            at++;
        } else {
            text.append(known);
            at = end + 1;
        }
    }

    /** The character of a number; of a number that is none, the one that says so. */
    private static String character(int number) {
        return number == 0
                        || !Character.isValidCodePoint(number)
                        || (number >= Character.MIN_SURROGATE && number <= Character.MAX_SURROGATE)
                ? "\uFFFD"
                : Character.toString(number);
    }
}
