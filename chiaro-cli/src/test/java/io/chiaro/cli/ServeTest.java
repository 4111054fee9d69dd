package io.chiaro.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own, from its first line to the signal that ends it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServeTest {

    @TempDir
    Path folder = Path.of("");

    private static HttpRequest.Builder posting(URI address, String path, String body) {
        return HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    @Test
    void serves_an_index_to_who_has_a_key_and_ends_in_good_order_when_asked() throws Exception {
        Path docs = Files.writeString(
                folder.resolve("docs.jsonl"),
                "{\"id\": \"a\", \"text\": \"A person who mends shoes\"}\n{\"id\": \"b\", \"text\": \"A cold harbour\"}\n");
        String index = folder.resolve("trades").toString();
        String keys = folder.resolve("keys.json").toString();
        CommandRun indexed =
                CommandRun.of("index", "--model", "all-MiniLM-L6-v2", "--docs", docs.toString(), "--out", index);
        assertThat(indexed.exitCode()).as(indexed.errors()).isZero();
        String beside = folder.resolve("beside").toString();
        CommandRun other =
                CommandRun.of("index", "--model", "bge-small-en-v1.5", "--docs", docs.toString(), "--out", beside);
        assertThat(other.exitCode()).as(other.errors()).isZero();
        Path run = Files.createDirectories(folder.resolve("runs/first"));
        Files.writeString(run.resolve("events.jsonl"), "{\"event\":\"run-started\",\"step\":0}\n");
        String key = CommandRun.of("keys", "add", "--keys", keys, "--name", "app")
                .output()
                .strip();
        List<String> traces = Collections.synchronizedList(new ArrayList<>());
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            try (exchange) {
                // What is wanted of it are names, which are ASCII in any coding.
                traces.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
                exchange.sendResponseHeaders(200, -1);
            }
        });
        collector.start();
        ProcessBuilder program = serving(
                        "--model",
                        "all-MiniLM-L6-v2",
                        "--index",
                        index,
                        "--beside",
                        beside + "=bge-small-en-v1.5",
                        "--runs",
                        folder.resolve("runs").toString(),
                        "--port",
                        "0",
                        "--keys",
                        keys,
                        "--quiet")
                .redirectOutput(
                        ProcessBuilder.Redirect.to(folder.resolve("output").toFile()));
        program.environment()
                .put(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.getAddress().getPort());
        program.environment().put("OTEL_SERVICE_NAME", "trade-search");
        Process process = program.start();
        try (BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String ready = errors.readLine();
            assertThat(ready).startsWith("ready http://127.0.0.1:");
            URI address = URI.create(ready.substring("ready ".length()));
            HttpClient client = HttpClient.newHttpClient();

            String query = "{\"query\": \"shoemaker\", \"k\": 1}";
            HttpResponse<String> stranger = client.send(
                    posting(address, "/v1/indexes/trades/search", query).build(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> known = client.send(
                    posting(address, "/v1/indexes/trades/search", query)
                            .header("Authorization", "Bearer " + key)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(known.statusCode()).as(known.body()).isEqualTo(200);
            JsonObject hit =
                    Json.parse("response", known.body()).objects("hits").get(0);
            assertThat(hit.string("id")).isEqualTo("a");
            assertThat(hit.string("text")).isEqualTo("A person who mends shoes");
            HttpResponse<String> compared = client.send(
                    posting(address, "/v1/indexes/beside/search", query)
                            .header("Authorization", "Bearer " + key)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(compared.statusCode()).as(compared.body()).isEqualTo(200);
            assertThat(Json.parse("response", compared.body())
                            .objects("hits")
                            .get(0)
                            .number("score"))
                    .isNotEqualTo(hit.number("score"));
            HttpResponse<String> runs = client.send(
                    HttpRequest.newBuilder(address.resolve("/v1/runs"))
                            .header("Authorization", "Bearer " + key)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(Json.parse("response", runs.body()).strings("data")).containsExactly("first");

            process.toHandle().destroy(); // Process.destroy would close the stream that is read below
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(errors.readLine()).isNull();
            assertThat(folder.resolve("output")).isEmptyFile();
            assertThat(String.join("", traces))
                    .contains("trade-search", "POST /v1/indexes/{name}/search", "compute")
                    .doesNotContain(key, "shoemaker");
        } finally {
            process.destroyForcibly();
            collector.stop(0);
        }
    }

    @Test
    void indexes_that_are_made_over_http_are_there_when_the_program_starts_again() throws Exception {
        String keys = folder.resolve("keys.json").toString();
        String key = CommandRun.of("keys", "add", "--keys", keys, "--name", "app", "--role", "admin")
                .output()
                .strip();
        Path shelf = Files.createDirectory(folder.resolve("shelf"));
        ProcessBuilder program = serving(
                        "--model",
                        "all-MiniLM-L6-v2",
                        "--indexes",
                        shelf.toString(),
                        "--port",
                        "0",
                        "--keys",
                        keys,
                        "--quiet")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        served(program, address -> {
            assertThat(status(posting(address, "/v1/indexes", "{\"name\": \"trades\", \"quantise\": \"int8\"}"), key))
                    .isEqualTo(201);
            String documents = "{\"documents\": [{\"id\": \"a\", \"text\": \"A person who mends shoes\"}]}";
            assertThat(status(posting(address, "/v1/indexes/trades/documents", documents), key))
                    .isEqualTo(200);
            assertThat(status(posting(address, "/v1/indexes", "{\"name\": \"passing\"}"), key))
                    .isEqualTo(201);
            assertThat(status(
                            HttpRequest.newBuilder(address.resolve("/v1/indexes/passing"))
                                    .DELETE(),
                            key))
                    .isEqualTo(204);
        });
        served(program, address -> {
            HttpResponse<String> found =
                    sent(posting(address, "/v1/indexes/trades/search", "{\"query\": \"shoemaker\"}"), key);
            assertThat(Json.parse("response", found.body())
                            .objects("hits")
                            .get(0)
                            .string("id"))
                    .isEqualTo("a");
            assertThat(status(HttpRequest.newBuilder(address.resolve("/v1/indexes/passing")), key))
                    .isEqualTo(404);
        });
        CommandRun found = CommandRun.of(
                "search", "--index", shelf.resolve("trades").toString(), "--query", "shoemaker", "-k", "1");
        assertThat(found.output()).as(found.errors()).contains("mends shoes");
        CommandRun missing =
                CommandRun.of("serve", "--model", "all-MiniLM-L6-v2", "--indexes", shelf + "-missing", "--port", "0");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.errors()).contains("shelf-missing").doesNotContain("ready");
    }

    /** What is done while the program runs. */
    private interface Visit {
        void at(URI address) throws Exception;
    }

    private static void served(ProcessBuilder program, Visit visit) throws Exception {
        Process process = program.start();
        try (BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String ready = errors.readLine();
            assertThat(ready).startsWith("ready http://127.0.0.1:");
            visit.at(URI.create(ready.substring("ready ".length())));
            process.toHandle().destroy();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static HttpResponse<String> sent(HttpRequest.Builder request, String key) throws Exception {
        return HttpClient.newHttpClient()
                .send(request.header("Authorization", "Bearer " + key).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int status(HttpRequest.Builder request, String key) throws Exception {
        return sent(request, key).statusCode();
    }

    @Test
    void keys_are_shown_once_listed_by_id_and_taken_back() {
        String keys = folder.resolve("keys.json").toString();
        CommandRun added =
                CommandRun.of("keys", "add", "--keys", keys, "--name", "the app", "--role", "write", "--json", "-");
        JsonObject document = Json.parse("keys", added.output());
        String key = document.string("key");
        String id = document.string("id");
        CommandRun listed = CommandRun.of("keys", "list", "--keys", keys, "--json", "-");

        assertThat(added.exitCode()).as(added.errors()).isZero();
        assertThat(key).startsWith("chiaro_" + id + "_");
        assertThat(document.string("role")).isEqualTo("write");
        List<JsonObject> entries = Json.parse("keys", listed.output()).objects("keys");
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).keys()).containsExactly("id", "name", "role", "created");
        assertThat(listed.output() + listed.errors()).contains("the app").doesNotContain(key);
        assertThat(CommandRun.of("keys", "revoke", "--keys", keys, "00000000").exitCode())
                .isEqualTo(2);
        assertThat(CommandRun.of("keys", "revoke", "--keys", keys, id).output()).contains("revoked " + id);
        assertThat(CommandRun.of("keys", "list", "--keys", keys).output()).contains("no keys");
        assertThat(CommandRun.of("keys", "list", "--keys", keys + ".missing").exitCode())
                .isEqualTo(3);
    }

    @Test
    void an_index_of_another_model_is_refused_before_anything_is_served() throws Exception {
        Path docs = Files.writeString(folder.resolve("docs.jsonl"), "{\"id\": \"a\", \"text\": \"A cold harbour\"}\n");
        String index = folder.resolve("index").toString();
        assertThat(CommandRun.of("index", "--model", "bge-small-en-v1.5", "--docs", docs.toString(), "--out", index)
                        .exitCode())
                .isZero();

        CommandRun run = CommandRun.of("serve", "--model", "all-MiniLM-L6-v2", "--index", index, "--port", "0");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.errors()).contains("bge-small-en-v1.5").doesNotContain("ready");
    }

    /** The real program as a process of its own. */
    private static ProcessBuilder serving(String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.chiaro.cli.Main",
                "serve"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command);
    }
}
