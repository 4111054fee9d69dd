package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Request;
import io.chiaro.serve.trace.RequestSpan;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request on its way through its route. One thread. */
final class Call {

    /** How sentences say where: {@code at "key"}, {@code at "key[3]"}, {@code at "key.inner"}. */
    private static final Pattern WHERE = Pattern.compile(" at \"([A-Za-z_]+)");

    private final Request request;
    private final Route route;
    private final Map<String, String> variables;
    private final String id;
    private final long due;
    private final RequestSpan span;
    private Optional<String> model = Optional.empty();
    private int texts;
    private int tokens;
    private int truncated;

    Call(Request request, Route route, Map<String, String> variables, String id, long due, RequestSpan span) {
        this.request = request;
        this.route = route;
        this.variables = variables;
        this.id = id;
        this.due = due;
        this.span = span;
    }

    Form form() {
        return route.form();
    }

    /** By which the client and the log know the request. */
    String id() {
        return id;
    }

    /** When the response must be there, by {@link System#nanoTime}. */
    long due() {
        return due;
    }

    /** Where its parts are shown. */
    RequestSpan span() {
        return span;
    }

    /** Does a part of it, and shows how long that took. */
    <T> T timed(String part, Supplier<T> work) {
        long from = System.nanoTime();
        try {
            return work.get();
        } finally {
            span.part(part, from, System.nanoTime());
        }
    }

    String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("Call.variable: " + route.path() + " has no " + name);
        }
        return value;
    }

    /** The body as the route's schema describes it: one JSON object in UTF-8 without keys that the route does not know. */
    JsonObject body() {
        String type = request.header("Content-Type").orElse("none");
        if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(Route.JSON)) {
            throw HttpProblem.of(415, "expected the Content-Type application/json, but found " + shown(type) + ".");
        }
        String coding = request.header("Content-Encoding").orElse("identity");
        if (!coding.strip().toLowerCase(Locale.ROOT).equals("identity")) {
            throw HttpProblem.of(415, "expected a body without Content-Encoding, but found " + shown(coding) + ".");
        }
        String text;
        try {
            // A new decoder reports what it cannot decode instead of replacing it.
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(request.body()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unprocessable("expected a body in UTF-8, but found other bytes.");
        }
        try {
            JsonObject object = Json.parse("request", text);
            object.refuseUnknownKeys(route.body().orElseThrow().keys());
            if (text.contains("\\u")) { // the bytes were UTF-8, so that only an escape can write half a pair
                object.toMap().forEach(this::refuseHalves);
            }
            return object;
        } catch (ChiaroException e) {
            throw unprocessable(e);
        }
    }

    /** Half of a surrogate pair is no character: tokenizers read another text, or none. */
    private void refuseHalves(String key, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((inner, of) -> {
                refuseHalves(key, inner);
                refuseHalves(key, of);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> refuseHalves(key, item));
        } else if (value instanceof String text && text.codePoints().anyMatch(Call::isHalf)) {
            throw unprocessable("expected whole characters at \"" + key
                    + "\", but found half of a surrogate pair, \\ud800 to \\udfff alone. Send both halves, or leave it"
                    + " out: a text that was cut between them ends so.");
        }
    }

    private static boolean isHalf(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    /** The problem with the key of the body that its sentence names, if it names one. */
    HttpProblem located(HttpProblem problem) {
        Matcher where = WHERE.matcher(problem.sentence());
        return problem.key().isEmpty()
                        && where.find()
                        && route.body()
                                .filter(body -> body.keys().contains(where.group(1)))
                                .isPresent()
                ? problem.about(where.group(1))
                : problem;
    }

    /** Refuses a body that can be read but does not say what the route needs. */
    HttpProblem unprocessable(String sentence) {
        return HttpProblem.of(form().unprocessable(), sentence);
    }

    /** The same, in the words of a reader. */
    HttpProblem unprocessable(ChiaroException reader) {
        return unprocessable(String.valueOf(reader.getMessage()));
    }

    private static String shown(String value) {
        return value.length() > 60 ? value.substring(0, 60) + "..." : value;
    }

    /** Remembers for the log how much was given to which model. */
    void embedded(String by, int moreTexts, int moreTokens, int moreTruncated) {
        model = Optional.of(by);
        texts += moreTexts;
        tokens += moreTokens;
        truncated += moreTruncated;
    }

    Optional<String> model() {
        return model;
    }

    int texts() {
        return texts;
    }

    int tokens() {
        return tokens;
    }

    int truncated() {
        return truncated;
    }

    /** The value of a key as plain Java, or null if it is not there. */
    static @Nullable Object value(JsonObject object, String key) {
        return object.toMap().get(key);
    }
}
