package io.chiaro.model;

/**
 * A token and the part of the text that it stands for.
 *
 * @param id what the encoder reads
 * @param text its spelling in the vocabulary, such as {@code ##ing}
 * @param special whether the tokenizer put it around the text
 * @param start where its part of the text begins, in Unicode characters (code points); 0 for a special token
 * @param end where that part ends, exclusive; 0 for a special token
 */
public record Token(int id, String text, boolean special, int start, int end) {}
