package io.chiaro.serve.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sites whose pages may ask the server from a browser and read its answers (CORS). Without one of them browsers keep the answers
 * from pages of other sites.
 *
 * @param allowed origins like {@code https://app.example.org}, or a star for all
 */
public record Origins(List<String> allowed) {

    /** No site but the server's own page. */
    public static final Origins NONE = new Origins(List.of());

    private static final String ALL = "*";
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^\\s/?#@\"]+");
    private static final String EXPOSED = "Chiaro-Truncated-Inputs, Retry-After, WWW-Authenticate, X-Request-Id";

    public Origins {
        allowed = List.copyOf(allowed);
        for (String origin : allowed) {
            if (!origin.equals(ALL) && !ORIGIN.matcher(origin).matches()) {
                throw new IllegalArgumentException(
                        "expected an origin like https://app.example.org or http://localhost:3000, without a path, or *,"
                                + " but found \"" + origin + "\".");
            }
        }
    }

    private boolean lets(@Nullable String origin) {
        return origin != null && (allowed.contains(ALL) || allowed.contains(origin));
    }

    /** What goes with an answer to a page of an origin. */
    Map<String, String> headers(@Nullable String origin) {
        if (allowed.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        boolean all = allowed.contains(ALL);
        if (!all) {
            headers.put("Vary", "Origin");
        }
        if (lets(origin)) {
            headers.put("Access-Control-Allow-Origin", all ? ALL : String.valueOf(origin));
            headers.put("Access-Control-Expose-Headers", EXPOSED);
        }
        return headers;
    }

    /**
     * Whether a request only asks what a page may ask. Browsers send no key with it.
     *
     * @param wanted the method that it asks for, if it does
     */
    boolean isPreflight(String method, @Nullable String origin, @Nullable String wanted) {
        return method.equals("OPTIONS") && wanted != null && lets(origin);
    }

    /**
     * The answer to it, but for {@link #headers}. All headers may be sent: what comes with a request is judged when it comes.
     *
     * @param names of the headers that it asks for, if it does
     */
    Response preflight(@Nullable String names) {
        return Response.empty(204)
                .with("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
                .with("Access-Control-Allow-Headers", names == null ? "Authorization, Content-Type" : names)
                .with("Access-Control-Max-Age", "600");
    }
}
