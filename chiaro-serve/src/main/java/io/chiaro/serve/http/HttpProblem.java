package io.chiaro.serve.http;

import java.util.Map;
import java.util.TreeMap;

/** What a client has to mend, or to try again later: a status and a sentence, and headers that go with it. */
public final class HttpProblem extends RuntimeException {

    private final int status;
    private final Map<String, String> headers;

    private HttpProblem(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    /** A problem of a status, from 400 to 599. */
    public static HttpProblem of(int status, String message) {
        return new HttpProblem(status, message, Map.of());
    }

    /** The same with a header in the response. */
    public HttpProblem with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new HttpProblem(status, String.valueOf(getMessage()), Map.copyOf(more));
    }

    /** The status of the response. */
    public int status() {
        return status;
    }

    /** Headers of the response. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
