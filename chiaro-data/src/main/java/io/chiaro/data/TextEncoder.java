package io.chiaro.data;

/**
 * Turns a text into the token ids that an encoder reads, special tokens and the cut to the encoder's limit included. This
 * is how a token store tokenises; implementations must be safe for use by several threads at once and must depend on the
 * text and its role alone.
 */
public interface TextEncoder {

    /** The token ids of a text; at least one, at most {@link #maxTokens()}. */
    int[] encode(String text);

    /** The token ids of a text in its role, for an encoder that tells a question from an answer. */
    default int[] encode(String text, Role role) {
        return encode(text);
    }

    /**
     * What the ids depend on: tokenizer, limit, prompt. A store is used again only if this is equal, so two encoders that
     * give different ids must never share it.
     */
    String fingerprint();

    /** The limit to which texts are cut; sequences that fill it are reported as cut. */
    default int maxTokens() {
        return Integer.MAX_VALUE;
    }
}
