package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own, killed without warning while clients write, make and drop. */
class KilledServerTest {

    private static final int CLIENTS = 3;
    private static final int ENOUGH = 30;

    @TempDir
    Path folder = Path.of("");

    /** Serves a model and an index, and leaves its address in a file. */
    static final class Child {
        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            OnnxEmbedder model = OnnxEmbedder.open(folder.resolve("tiny").toString(), new OnnxSettings(1, 256));
            LiveIndex index = LiveIndex.open(folder.resolve("index"));
            Server server = Server.start(
                    model,
                    List.of(new ServedIndex("index", index)),
                    ServerSettings.defaults()
                            .withKeys(folder.resolve("keys.json"))
                            .withIndexes(Files.createDirectories(folder.resolve("shelf"))),
                    line -> {});
            Path whole = Files.writeString(
                    folder.resolve("writing"), server.address().toString());
            Files.move(whole, folder.resolve("address"));
            Thread.currentThread().join();
        }
    }

    /** A client of a server, until that is killed. */
    private interface Client {
        void ask(String address, String name);
    }

    /** Starts a server and its clients, and kills it once enough was answered. */
    private void killedOnce(Set<String> answered, Client asking) throws Exception {
        Process server = start();
        List<Thread> clients = new ArrayList<>();
        try {
            String address = address(server);
            for (int client = 0; client < CLIENTS; client++) {
                String name = "c" + client + "-";
                Thread thread = new Thread(() -> asking.ask(address, name));
                thread.start();
                clients.add(thread);
            }
            while (answered.size() < ENOUGH) {
                assertThat(server.isAlive()).as("the server").isTrue();
                Thread.sleep(1);
            }
        } finally {
            server.destroyForcibly().waitFor();
            for (Thread client : clients) {
                client.join();
            }
        }
    }

    @Test
    void what_was_answered_before_the_kill_is_there_after_it() throws Exception {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(folder.resolve("index"), Stream.of(new Document("first", "", "tea")), model);
        }
        String key = KeyFile.openOrCreate(folder.resolve("keys.json"))
                .add("writer", Role.WRITE, Clock.systemUTC())
                .text();
        Set<String> answered = ConcurrentHashMap.newKeySet();
        killedOnce(
                answered,
                (address, client) -> write(URI.create(address + "/v1/indexes/index/documents"), key, client, answered));
        try (TextIndex index = TextIndex.open(folder.resolve("index"))) {
            assertThat(answered)
                    .hasSizeGreaterThanOrEqualTo(ENOUGH)
                    .allMatch(id -> index.find(id).isPresent());
        }
    }

    @Test
    void indexes_that_were_made_before_the_kill_are_there_after_it_and_those_that_were_dropped_are_not()
            throws Exception {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            TextIndex.write(folder.resolve("index"), Stream.of(new Document("first", "", "tea")), model);
            String key = KeyFile.openOrCreate(folder.resolve("keys.json"))
                    .add("admin", Role.ADMIN, Clock.systemUTC())
                    .text();
            Set<String> made = ConcurrentHashMap.newKeySet();
            Set<String> toBeDropped = ConcurrentHashMap.newKeySet();
            Set<String> dropped = ConcurrentHashMap.newKeySet();
            killedOnce(dropped, (address, client) -> makeAndDrop(address, key, client, made, toBeDropped, dropped));
            Set<String> kept = new TreeSet<>(made);
            kept.removeAll(toBeDropped);
            assertThat(kept).hasSizeGreaterThan(CLIENTS);
            Path shelf = folder.resolve("shelf");
            try (RunningServer again = new RunningServer(
                    model, List.of(), ServerSettings.defaults().withIndexes(shelf))) {
                Set<String> names = RunningServer.object(again.get("/v1/indexes")).objects("data").stream()
                        .map(index -> index.string("name"))
                        .collect(Collectors.toSet());
                assertThat(names).containsAll(kept).doesNotContainAnyElementsOf(dropped);
                assertThat(again.post("/v1/indexes/" + kept.iterator().next() + "/search", Map.of("query", "tea"))
                                .statusCode())
                        .isEqualTo(200);
                try (Stream<Path> left = Files.list(shelf)) {
                    assertThat(left.map(one -> one.getFileName().toString()).filter(name -> !name.equals(".lock")))
                            .containsExactlyInAnyOrderElementsOf(names);
                }
            }
        }
    }

    /** One index after another, of which two in three are dropped again, until the server is gone. */
    private static void makeAndDrop(
            String address, String key, String name, Set<String> made, Set<String> toBeDropped, Set<String> dropped) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; ; i++) {
            String index = name + i;
            HttpRequest.Builder making = HttpRequest.newBuilder(URI.create(address + "/v1/indexes"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(Json.line(Map.of("name", index))));
            HttpRequest.Builder dropping = HttpRequest.newBuilder(URI.create(address + "/v1/indexes/" + index))
                    .DELETE();
            try {
                if (status(client, making, key) == 201) {
                    made.add(index);
                }
                if (i % 3 > 0) {
                    toBeDropped.add(index);
                    if (status(client, dropping, key) == 204) {
                        dropped.add(index);
                    }
                }
            } catch (IOException killed) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static int status(HttpClient client, HttpRequest.Builder request, String key)
            throws IOException, InterruptedException {
        return client.send(
                        request.timeout(Duration.ofSeconds(60))
                                .header("Authorization", "Bearer " + key)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** One document after another, until the server is gone. */
    private static void write(URI documents, String key, String name, Set<String> answered) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; ; i++) {
            String id = name + i;
            String body = Json.line(Map.of("documents", List.of(Map.of("id", id, "text", "tea number " + i))));
            HttpRequest request = HttpRequest.newBuilder(documents)
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/json")
                    .header("Authorization", "Bearer " + key)
                    .PUT(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            try {
                if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
                    answered.add(id);
                }
            } catch (IOException killed) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private String address(Process server) throws Exception {
        Path address = folder.resolve("address");
        while (!Files.exists(address)) {
            assertThat(server.isAlive()).as("the server").isTrue();
            Thread.sleep(5);
        }
        return Files.readString(address);
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
