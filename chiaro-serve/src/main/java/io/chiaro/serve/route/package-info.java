/**
 * What the server can be asked. {@link io.chiaro.serve.route.Routes} is the one table of it: requests are matched by it, their
 * keys are held to it, and the OpenAPI document is printed from it. A family of routes is a class that makes its rows:
 * {@link io.chiaro.serve.route.OpenAiRoutes}, {@link io.chiaro.serve.route.EmbeddingRoutes} as in Text Embeddings Inference,
 * {@link io.chiaro.serve.route.IndexRoutes}, {@link io.chiaro.serve.route.PageRoutes} and
 * {@link io.chiaro.serve.route.OperationRoutes}.
 */
@NullMarked
package io.chiaro.serve.route;

import org.jspecify.annotations.NullMarked;
