package io.chiaro.serve.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request whose head has been read. Its body is read when it is asked for. One thread. */
public final class Request {

    private final RequestHead head;
    private final Body body;
    private byte[] content = new byte[0];
    private boolean read;

    Request(RequestHead head, Body body) {
        this.head = head;
        this.body = body;
    }

    /** Where the bytes of a body come from. */
    interface Body {
        byte[] read();
    }

    /** The method, in capitals as it was sent. */
    public String method() {
        return head.method();
    }

    /** The path with its percent signs, without the query. */
    public String path() {
        return head.path();
    }

    /** What stands behind the question mark, as it was sent; empty if nothing does. */
    public String query() {
        return head.query();
    }

    /** The value of a header that must not come twice, by its name in any case. */
    public Optional<String> header(String name) {
        List<String> values = head.headers().getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (values.size() > 1) {
            throw HttpProblem.of(
                    400, "expected the header " + name + " once, but it comes " + values.size() + " times.");
        }
        return values.stream().findFirst();
    }

    /** All headers, names in lower case. */
    public Map<String, List<String>> headers() {
        return head.headers();
    }

    /**
     * The bytes of the body, decoded from its transfer coding.
     *
     * @throws HttpProblem with status 413 if there are more than the server takes, 400 if the coding is broken
     */
    public byte[] body() {
        if (!read) {
            content = body.read();
            read = true;
        }
        return content;
    }

    boolean isRead() {
        return read || !head.hasBody();
    }
}
