/**
 * Traces of requests, as OpenTelemetry has them: {@link io.chiaro.serve.trace.Tracer} begins a
 * {@link io.chiaro.serve.trace.RequestSpan} for each request, with the caller's trace as its parent where the request names one by W3C's
 * {@code traceparent}, and sends it to a collector by OTLP. {@link io.chiaro.serve.trace.Tracer#OFF} does nothing. OpenTelemetry's own
 * library stands behind it, and nothing elsewhere knows of it.
 */
@NullMarked
package io.chiaro.serve.trace;

import org.jspecify.annotations.NullMarked;
