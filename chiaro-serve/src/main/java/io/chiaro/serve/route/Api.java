package io.chiaro.serve.route;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.serve.http.Handler;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Request;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.KeyRing;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.key.StoredKey;
import io.chiaro.serve.metric.Metrics;
import io.chiaro.serve.trace.Outcome;
import io.chiaro.serve.trace.RequestSpan;
import io.chiaro.serve.trace.Tracer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests by the table of routes: who may ask, what they asked, how it went. Each request leaves one line of JSON,
 * which names neither texts nor keys, its figures, and a span where traces are wanted. Safe for any thread.
 */
public final class Api implements Handler {

    private static final String NONE = "none";
    private static final int SHOWN_FRAMES = 8;
    private static final String REQUEST_ID = "X-Request-Id";

    /** Printable and short, because it stands in the log. */
    private static final Pattern ID = Pattern.compile("[!-~]{1,128}");

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

    private final Lease.Source served;
    private final Optional<KeyRing> keys;
    private final Metrics metrics;
    private final Tracer tracer;
    private final Duration deadline;
    private final Clock clock;
    /** Tells the requests of this server from those of one before it. */
    private final String begun;

    private final AtomicLong made = new AtomicLong();
    private final Consumer<String> log;

    /**
     * Answers by the table of what is served.
     *
     * @param keys who may ask; everybody may read and nobody change anything if there are none
     * @param log takes a line for each request
     */
    public Api(
            Lease.Source served,
            Optional<KeyRing> keys,
            Metrics metrics,
            Tracer tracer,
            Duration deadline,
            Clock clock,
            Consumer<String> log) {
        this.served = served;
        this.keys = keys;
        this.metrics = metrics;
        this.tracer = tracer;
        this.deadline = deadline;
        this.clock = clock;
        this.begun = Long.toString(clock.millis(), Character.MAX_RADIX);
        this.log = log;
    }

    /** What is learned of a request on its way. */
    private static final class Progress {
        private final String method;
        private final String id;
        private final long start;
        private final RequestSpan span;
        private String route = "";
        private Optional<String> key = Optional.empty();
        private @Nullable Call call;
        private @Nullable Throwable unexpected;

        Progress(String method, String id, long start, RequestSpan span) {
            this.method = method;
            this.id = id;
            this.start = start;
            this.span = span;
        }

        HttpProblem located(HttpProblem problem) {
            return call == null ? problem : call.located(problem);
        }
    }

    private Progress begin(String method, Supplier<Map<String, List<String>>> headers) {
        long start = System.nanoTime();
        String known = METHODS.contains(method) ? method : "";
        return new Progress(known, id(headers.get()), start, tracer.begin(known, Instant.now(clock), start, headers));
    }

    /** The client's own, by which it finds the request in both logs, or a new one. */
    private String id(Map<String, List<String>> headers) {
        return headers.getOrDefault(REQUEST_ID.toLowerCase(Locale.ROOT), List.of()).stream()
                .filter(sent -> ID.matcher(sent).matches())
                .findFirst()
                .orElseGet(() -> begun + "-" + Long.toString(made.incrementAndGet(), Character.MAX_RADIX));
    }

    @Override
    public Response handle(Request request) {
        Progress progress = begin(request.method(), request::headers);
        Response response;
        try {
            response = answer(request, progress);
        } catch (HttpProblem stopped) { // the server, which gives out nothing to serve any more
            response = Form.of(request.path()).response(stopped);
        }
        return over(progress, response);
    }

    private Response answer(Request request, Progress progress) {
        try (Lease lease = served.take()) {
            return answer(lease.routes(), request, progress);
        }
    }

    private Response answer(Routes routes, Request request, Progress progress) {
        Form form = Form.of(request.path());
        try {
            Optional<StoredKey> key = caller(request);
            progress.key = key.map(StoredKey::id);
            Routes.Found found = found(routes, request, key);
            Route route = found.route();
            progress.route = route.path();
            route.role().ifPresent(role -> refuseWithout(role, key));
            if (route.body().isEmpty() && request.body().length > 0) {
                throw HttpProblem.of(400, "expected no body at " + route.path() + ", but found one.");
            }
            Call call = new Call(
                    request, route, found.variables(), progress.id, progress.start + deadline.toNanos(), progress.span);
            progress.call = call;
            Response response = route.action().answer(call);
            return call.truncated() == 0
                    ? response
                    : response.with("Chiaro-Truncated-Inputs", String.valueOf(call.truncated()));
        } catch (HttpProblem problem) {
            return form.response(progress.located(problem));
        } catch (ChiaroException e) {
            if (e.kind() == ChiaroException.Kind.DATA) { // a value in the request is not of the type that it should be
                return form.response(
                        progress.located(HttpProblem.of(form.unprocessable(), String.valueOf(e.getMessage()))));
            }
            progress.unexpected = e;
            return form.response(HttpProblem.of(500, "the server could not do it; its log says why."));
        } catch (RuntimeException | Error e) { // the client is answered and the log says where, whatever it was
            progress.unexpected = e;
            return form.response(HttpProblem.of(500, "the server made a mistake; its log says where."));
        }
    }

    /** Who has no key learns nothing of the table, but may see whether the server is alive. */
    private Routes.Found found(Routes routes, Request request, Optional<StoredKey> key) {
        try {
            return routes.find(request.method(), request.path());
        } catch (HttpProblem unknown) {
            refuseWithout(Role.READ, key);
            throw unknown;
        }
    }

    private Optional<StoredKey> caller(Request request) {
        String sent = request.header("Authorization").orElse("");
        if (keys.isEmpty() || !sent.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        try {
            return keys.get().check(sent.substring(7).strip());
        } catch (ChiaroException unreadable) {
            throw HttpProblem.of(503, "the keys cannot be read now.");
        }
    }

    private void refuseWithout(Role role, Optional<StoredKey> key) {
        if (keys.isEmpty()) {
            if (!role.equals(Role.READ)) {
                throw HttpProblem.of(
                        403,
                        "expected a key of the role " + role.word()
                                + ", but the server was started without keys: it may be read only.");
            }
            return;
        }
        StoredKey known = key.orElseThrow(
                () -> HttpProblem.of(401, "expected the header Authorization: Bearer KEY with a key of this server.")
                        .with("WWW-Authenticate", "Bearer"));
        if (!known.role().includes(role)) {
            throw HttpProblem.of(
                    403,
                    "expected a key of the role " + role.word() + ", but this one has "
                            + known.role().word() + ".");
        }
    }

    @Override
    public Response refuse(String path, HttpProblem problem) {
        Progress progress = begin(NONE, Map::of);
        return over(progress, Form.of(path).response(problem));
    }

    private Response over(Progress progress, Response response) {
        Optional<Call> call = Optional.ofNullable(progress.call);
        Outcome outcome = new Outcome(
                progress.method,
                progress.route,
                response.status(),
                System.nanoTime() - progress.start,
                response.length(),
                progress.key,
                call.flatMap(Call::model),
                call.map(Call::texts).orElse(0),
                call.map(Call::tokens).orElse(0),
                call.map(Call::truncated).orElse(0),
                Optional.ofNullable(progress.unexpected)
                        .map(unexpected -> unexpected.getClass().getName()));
        metrics.request(named(outcome.route()), outcome.status(), outcome.nanoseconds());
        progress.span.end(outcome);
        log.accept(Json.line(line(outcome, progress)));
        return response.with(REQUEST_ID, progress.id);
    }

    private static String named(String word) {
        return word.isEmpty() ? NONE : word;
    }

    private Map<String, Object> line(Outcome outcome, Progress progress) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("method", named(outcome.method()));
        line.put("route", named(outcome.route()));
        line.put("status", outcome.status());
        line.put("milliseconds", Math.round(outcome.nanoseconds() / 1e4) / 100.0);
        line.put("bytes", outcome.bytes());
        line.put("request_id", progress.id);
        outcome.key().ifPresent(key -> line.put("key", key));
        if (outcome.texts() > 0) {
            line.put("texts", outcome.texts());
            line.put("tokens", outcome.tokens());
            line.put("truncated", outcome.truncated());
        }
        progress.span.name().ifPresent(name -> {
            line.put("trace_id", name.trace());
            line.put("span_id", name.span());
        });
        if (progress.unexpected != null) {
            // Its message may quote a text.
            line.put("error", progress.unexpected.getClass().getName());
            line.put(
                    "at",
                    Arrays.stream(progress.unexpected.getStackTrace())
                            .limit(SHOWN_FRAMES)
                            .map(StackTraceElement::toString)
                            .toList());
        }
        return line;
    }
}
