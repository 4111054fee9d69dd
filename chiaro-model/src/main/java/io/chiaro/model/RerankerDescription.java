package io.chiaro.model;

/**
 * What a reader of a result must know of the reranker behind it.
 *
 * @param name the name or directory that the user gave
 * @param hash SHA-256 of the weights, in hexadecimal
 * @param maxTokens longest input in tokens, special tokens included
 * @param scoring how a query and a text come together
 */
public record RerankerDescription(String name, String hash, int maxTokens, String scoring) {

    /** Of a cross-encoder, whose input is a query with a text. */
    public RerankerDescription(String name, String hash, int maxTokens) {
        this(name, hash, maxTokens, "query and candidate together");
    }

    /** In a line: the name and the beginning of the hash. */
    @Override
    public String toString() {
        return name + " (" + hash.substring(0, Math.min(12, hash.length())) + ", " + maxTokens + " tokens)";
    }
}
