/**
 * A model behind the interfaces of Spring AI.
 *
 * <p>{@link io.chiaro.springai.ChiaroEmbeddingModel} is an embedding model of Spring AI that computes with any {@link
 * io.chiaro.model.Embedder}; {@link io.chiaro.springai.ChiaroVectorStore} keeps documents in an index of {@code chiaro-search}. The
 * starter makes both of properties.
 */
@NullMarked
package io.chiaro.springai;

import org.jspecify.annotations.NullMarked;
