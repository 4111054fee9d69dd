/** A model directory and what runs it: tokenizer, pooling, prompts, limits, Embedder, Ranker. */
@NullMarked
package io.chiaro.model;

import org.jspecify.annotations.NullMarked;
