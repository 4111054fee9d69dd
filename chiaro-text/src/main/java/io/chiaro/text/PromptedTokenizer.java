package io.chiaro.text;

import io.chiaro.data.Role;
import io.chiaro.data.TextEncoder;
import io.chiaro.model.Tokenizer;

/**
 * How a token store tokenises for a model: prompt, then text, cut to the limit.
 *
 * @param tokenizer the model's
 * @param before what goes before each text
 * @param maxTokens the limit, special tokens included
 */
record PromptedTokenizer(Tokenizer tokenizer, Before before, int maxTokens) implements TextEncoder {

    /**
     * Prompts by role.
     *
     * @param anchor before an anchor
     * @param other before a positive or a negative
     */
    record Before(String anchor, String other) {}

    @Override
    public int[] encode(String text) {
        return encode(text, Role.ANCHOR);
    }

    @Override
    public int[] encode(String text, Role role) {
        return tokenizer.encode((role == Role.ANCHOR ? before.anchor() : before.other()) + text, maxTokens);
    }

    @Override
    public String fingerprint() {
        return "tokenizer " + tokenizer.hash() + ", limit " + maxTokens + ", prompts \"" + before.anchor() + "\" and \""
                + before.other() + "\"";
    }
}
