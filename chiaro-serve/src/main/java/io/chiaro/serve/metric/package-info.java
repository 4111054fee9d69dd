/**
 * What a server counts, in the text format of Prometheus (version 0.0.4). Names are those of Hugging Face's Text Embeddings
 * Inference where they mean the same, so that its dashboards fit.
 */
@NullMarked
package io.chiaro.serve.metric;

import org.jspecify.annotations.NullMarked;
