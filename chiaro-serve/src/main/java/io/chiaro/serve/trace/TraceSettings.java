package io.chiaro.serve.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where traces go and which of them, in the words of OpenTelemetry's
 * <a href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">environment variables</a>.
 *
 * @param properties the variables by their names in lower case with dots, as {@code otel.exporter.otlp.endpoint}
 */
public record TraceSettings(Map<String, String> properties) {

    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
    private static final String TRACES_ENDPOINT = "otel.exporter.otlp.traces.endpoint";

    public TraceSettings {
        properties = Map.copyOf(properties);
    }

    /** Traces to a collector that speaks OTLP over HTTP, for example {@code http://127.0.0.1:4318}. */
    public static TraceSettings of(String collector) {
        return new TraceSettings(Map.of()).to(collector);
    }

    /**
     * What an environment says; nothing unless it names a collector, or if it turns traces off.
     *
     * @param environment its variables; those that begin with {@code OTEL_} are taken
     */
    public static Optional<TraceSettings> from(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        boolean named = List.of(ENDPOINT, TRACES_ENDPOINT).stream().anyMatch(properties::containsKey);
        boolean off = "true".equalsIgnoreCase(properties.get("otel.sdk.disabled"))
                || "none".equals(properties.get("otel.traces.exporter"));
        return named && !off ? Optional.of(new TraceSettings(properties)) : Optional.empty();
    }

    /** The same to another collector. */
    public TraceSettings to(String collector) {
        return with(TRACES_ENDPOINT, collector + (collector.endsWith("/") ? "" : "/") + "v1/traces");
    }

    /** The same with another variable, which stands before all others. */
    public TraceSettings with(String property, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(property, value);
        return new TraceSettings(more);
    }
}
