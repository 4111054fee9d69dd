package io.chiaro.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.TinyModel;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.batch.QueueSettings;
import io.chiaro.serve.metric.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiTest {

    private static final IndexChanges NO_CHANGES = new IndexChanges() {
        @Override
        public <T> T make(Wish wish, long due, Function<ModelIndex, T> said) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public boolean drop(String name, long due) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void draw(ModelIndex index) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public Optional<Drawing> drawing(ModelIndex index) {
            return Optional.empty();
        }
    };

    @TempDir
    Path folder = Path.of("");

    @Test
    void the_document_has_each_route_of_the_table_and_no_other_with_its_body_and_its_key() {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true);
                BatchQueue<int[]> queue = new BatchQueue<>(
                        model::embedTokens,
                        text -> text.length,
                        new QueueSettings(1, 10, 10, Duration.ZERO),
                        (a, b, c) -> {})) {
            Metrics metrics = new Metrics();
            ServedModel served = new ServedModel("tiny", model, queue, Limits.defaults(), metrics);
            Routes routes = new Routes(
                    served,
                    new ServedIndexes(List.of()),
                    NO_CHANGES,
                    new Capacity(1, 1, 1, 1, 1, Duration.ZERO, "3.2.1"),
                    metrics,
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(() -> served),
                    Shown.NOTHING);
            JsonObject document = Json.parse("openapi", Json.line(OpenApi.document(routes.table(), "3.2.1", true)));

            assertThat(document.string("openapi")).isEqualTo("3.1.0");
            JsonObject paths = document.object("paths");
            Set<String> described = new TreeSet<>();
            paths.keys()
                    .forEach(path -> paths.object(path).keys().forEach(method -> described.add(method + " " + path)));
            assertThat(described)
                    .isEqualTo(routes.table().stream()
                            .map(route -> route.method().toLowerCase(Locale.ROOT) + " " + route.path())
                            .collect(Collectors.toCollection(TreeSet::new)));
            assertThat(described)
                    .contains("post /v1/indexes", "delete /v1/indexes/{name}", "post /v1/indexes/{name}/map");
            assertThat(paths.object("/v1/indexes")
                            .object("post")
                            .object("responses")
                            .keys())
                    .contains("201");
            Set<String> identifiers = new TreeSet<>();
            for (Route route : routes.table()) {
                JsonObject operation =
                        paths.object(route.path()).object(route.method().toLowerCase(Locale.ROOT));
                assertThat(identifiers.add(operation.string("operationId"))).isTrue();
                JsonObject responses = operation.object("responses");
                assertThat(responses.keys()).containsExactly(String.valueOf(route.status()), "default");
                assertThat(responses.object(String.valueOf(route.status())).has("content"))
                        .isEqualTo(route.status() != 204);
                assertThat(operation.has("security")).isEqualTo(route.role().isPresent());
                assertThat(operation.has("requestBody")).isEqualTo(route.body().isPresent());
                route.body()
                        .ifPresent(body -> assertThat(operation
                                        .object("requestBody")
                                        .object("content")
                                        .object("application/json")
                                        .object("schema")
                                        .object("properties")
                                        .keys())
                                .containsExactlyElementsOf(body.keys()));
                assertThat(operation.objects("parameters", List.of()).stream()
                                .map(parameter -> parameter.string("name")))
                        .containsExactlyElementsOf(route.variables());
            }
        }
    }
}
