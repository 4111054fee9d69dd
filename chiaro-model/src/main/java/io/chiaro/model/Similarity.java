package io.chiaro.model;

/** How two vectors of a model are compared; higher is more alike. The names are those of model files. */
public enum Similarity {
    /** x.y / (|x| |y|). */
    COSINE,
    /** x.y. */
    DOT,
    /** -|x - y|. */
    EUCLIDEAN,
    /** -sum_i |x_i - y_i|. */
    MANHATTAN
}
