package io.chiaro.model;

/**
 * What a reader of a result must know of the reranker behind it.
 *
 * @param name the name or directory that the user gave
 * @param hash SHA-256 of the weights, in hexadecimal
 * @param maxTokens longest input in tokens: query, text and special tokens together
 */
public record RerankerDescription(String name, String hash, int maxTokens) {

    /** In a line: the name and the beginning of the hash. */
    @Override
    public String toString() {
        return name + " (" + hash.substring(0, Math.min(12, hash.length())) + ", " + maxTokens + " tokens)";
    }
}
