package io.chiaro.serve.http;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a client has to mend, or to try again later: a status and a sentence, and headers that go with it. */
public final class HttpProblem extends RuntimeException {

    private final int status;
    private final Map<String, String> headers;
    private final Optional<String> key;
    private final Optional<String> code;

    private HttpProblem(
            int status, String message, Map<String, String> headers, Optional<String> key, Optional<String> code) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
        this.key = key;
        this.code = code;
    }

    /** A problem of a status, from 400 to 599. */
    public static HttpProblem of(int status, String message) {
        return new HttpProblem(status, message, Map.of(), Optional.empty(), Optional.empty());
    }

    /** The same with a header in the response. */
    public HttpProblem with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new HttpProblem(status, sentence(), Map.copyOf(more), key, code);
    }

    /** The same with the key of the body that it is about. */
    public HttpProblem about(String name) {
        return new HttpProblem(status, sentence(), headers, Optional.of(name), code);
    }

    /** The same with a word for programs, where the status says too little. */
    public HttpProblem coded(String word) {
        return new HttpProblem(status, sentence(), headers, key, Optional.of(word));
    }

    /** The key of the body that it is about, if that is known. */
    public Optional<String> key() {
        return key;
    }

    /** A word for programs, if there is one. */
    public Optional<String> code() {
        return code;
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
