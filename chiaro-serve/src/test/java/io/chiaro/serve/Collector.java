package io.chiaro.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A collector of traces: takes OTLP over HTTP, and remembers what it was sent. */
final class Collector implements AutoCloseable {

    private final HttpServer http;
    private final int status;
    private final List<ExportTraceServiceRequest> received = Collections.synchronizedList(new ArrayList<>());
    private final List<String> paths = Collections.synchronizedList(new ArrayList<>());

    /** @param status of its answers */
    Collector(int status) throws IOException {
        this.status = status;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::take);
        http.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody();
                OutputStream answer = exchange.getResponseBody()) {
            paths.add(exchange.getRequestURI().getPath());
            received.add(ExportTraceServiceRequest.parseFrom(body));
            byte[] bytes = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            answer.write(bytes);
        }
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** The paths that were posted to. */
    List<String> paths() {
        synchronized (paths) {
            return new ArrayList<>(paths);
        }
    }

    /** What the spans are said to be of. */
    Map<String, String> resource() {
        return attributes(requests().get(0).getResourceSpans(0).getResource().getAttributesList());
    }

    private List<ExportTraceServiceRequest> requests() {
        synchronized (received) {
            return new ArrayList<>(received);
        }
    }

    /** All that came, as text. */
    String text() {
        return requests().toString();
    }

    /** The spans so far, in the order in which they began. */
    List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        requests()
                .forEach(request -> request.getResourceSpansList()
                        .forEach(resource ->
                                resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()))));
        spans.sort((a, b) -> Long.compareUnsigned(a.getStartTimeUnixNano(), b.getStartTimeUnixNano()));
        return spans;
    }

    /** The spans of a name. */
    List<Span> spans(String name) {
        return spans().stream().filter(span -> span.getName().equals(name)).toList();
    }

    /** The parts of a span. */
    List<Span> parts(Span span) {
        return spans().stream()
                .filter(one -> one.getParentSpanId().equals(span.getSpanId()))
                .toList();
    }

    static String hex(com.google.protobuf.ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    static Map<String, String> attributes(Span span) {
        return attributes(span.getAttributesList());
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> attributes = new TreeMap<>();
        list.forEach(one -> attributes.put(one.getKey(), plain(one.getValue())));
        return attributes;
    }

    private static String plain(AnyValue value) {
        return value.hasIntValue() ? String.valueOf(value.getIntValue()) : value.getStringValue();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
