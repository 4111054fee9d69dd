package io.chiaro.example.papers.site;

import io.chiaro.serve.http.HttpProblem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a form sends, in an address or a body: names and values with percent signs. */
record Parameters(Map<String, String> values) {

    /** Reads them; a name that comes twice or a broken escape is the client's to mend. */
    static Parameters parse(String written) {
        Map<String, String> values = new HashMap<>();
        for (String part : written.split("&", -1)) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                String name = decode(equals < 0 ? part : part.substring(0, equals));
                if (values.put(name, equals < 0 ? "" : decode(part.substring(equals + 1))) != null) {
                    throw HttpProblem.of(400, "A field came twice.");
                }
            }
        }
        return new Parameters(values);
    }

    private static String decode(String written) {
        try {
            return URLDecoder.decode(written, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.of(400, "The address of this page is broken.");
        }
    }

    /** The value of a name, empty if it was not sent. */
    String get(String name) {
        return find(name).orElse("");
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
