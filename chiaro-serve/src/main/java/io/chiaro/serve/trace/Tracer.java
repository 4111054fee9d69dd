package io.chiaro.serve.trace;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Begins the span of each request. Safe for any thread. */
public interface Tracer extends AutoCloseable {

    /** Follows nothing. */
    Tracer OFF = new Tracer() {
        @Override
        public RequestSpan begin(
                String method, Instant time, long nanoseconds, Supplier<Map<String, List<String>>> headers) {
            return RequestSpan.NONE;
        }

        @Override
        public void close() {}
    };

    /**
     * Sends spans to a collector, from a thread of its own, so that no request waits for that.
     *
     * @param version of the program
     * @param lost told how many spans the collector did not take, on a thread of the sender
     * @throws io.chiaro.core.ChiaroException of kind usage if OpenTelemetry does not take the settings
     */
    static Tracer open(TraceSettings settings, String version, IntConsumer lost) {
        return OtlpTracer.open(settings, version, lost);
    }

    /**
     * Begins a span.
     *
     * @param method of HTTP, empty if it is none of the known
     * @param time when the request came
     * @param nanoseconds the same by {@link System#nanoTime}
     * @param headers of the request, names in lower case; asked for only if the span is made
     */
    RequestSpan begin(String method, Instant time, long nanoseconds, Supplier<Map<String, List<String>>> headers);

    /** Sends what has not been sent yet, for a few seconds at most. */
    @Override
    void close();
}
