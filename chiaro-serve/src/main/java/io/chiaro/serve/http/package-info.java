/**
 * HTTP/1.1 (RFC 9112) for a server that computes: strict about what it reads, with a bound on everything a client can make
 * large or slow, one thread a connection, and able to tell a waiting request that its client has gone.
 *
 * <p>{@link io.chiaro.serve.http.HttpServer} reads requests and writes responses; what they mean is up to a
 * {@link io.chiaro.serve.http.Handler}. Nothing here knows of models.
 *
 * <p>Threads: a handler is called by many threads at once, one for each request.
 */
@NullMarked
package io.chiaro.serve.http;

import org.jspecify.annotations.NullMarked;
