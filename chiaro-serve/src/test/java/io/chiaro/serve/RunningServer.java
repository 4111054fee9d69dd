package io.chiaro.serve;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A real server on a free port of this machine, and a real client. */
final class RunningServer implements AutoCloseable {

    private final Server server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    RunningServer(TokenEmbedder model, List<ServedIndex> indexes, ServerSettings settings) {
        this.server = Server.start(model, indexes, settings, log::add);
    }

    /** One that opens what it serves, and can be told to open it anew. */
    RunningServer(Content.Source source, ServerSettings settings) {
        this.server = Server.start(source, settings, log::add);
    }

    static RunningServer of(TokenEmbedder model) {
        return new RunningServer(model, List.of(), ServerSettings.defaults().withName("tiny"));
    }

    Server server() {
        return server;
    }

    URI uri(String path) {
        return URI.create(server.address() + path);
    }

    /** The lines of the log so far. */
    List<String> log() {
        synchronized (log) {
            return new ArrayList<>(log);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        HttpRequest built = request.build();
        try {
            return once(built);
        } catch (IOException closed) {
            // A connection that is kept open may be closed by the server just then. Clients ask again what changes
            // nothing by being
            // asked twice (RFC 9112, section 9.3.1); this one does so for GET alone.
            if (!built.method().equals("DELETE")) {
                throw new AssertionError("no response: " + closed, closed);
            }
            try {
                return once(built);
            } catch (IOException e) {
                throw new AssertionError("no response: " + e, e);
            }
        }
    }

    private HttpResponse<String> once(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpRequest.Builder posting(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(String path, Map<String, ?> body) {
        return post(path, Json.line(body));
    }

    HttpResponse<String> post(String path, String body) {
        return send(posting(path, body));
    }

    CompletableFuture<HttpResponse<String>> postLater(String path, Map<String, ?> body) {
        return client.sendAsync(posting(path, Json.line(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A response that is a list, read as an object with it at "list". */
    static JsonObject list(HttpResponse<String> response) {
        return Json.parse("response", "{\"list\": " + response.body() + "}");
    }

    /** The objects of a JSON list. */
    static List<JsonObject> objects(String list) {
        return Json.parse("response", "{\"list\": " + list + "}").objects("list");
    }

    static JsonObject object(HttpResponse<String> response) {
        return Json.parse("response", response.body());
    }

    @Override
    public void close() {
        server.close();
    }
}
