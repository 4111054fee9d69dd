/**
 * The door: HTTP by Jetty, with a bound on everything that a client can make large or slow, as plain requests and responses.
 *
 * <p>{@link io.chiaro.serve.http.HttpServer} lets requests in and writes responses; what they mean is up to a
 * {@link io.chiaro.serve.http.Handler}. Nothing here knows of models, and nothing elsewhere knows of Jetty.
 *
 * <p>Threads: a handler is called by many threads at once, one for each request.
 */
@NullMarked
package io.chiaro.serve.http;

import org.jspecify.annotations.NullMarked;
