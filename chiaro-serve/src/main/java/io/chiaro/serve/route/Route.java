package io.chiaro.serve.route;

import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One row of the table: what can be asked, by whom, and what answers it.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path with variables in braces, each for one segment
 * @param role that a key needs; none for what needs no key
 * @param summary one line for people
 * @param body what a request holds; none if it holds nothing
 * @param status of an answer
 * @param type of the answer's content
 * @param answer what comes back
 * @param action makes the answer
 */
record Route(
        String method,
        String path,
        Optional<Role> role,
        String summary,
        Optional<Schema> body,
        int status,
        String type,
        Schema answer,
        Action action) {

    static final String JSON = "application/json";
    static final String TEXT = "text/plain";

    /** Makes an answer. */
    @FunctionalInterface
    interface Action {
        Response answer(Call call);
    }

    static Route get(String path, Role role, String summary, Schema answer, Action action) {
        return new Route("GET", path, Optional.of(role), summary, Optional.empty(), 200, JSON, answer, action);
    }

    static Route post(String path, Role role, String summary, Schema body, Schema answer, Action action) {
        return new Route(
                "POST", path, Optional.of(role), summary, Optional.of(body.closed()), 200, JSON, answer, action);
    }

    /** One that holds nothing: the path says all. */
    static Route post(String path, Role role, String summary, Schema answer, Action action) {
        return new Route("POST", path, Optional.of(role), summary, Optional.empty(), 200, JSON, answer, action);
    }

    /** One that takes what a route of POST takes. */
    Route by(String otherMethod) {
        return new Route(otherMethod, path, role, summary, body, status, type, answer, action);
    }

    static Route delete(String path, Role role, String summary, Schema answer, Action action) {
        return new Route("DELETE", path, Optional.of(role), summary, Optional.empty(), 200, JSON, answer, action);
    }

    /** The same in another type of content. */
    Route as(String other) {
        return new Route(method, path, role, summary, body, status, other, answer, action);
    }

    /** The same for everybody. */
    Route open() {
        return new Route(method, path, Optional.empty(), summary, body, status, type, answer, action);
    }

    /** The same with another status where all went well; 204 has no content. */
    Route answering(int other) {
        return new Route(method, path, role, summary, body, other, type, answer, action);
    }

    /** The values of the variables in the segments of a path, if the path is one of this route. */
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> own = segments(path);
        if (own.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < own.size(); i++) {
            String name = own.get(i);
            if (name.startsWith("{")) {
                variables.put(name.substring(1, name.length() - 1), segments.get(i));
            } else if (!name.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }

    /** The names of the variables. */
    List<String> variables() {
        List<String> names = new ArrayList<>();
        for (String segment : segments(path)) {
            if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
            }
        }
        return names;
    }

    static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    Form form() {
        return Form.of(path);
    }
}
