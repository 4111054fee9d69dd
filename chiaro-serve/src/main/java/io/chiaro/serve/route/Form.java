package io.chiaro.serve.route;

import io.chiaro.core.Json;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a family of routes says that something is wrong, so that its clients understand it. */
enum Form {

    /** {@code {"error": {"message", "type", "param", "code"}}}; what cannot be read is 400. */
    OPENAI(400) {
        @Override
        Object body(HttpProblem problem) {
            int status = problem.status();
            Map<String, @Nullable Object> error = new LinkedHashMap<>();
            error.put("message", problem.sentence());
            error.put(
                    "type",
                    status == 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error");
            error.put("param", problem.key().orElse(null));
            error.put("code", problem.code().orElse(code(status)));
            return Map.of("error", error);
        }

        private @Nullable String code(int status) {
            return switch (status) {
                case 401 -> "invalid_api_key";
                case 403 -> "insufficient_permissions";
                case 404 -> "not_found";
                case 429 -> "rate_limit_exceeded";
                case 503 -> "service_unavailable";
                case 504 -> "deadline_exceeded";
                default -> null;
            };
        }
    },

    /** {@code {"message"}}; what cannot be read is 400. */
    COHERE(400) {
        @Override
        Object body(HttpProblem problem) {
            return Map.of("message", problem.sentence());
        }
    },

    /** {@code {"error", "error_type"}}; what cannot be read is 422. */
    TEI(422) {
        @Override
        Object body(HttpProblem problem) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("error", problem.sentence());
            body.put("error_type", type(problem.status()));
            return body;
        }

        private String type(int status) {
            return switch (status) {
                case 424, 500 -> "Backend";
                case 429 -> "Overloaded";
                case 503, 504 -> "Unhealthy";
                default -> "Validation";
            };
        }
    };

    private final int unprocessable;

    Form(int unprocessable) {
        this.unprocessable = unprocessable;
    }

    abstract Object body(HttpProblem problem);

    /** The status for a body that is not what the route takes. */
    int unprocessable() {
        return unprocessable;
    }

    Response response(HttpProblem problem) {
        return Response.json(problem.status(), Json.line(body(problem))).with(problem.headers());
    }

    /** The form that callers of an address expect, also where no route is. */
    static Form of(String path) {
        if (path.startsWith("/v2/") || path.equals("/v2")) {
            return COHERE;
        }
        return path.startsWith("/v1/") || path.equals("/v1") || path.equals("/embeddings") ? OPENAI : TEI;
    }
}
