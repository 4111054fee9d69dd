package io.chiaro.serve.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A response with its whole body. Immutable as long as nobody writes into the bytes it was made of. */
public final class Response {

    private final int status;
    private final byte[] body;
    private final Map<String, String> headers;

    private Response(int status, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.body = body;
        this.headers = headers;
    }

    /** A response with a body of a type. */
    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, body, Map.of("Content-Type", contentType));
    }

    /** JSON, in UTF-8. */
    public static Response json(int status, String json) {
        return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** Plain text, in UTF-8. */
    public static Response text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** A response without a body. */
    public static Response empty(int status) {
        return new Response(status, new byte[0], Map.of());
    }

    /** The same with one more header. */
    public Response with(String header, String value) {
        return with(Map.of(header, value));
    }

    /** The same with more headers. */
    public Response with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(more);
        return new Response(status, body, all);
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** Length of the body in bytes. */
    public int length() {
        return body.length;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }
}
