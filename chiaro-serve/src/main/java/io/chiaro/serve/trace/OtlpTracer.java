package io.chiaro.serve.trace;

import io.chiaro.core.ChiaroException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Traces by OpenTelemetry's library. */
final class OtlpTracer implements Tracer {

    private static final int MOST_SECONDS_AT_THE_END = 5;

    /** What holds unless the settings say otherwise. */
    private static final Map<String, String> DEFAULTS =
            Map.of("otel.service.name", "chiaro", "otel.exporter.otlp.protocol", "http/protobuf");

    /** The library's other signals: figures go to /metrics and the log to its own place. */
    private static final Map<String, String> TRACES_ALONE =
            Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");

    /** A header that comes twice names no parent, as W3C has it. */
    private static final TextMapGetter<Map<String, List<String>>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, List<String>> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, List<String>> headers, String name) {
            List<String> values = headers == null ? List.of() : headers.getOrDefault(name, List.of());
            return values.size() == 1 ? values.get(0) : null;
        }
    };

    private final OpenTelemetrySdk sdk;
    private final TextMapPropagator propagator;
    private final io.opentelemetry.api.trace.Tracer tracer;

    private OtlpTracer(OpenTelemetrySdk sdk, String version) {
        this.sdk = sdk;
        this.propagator = sdk.getPropagators().getTextMapPropagator();
        this.tracer = sdk.getTracerProvider()
                .tracerBuilder("io.chiaro.serve")
                .setInstrumentationVersion(version)
                .build();
    }

    static OtlpTracer open(TraceSettings settings, String version, IntConsumer lost) {
        Map<String, String> told = new HashMap<>(settings.properties());
        told.putAll(TRACES_ALONE);
        Resource program = Resource.create(Attributes.of(AttributeKey.stringKey("service.version"), version));
        try {
            return new OtlpTracer(
                    AutoConfiguredOpenTelemetrySdk.builder()
                            .disableShutdownHook()
                            .addPropertiesSupplier(() -> DEFAULTS)
                            .addPropertiesCustomizer(found -> told)
                            .addResourceCustomizer((named, config) -> program.merge(named))
                            .addSpanExporterCustomizer((exporter, config) -> new WatchedExporter(exporter, lost))
                            .build()
                            .getOpenTelemetrySdk(),
                    version);
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "traces: expected settings that OpenTelemetry takes, but found: " + e.getMessage()
                            + ". Check --traces and the variables of the environment that begin with OTEL_; traces go by"
                            + " OTLP over HTTP, http/protobuf.",
                    e);
        }
    }

    @Override
    public RequestSpan begin(
            String method, Instant time, long nanoseconds, Supplier<Map<String, List<String>>> headers) {
        Context caller = propagator.extract(Context.root(), headers.get(), HEADERS);
        long epoch = TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
        String known = method.isEmpty() ? "HTTP" : method;
        return new OtlpSpan(
                tracer,
                tracer.spanBuilder(known)
                        .setParent(caller)
                        .setSpanKind(SpanKind.SERVER)
                        .setStartTimestamp(epoch, TimeUnit.NANOSECONDS)
                        .setAttribute("http.request.method", method.isEmpty() ? "_OTHER" : method)
                        .startSpan(),
                epoch,
                nanoseconds);
    }

    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(MOST_SECONDS_AT_THE_END, TimeUnit.SECONDS);
    }
}
