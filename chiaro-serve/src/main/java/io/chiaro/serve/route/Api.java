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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests by the table of routes: who may ask, what they asked, how it went. Each request leaves one line of JSON,
 * which names neither texts nor keys, and its figures. Safe for any thread.
 */
public final class Api implements Handler {

    private static final String NONE = "none";
    private static final int SHOWN_FRAMES = 8;
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

    private final Lease.Source served;
    private final Optional<KeyRing> keys;
    private final Metrics metrics;
    private final Duration deadline;
    private final Clock clock;
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
            Duration deadline,
            Clock clock,
            Consumer<String> log) {
        this.served = served;
        this.keys = keys;
        this.metrics = metrics;
        this.deadline = deadline;
        this.clock = clock;
        this.log = log;
    }

    /** What is known of a request when it is over. */
    private static final class Trace {
        private final long start = System.nanoTime();
        private String route = NONE;
        private @Nullable String key;
        private @Nullable Call call;
        private @Nullable Throwable unexpected;
    }

    @Override
    public Response handle(Request request) {
        Trace trace = new Trace();
        Response response = answer(request, trace);
        over(request.method(), trace, response.status(), response.length());
        return response;
    }

    private Response answer(Request request, Trace trace) {
        try (Lease lease = served.take()) {
            return answer(lease.routes(), request, trace);
        }
    }

    private Response answer(Routes routes, Request request, Trace trace) {
        Form form = Form.of(request.path());
        try {
            Optional<StoredKey> key = caller(request);
            key.ifPresent(known -> trace.key = known.id());
            Routes.Found found = found(routes, request, key);
            Route route = found.route();
            trace.route = route.path();
            route.role().ifPresent(role -> refuseWithout(role, key));
            if (route.body().isEmpty() && request.body().length > 0) {
                throw HttpProblem.of(400, "expected no body at " + route.path() + ", but found one.");
            }
            Call call = new Call(request, route, found.variables(), trace.start + deadline.toNanos());
            trace.call = call;
            Response response = route.action().answer(call);
            return call.truncated() == 0
                    ? response
                    : response.with("Chiaro-Truncated-Inputs", String.valueOf(call.truncated()));
        } catch (HttpProblem problem) {
            return form.response(problem);
        } catch (ChiaroException e) {
            if (e.kind() == ChiaroException.Kind.DATA) { // a value in the request is not of the type that it should be
                return form.response(HttpProblem.of(form.unprocessable(), String.valueOf(e.getMessage())));
            }
            trace.unexpected = e;
            return form.response(HttpProblem.of(500, "the server could not do it; its log says why."));
        } catch (RuntimeException | Error e) { // the client is answered and the log says where, whatever it was
            trace.unexpected = e;
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
        Trace trace = new Trace();
        Response response = Form.of(path).response(problem);
        over(NONE, trace, response.status(), response.length());
        return response;
    }

    private void over(String method, Trace trace, int status, int bytes) {
        long took = System.nanoTime() - trace.start;
        metrics.request(trace.route, status, took);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("method", METHODS.contains(method) ? method : NONE);
        line.put("route", trace.route);
        line.put("status", status);
        line.put("milliseconds", Math.round(took / 1e4) / 100.0);
        line.put("bytes", bytes);
        if (trace.key != null) {
            line.put("key", trace.key);
        }
        if (trace.call != null && trace.call.texts() > 0) {
            line.put("texts", trace.call.texts());
            line.put("tokens", trace.call.tokens());
            line.put("truncated", trace.call.truncated());
        }
        if (trace.unexpected != null) {
            // Its message may quote a text.
            line.put("error", trace.unexpected.getClass().getName());
            line.put(
                    "at",
                    Arrays.stream(trace.unexpected.getStackTrace())
                            .limit(SHOWN_FRAMES)
                            .map(StackTraceElement::toString)
                            .toList());
        }
        log.accept(Json.line(line));
    }
}
