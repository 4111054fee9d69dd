/**
 * A model behind the interfaces of LangChain4j.
 *
 * <p>{@link io.chiaro.langchain4j.ChiaroEmbeddingModel} is an embedding model of LangChain4j that computes with any {@link
 * io.chiaro.model.Embedder}, {@link io.chiaro.langchain4j.ChiaroEmbeddingStore} keeps segments in an index of {@code chiaro-search},
 * {@link io.chiaro.langchain4j.ChiaroScoringModel} scores with any {@link io.chiaro.model.Reranker}.
 */
@NullMarked
package io.chiaro.langchain4j;

import org.jspecify.annotations.NullMarked;
