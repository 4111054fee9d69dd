package io.chiaro.model;

/**
 * How the states of a text's n tokens h_1..h_n become one vector. Padding never takes part: a text's tokens are always
 * handed over alone.
 */
public enum Pooling {
    /** h_1, the state of the first token. */
    CLS,
    /** The largest value of each feature over the tokens. */
    MAX,
    /** sum_t h_t / n. */
    MEAN,
    /** sum_t h_t / sqrt(n). */
    MEAN_SQRT,
    /** sum_t t h_t / sum_t t: later tokens count more. */
    WEIGHTED_MEAN,
    /** h_n, the state of the last token. */
    LAST
}
