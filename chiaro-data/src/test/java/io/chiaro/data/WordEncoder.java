package io.chiaro.data;

/** A small honest encoder for tests: a token a word, lower case, bracketed by 1 and 2, cut to a limit. */
record WordEncoder(int maxTokens) implements TextEncoder {

    WordEncoder() {
        this(Integer.MAX_VALUE);
    }

    @Override
    public int[] encode(String text) {
        String[] words = text.strip().toLowerCase(java.util.Locale.ROOT).split("\\s+");
        int count = (int) Math.min(words.length, (long) maxTokens - 2);
        int[] ids = new int[count + 2];
        ids[0] = 1;
        for (int i = 0; i < count; i++) {
            ids[i + 1] = words[i].hashCode();
        }
        ids[count + 1] = 2;
        return ids;
    }

    @Override
    public String fingerprint() {
        return "words-" + maxTokens;
    }
}
