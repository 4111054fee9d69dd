package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.batch.QueueSettings;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More work than can be done, requests that take too long, the end of the server. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OverloadTest {

    private static final Map<String, String> TEA = Map.of("inputs", "tea");

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

    private static ServerSettings settings(int queueTokens) {
        ServerSettings settings = ServerSettings.defaults();
        return settings.withWork(
                new QueueSettings(1, 12, queueTokens, Duration.ofHours(1)),
                settings.limits().withRequestTokens(queueTokens));
    }

    @Test
    void twice_what_can_wait_is_answered_with_200_or_429_and_nothing_else() throws Exception {
        GatedModel gated = new GatedModel(model);
        int room = 40; // texts of three tokens
        int asked = 2 * (room + 4);
        ExecutorService clients = Executors.newFixedThreadPool(asked);
        try (RunningServer server = new RunningServer(gated, List.of(), settings(3 * room))) {
            List<Future<HttpResponse<String>>> responses = new ArrayList<>();
            responses.add(clients.submit(() -> server.post("/embed", TEA)));
            gated.awaitBatches(1);
            for (int i = 1; i < asked; i++) {
                responses.add(clients.submit(() -> server.post("/embed", TEA)));
            }
            // The model stands still: what finds room waits, the rest is refused while it waits.
            while (responses.stream().filter(Future::isDone).count() < asked - room - 1) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(server.get("/metrics").body()).contains("te_queue_size " + room + "\n");
            gated.letAll();

            int served = 0;
            for (Future<HttpResponse<String>> response : responses) {
                HttpResponse<String> got = response.get(60, TimeUnit.SECONDS);
                assertThat(got.statusCode()).as(got.body()).isIn(200, 429);
                if (got.statusCode() == 200) {
                    served++;
                } else {
                    assertThat(got.headers().firstValue("Retry-After")).isPresent();
                    assertThat(got.body()).contains("\"error_type\":\"Overloaded\"");
                }
            }
            assertThat(served).isEqualTo(room + 1);
            assertThat(server.post("/embed", TEA).statusCode()).isEqualTo(200);
        } finally {
            gated.letAll();
            clients.shutdown();
        }
    }

    @Test
    void the_memory_of_the_process_is_told_where_the_system_tells_it() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "the system does not tell");
        try (RunningServer server = new RunningServer(model, List.of(), settings(36))) {
            String line = server.get("/metrics")
                    .body()
                    .lines()
                    .filter(one -> one.startsWith("process_resident_memory_bytes "))
                    .findFirst()
                    .orElseThrow();
            assertThat(Double.parseDouble(line.split(" ")[1])).isBetween(1e7, 1e11);
        }
    }

    @Test
    void more_clients_than_threads_of_a_pool_hammering_get_200_or_429() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try (RunningServer server = new RunningServer(model, List.of(), settings(36))) {
            List<Future<?>> all = new ArrayList<>();
            for (int c = 0; c < 16; c++) {
                all.add(clients.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        assertThat(server.post("/embed", Map.of("inputs", List.of("tea", "a cup of tea")))
                                        .statusCode())
                                .isIn(200, 429);
                    }
                }));
            }
            for (Future<?> client : all) {
                client.get(120, TimeUnit.SECONDS);
            }
            assertThat(server.post("/embed", TEA).statusCode()).isEqualTo(200);
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void a_request_that_takes_too_long_is_told_so_and_its_work_is_dropped() throws Exception {
        GatedModel gated = new GatedModel(model);
        ServerSettings hasty = settings(100);
        hasty = hasty.withWork(hasty.queue(), hasty.limits().withDeadline(Duration.ofMillis(200)));
        try (RunningServer server = new RunningServer(gated, List.of(), hasty)) {
            assertThat(server.post("/embed", TEA).statusCode()).isEqualTo(504);
            HttpResponse<String> second = server.post("/v1/embeddings", Map.of("input", "a text that waits"));
            assertThat(second.statusCode()).isEqualTo(504);
            assertThat(second.body()).contains("deadline_exceeded");
            assertThat(server.get("/metrics").body()).contains("te_queue_size 0\n");
            gated.letAll();
            gated.awaitBatches(1);
            assertThat(gated.computed()).hasSizeLessThanOrEqualTo(1);
        } finally {
            gated.letAll();
        }
    }

    @Test
    void a_server_that_is_asked_to_end_answers_what_it_accepted() throws Exception {
        GatedModel gated = new GatedModel(model);
        try (RunningServer server = new RunningServer(gated, List.of(), settings(100))) {
            CompletableFuture<HttpResponse<String>> computing = server.postLater("/embed", TEA);
            gated.awaitBatches(1);
            CompletableFuture<HttpResponse<String>> waiting = server.postLater("/embed", Map.of("inputs", "a harbour"));
            while (!server.get("/metrics").body().contains("te_queue_size 1\n")) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> server.server().drain(Duration.ofMinutes(1)));
            gated.letAll();

            assertThat(computing.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(waiting.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(drained.get(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            gated.letAll();
        }
    }
}
