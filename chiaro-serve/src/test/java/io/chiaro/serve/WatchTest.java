package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.JsonObject;
import io.chiaro.model.Document;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.serve.route.ServedIndex;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that may not write shows what others write. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WatchTest {

    @TempDir
    Path folder = Path.of("");

    private OnnxEmbedder model;
    private LiveIndex live;
    private RunningServer server;

    @BeforeEach
    void start() {
        model = TinyModel.create(folder.resolve("tiny"), 1, true);
        TextIndex.write(folder.resolve("birds"), Stream.of(new Document("first", "", "a bird in winter")), model);
        live = LiveIndex.open(folder.resolve("birds"));
        server = new RunningServer(
                model,
                List.of(new ServedIndex("birds", live)),
                ServerSettings.defaults().withRefresh(Duration.ofMillis(50)));
    }

    @AfterEach
    void stop() {
        server.close();
        live.close();
        model.close();
    }

    private List<String> found() {
        HttpResponse<String> response = server.post("/v1/indexes/birds/search", Map.of("query", "tea"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningServer.object(response).objects("hits").stream()
                .map(hit -> hit.string("id"))
                .sorted()
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void what_another_process_commits_is_found_without_a_new_start() throws Exception {
        assertThat(found()).containsExactly("first");
        try (TextIndexWriter other = TextIndexWriter.open(folder.resolve("birds"))) {
            other.add(Stream.of(new Document("second", "", "a cup of tea")), model);
            other.commit();
            await(() -> found().equals(List.of("first", "second")));
            other.delete(List.of("first"));
            other.commit();
            await(() -> found().equals(List.of("second")));
        }
        TextIndex.write(folder.resolve("birds"), Stream.of(new Document("anew", "", "bread")), model);
        await(() -> found().equals(List.of("anew")));
        JsonObject entry = RunningServer.object(server.get("/v1/indexes/birds"));
        assertThat(entry.integer("documents")).isEqualTo(1);
        assertThat(server.log()).noneMatch(line -> line.contains("warning"));
    }

    @Test
    void an_index_that_another_model_fills_is_served_as_it_was_and_the_log_says_so_once() throws Exception {
        try (OnnxEmbedder other = TinyModel.create(folder.resolve("other"), 2, true)) {
            TextIndex.write(folder.resolve("birds"), Stream.of(new Document("theirs", "", "tea")), other);
        }
        await(() -> server.log().stream().anyMatch(line -> line.contains("served as it was")));
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(found()).containsExactly("first");
        assertThat(server.log().stream().filter(line -> line.contains("served as it was")))
                .hasSize(1);

        TextIndex.write(folder.resolve("birds"), Stream.of(new Document("ours", "", "tea")), model);
        await(() -> found().equals(List.of("ours")));
    }
}
