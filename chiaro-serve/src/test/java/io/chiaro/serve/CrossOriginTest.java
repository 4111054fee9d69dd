package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.http.HttpSettings;
import io.chiaro.serve.http.Origins;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other sites that ask the server from a browser. */
class CrossOriginTest {

    private static final String APP = "https://app.example.org";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    @TempDir
    static Path folder = Path.of("");

    private static OnnxEmbedder model;

    @BeforeAll
    static void open() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static RunningServer server(ServerSettings settings, String... origins) {
        HttpSettings http = settings.http();
        return new RunningServer(
                model,
                List.of(),
                settings.withHttp(origins.length == 0 ? http : http.withOrigins(new Origins(List.of(origins)))));
    }

    private static RunningServer server(String... origins) {
        return server(ServerSettings.defaults().withName("tiny"), origins);
    }

    private static HttpRequest.Builder preflight(RunningServer server, String origin) {
        return server.request("/v1/embeddings")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang");
    }

    private static HttpResponse<String> embedding(RunningServer server, String origin) {
        return server.send(
                server.posting("/v1/embeddings", "{\"input\": \"tea\"}").header("Origin", origin));
    }

    @Test
    void a_named_origin_may_ask_read_the_answers_and_what_is_wrong_with_them() {
        try (RunningServer server = server("https://other.example.org", APP)) {
            HttpResponse<String> asked = server.send(preflight(server, APP));
            assertThat(asked.statusCode()).as(asked.body()).isEqualTo(204);
            HttpHeaders headers = asked.headers();
            assertThat(headers.firstValue(ALLOWED)).contains(APP);
            assertThat(headers.firstValue("Access-Control-Allow-Methods").orElse(""))
                    .contains("POST", "PUT", "DELETE");
            assertThat(headers.firstValue("Access-Control-Allow-Headers"))
                    .contains("authorization,content-type,x-stainless-lang");
            assertThat(headers.firstValue("Vary").orElse("")).contains("Origin");

            HttpResponse<String> answer = embedding(server, APP);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue(ALLOWED)).contains(APP);
            assertThat(answer.headers()
                            .firstValue("Access-Control-Expose-Headers")
                            .orElse(""))
                    .contains("Chiaro-Truncated-Inputs", "Retry-After");
            HttpResponse<String> wrong =
                    server.send(server.request("/v1/nothing").header("Origin", APP));
            assertThat(wrong.statusCode()).isEqualTo(404);
            assertThat(wrong.headers().firstValue(ALLOWED)).contains(APP);
        }
    }

    @Test
    void other_origins_are_told_nothing_and_nobody_is_where_no_origin_was_named() {
        try (RunningServer named = server(APP);
                RunningServer plain = server()) {
            for (HttpResponse<String> response : List.of(
                    named.send(preflight(named, "https://app.example.org.evil")),
                    embedding(named, "https://evil.example"),
                    named.get("/v1/models"),
                    plain.send(preflight(plain, APP)),
                    embedding(plain, APP))) {
                assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
            }
            assertThat(plain.send(preflight(plain, APP)).statusCode()).isEqualTo(405);
            // A cache must not give one origin what another was told.
            assertThat(named.get("/v1/models").headers().firstValue("Vary")).contains("Origin");
        }
    }

    @Test
    void a_star_lets_all_origins_ask_and_a_preflight_needs_no_key_where_the_request_needs_one() {
        Path keys = folder.resolve("keys.json");
        KeyFile.openOrCreate(keys).add("app", Role.READ, Clock.systemUTC());
        try (RunningServer server = server(ServerSettings.defaults().withKeys(keys), "*")) {
            HttpResponse<String> asked = server.send(preflight(server, APP));
            assertThat(asked.statusCode()).isEqualTo(204);
            assertThat(asked.headers().firstValue(ALLOWED)).contains("*");
            HttpResponse<String> refused = embedding(server, APP);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue(ALLOWED)).contains("*");
            HttpResponse<String> options =
                    server.send(server.request("/health").method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
            assertThat(options.statusCode()).as("no preflight, but a method").isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "app.example.org", "https://app.example.org/", "https://app.example.org/page", "https://a b"
            })
    void what_is_no_origin_is_refused(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Origins(List.of(APP, origin)))
                .withMessageContaining("http://localhost:3000");
    }

    @Test
    void a_browser_lets_a_page_of_another_origin_read_vectors_where_it_was_named() throws Exception {
        assumeTrue(Browser.program().isPresent(), Browser.NONE);
        HttpServer site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            try (exchange) {
                byte[] page = "<!DOCTYPE html><title>another site</title>".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        site.start();
        String origin = "http://127.0.0.1:" + site.getAddress().getPort();
        try (Browser browser = Browser.start(Browser.program().orElseThrow());
                RunningServer named = server(origin);
                RunningServer plain = server()) {
            Page page = browser.get().newPage();
            page.navigate(origin);
            assertThat(ask(page, named)).isEqualTo("tiny");
            assertThat(ask(page, plain)).contains("Failed to fetch");
        } finally {
            site.stop(0);
        }
    }

    private static String ask(Page page, RunningServer server) {
        return String.valueOf(page.evaluate(
                "address => fetch(address, {method: 'POST', headers: {'Content-Type': 'application/json',"
                        + " 'Authorization': 'Bearer none'}, body: '{\"input\": \"tea\"}'})"
                        + ".then(answer => answer.json()).then(answer => answer.model, error => String(error))",
                server.uri("/v1/embeddings").toString()));
    }
}
