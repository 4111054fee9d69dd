package io.chiaro.serve.route;

import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A page for people: to search, to look at a collection, at training runs, reports and the model. It is made of files of this jar,
 * asks the same routes as everybody, and is told to load nothing from elsewhere.
 */
final class PageRoutes {

    private static final String FOLDER = "/io/chiaro/serve/page/";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'self'; frame-ancestors 'none'";

    /** Listed, so that no path of a request ever becomes that of a file. */
    private static final List<String> SCRIPTS = List.of(
            "main",
            "api",
            "dom",
            "key",
            "tabs",
            "theme",
            "search",
            "systems",
            "hits",
            "texts",
            "why",
            "map",
            "plane",
            "training",
            "chart",
            "reports",
            "model");

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(file("/", "A page for searching and looking around", "index.html", "text/html"));
        routes.add(file("/page/style.css", "A part of the page", "style.css", "text/css"));
        routes.add(file("/page/icon.svg", "A part of the page", "icon.svg", "image/svg+xml"));
        for (String script : SCRIPTS) {
            routes.add(file("/page/" + script + ".js", "A part of the page", script + ".js", "text/javascript"));
        }
        return routes;
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
                .as(type)
                // It holds no data, and asks for a key where one is wanted.
                .open();
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
