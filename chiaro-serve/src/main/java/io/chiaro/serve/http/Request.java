package io.chiaro.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;

/** A request. Its body is read when it is asked for. One thread. */
public final class Request {

    private final org.eclipse.jetty.server.Request request;
    private final HttpSettings settings;
    private byte[] content = new byte[0];
    private boolean read;

    Request(org.eclipse.jetty.server.Request request, HttpSettings settings) {
        this.request = request;
        this.settings = settings;
    }

    /** The method, in capitals as it was sent. */
    public String method() {
        return request.getMethod();
    }

    /** The path with its percent signs, without the query. */
    public String path() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /** What stands behind the question mark, as it was sent; empty if nothing does. */
    public String query() {
        String query = request.getHttpURI().getQuery();
        return query == null ? "" : query;
    }

    /** The value of a header that must not come twice, by its name in any case. */
    public Optional<String> header(String name) {
        List<String> values = request.getHeaders().getValuesList(name);
        if (values.size() > 1) {
            throw HttpProblem.of(
                    400, "expected the header " + name + " once, but it comes " + values.size() + " times.");
        }
        return values.stream().findFirst();
    }

    /** All headers, names in lower case. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String name : request.getHeaders().getFieldNamesCollection()) {
            headers.put(
                    name.toLowerCase(Locale.ROOT),
                    List.copyOf(request.getHeaders().getValuesList(name)));
        }
        return headers;
    }

    /**
     * The bytes of the body, decoded from its transfer coding.
     *
     * @throws HttpProblem with status 413 if there are more than the server takes, 408 if they come too slowly, 400 if they end too
     *     early
     */
    public byte[] body() {
        if (!read) {
            content = bytes();
            read = true;
        }
        return content;
    }

    private byte[] bytes() {
        int most = settings.bodyBytes();
        if (request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > most) {
            throw tooLarge(most);
        }
        long due = System.nanoTime() + settings.reading().toNanos();
        try (InputStream in = Content.Source.asInputStream(request)) {
            // It grows with what comes, never with what is announced.
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 13];
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                bytes.write(buffer, 0, got);
                if (bytes.size() > most) {
                    throw tooLarge(most);
                }
                if (System.nanoTime() - due > 0) {
                    throw HttpProblem.of(
                            408,
                            "expected the whole body within "
                                    + settings.reading().toSeconds() + " s.");
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw HttpProblem.of(400, "expected a whole body, but it ended early or its coding is broken.");
        }
    }

    private static HttpProblem tooLarge(int most) {
        return HttpProblem.of(413, "expected a body of at most " + most + " bytes. Send less at a time.");
    }
}
