package io.chiaro.serve.trace;

import io.chiaro.serve.batch.JobTimes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A span of OpenTelemetry's library with its parts as children. Attributes have the names of OpenTelemetry's semantic conventions where
 * those have one.
 */
final class OtlpSpan implements RequestSpan {

    private static final String MODEL = "gen_ai.request.model";
    private static final String TOKENS = "gen_ai.usage.input_tokens";
    private static final String ERROR = "error.type";

    private final Tracer tracer;
    private final Span span;
    private final long epoch;
    private final long begun;

    /**
     * @param epoch when it began, in nanoseconds since 1970
     * @param begun the same by {@link System#nanoTime}
     */
    OtlpSpan(Tracer tracer, Span span, long epoch, long begun) {
        this.tracer = tracer;
        this.span = span;
        this.epoch = epoch;
        this.begun = begun;
    }

    @Override
    public Optional<SpanName> name() {
        return Optional.of(new SpanName(
                span.getSpanContext().getTraceId(), span.getSpanContext().getSpanId()));
    }

    @Override
    public void part(String name, long from, long to) {
        child(name, from).end(at(to), TimeUnit.NANOSECONDS);
    }

    @Override
    public void computed(String model, JobTimes times) {
        long begins = times.begun().orElse(times.ended());
        part("queue", times.submitted(), begins);
        if (times.begun().isPresent()) {
            Span compute = child("compute", begins)
                    .setAttribute(MODEL, model)
                    .setAttribute("chiaro.batches", times.batches())
                    .setAttribute("chiaro.batch.texts", times.batchTexts())
                    .setAttribute("chiaro.batch.tokens", times.batchTokens());
            times.failure()
                    .ifPresent(failure -> compute.setAttribute(
                                    ERROR, failure.getClass().getName())
                            .setStatus(StatusCode.ERROR));
            compute.end(at(times.ended()), TimeUnit.NANOSECONDS);
        }
    }

    private Span child(String name, long from) {
        return tracer.spanBuilder(name)
                .setParent(Context.root().with(span))
                .setStartTimestamp(at(from), TimeUnit.NANOSECONDS)
                .startSpan();
    }

    private long at(long nanoseconds) {
        return epoch + (nanoseconds - begun);
    }

    @Override
    public void end(Outcome outcome) {
        if (!outcome.route().isEmpty()) {
            span.updateName((outcome.method().isEmpty() ? "HTTP" : outcome.method()) + " " + outcome.route());
            span.setAttribute("http.route", outcome.route());
        }
        span.setAttribute("http.response.status_code", outcome.status());
        span.setAttribute("http.response.body.size", outcome.bytes());
        outcome.key().ifPresent(id -> span.setAttribute("chiaro.key.id", id));
        outcome.model().ifPresent(model -> {
            span.setAttribute(MODEL, model);
            span.setAttribute("chiaro.texts", outcome.texts());
            span.setAttribute(TOKENS, outcome.tokens());
            span.setAttribute("chiaro.truncated", outcome.truncated());
        });
        // What the client has to mend is no error of the server, by the conventions.
        if (outcome.status() >= 500) {
            span.setAttribute(ERROR, outcome.error().orElse(String.valueOf(outcome.status())));
            span.setStatus(StatusCode.ERROR);
        }
        span.end(epoch + outcome.nanoseconds(), TimeUnit.NANOSECONDS);
    }
}
