/**
 * A model and its indexes over HTTP. {@link io.chiaro.serve.Server} puts the parts together: connections
 * ({@link io.chiaro.serve.http}), the table of routes ({@link io.chiaro.serve.route}), the queue before the model
 * ({@link io.chiaro.serve.batch}), keys ({@link io.chiaro.serve.key}), figures ({@link io.chiaro.serve.metric}) and traces
 * ({@link io.chiaro.serve.trace}).
 *
 * <pre>{@code
 * try (TokenEmbedder model = OnnxEmbedder.open("all-MiniLM-L6-v2", new OnnxSettings(1, 1024));
 *         Server server = Server.start(model, List.of(), ServerSettings.defaults(), System.err::println)) {
 *     System.err.println("ready " + server.address());
 *     ...
 *     server.drain(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
@NullMarked
package io.chiaro.serve;

import org.jspecify.annotations.NullMarked;
