/**
 * A model behind the interfaces of Spring AI.
 *
 * <p>{@link io.chiaro.springai.ChiaroEmbeddingModel} is an embedding model of Spring AI that computes with any {@link
 * io.chiaro.model.Embedder}. The starter makes one of a property.
 */
@NullMarked
package io.chiaro.springai;

import org.jspecify.annotations.NullMarked;
