package io.chiaro.serve.route;

import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A page for people who want to search. It is made of three files of this jar, asks the same routes as everybody, and is told
 * to load nothing from elsewhere.
 */
final class PageRoutes {

    private static final String FOLDER = "/io/chiaro/serve/page/";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'self'; frame-ancestors 'none'";

    List<Route> routes() {
        return List.of(
                file("/", "A page for searching", "index.html", "text/html"),
                file("/page/search.js", "A part of the page", "search.js", "text/javascript"),
                file("/page/search.css", "A part of the page", "search.css", "text/css"));
    }

    private static Route file(String path, String summary, String name, String type) {
        byte[] content = content(name);
        return Route.get(
                        path,
                        Role.READ,
                        summary,
                        Schema.string(),
                        call -> Response.of(200, type + "; charset=utf-8", content)
                                .with("Content-Security-Policy", POLICY)
                                .with("X-Content-Type-Options", "nosniff"))
                .as(type);
    }

    private static byte[] content(String name) {
        try (InputStream in = PageRoutes.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("PageRoutes: " + FOLDER + name + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
