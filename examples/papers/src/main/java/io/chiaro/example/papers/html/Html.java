package io.chiaro.example.papers.html;

/** Makes text safe to stand in HTML, between tags and in quoted attributes. */
public final class Html {

    private Html() {}

    /** The text with references in place of the characters that mean something to a browser. */
    public static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append((char) c);
            }
        });
        return safe.toString();
    }
}
