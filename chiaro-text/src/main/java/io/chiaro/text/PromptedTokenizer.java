package io.chiaro.text;

import io.chiaro.data.TextEncoder;
import io.chiaro.model.Tokenizer;

/**
 * How a token store tokenises for a model: prompt, then text, cut to the limit.
 *
 * @param tokenizer the model's
 * @param prompt what goes before each text
 * @param maxTokens the limit, special tokens included
 */
record PromptedTokenizer(Tokenizer tokenizer, String prompt, int maxTokens) implements TextEncoder {

    @Override
    public int[] encode(String text) {
        return tokenizer.encode(prompt + text, maxTokens);
    }

    @Override
    public String fingerprint() {
        return "tokenizer " + tokenizer.hash() + ", limit " + maxTokens + ", prompt \"" + prompt + "\"";
    }
}
