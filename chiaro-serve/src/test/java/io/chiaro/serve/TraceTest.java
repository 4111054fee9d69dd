package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.Document;
import io.chiaro.model.TextRole;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.search.LiveIndex;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.trace.TraceSettings;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of traces gets to see of a server; spans are sent at the latest when it is closed. */
class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    @TempDir
    static Path shared = Path.of("");

    private static OnnxEmbedder model;

    @TempDir
    Path folder = Path.of("");

    private Collector collector;

    @BeforeAll
    static void open() {
        model = TinyModel.create(shared.resolve("tiny"), 1, true);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @BeforeEach
    void start() throws IOException {
        collector = new Collector(200);
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private RunningServer traced(TokenEmbedder served, List<ServedIndex> indexes) {
        return new RunningServer(
                served,
                indexes,
                ServerSettings.defaults()
                        .withName("tiny")
                        .withVersion("7.1")
                        .withTraces(TraceSettings.of(collector.address())));
    }

    @Test
    void a_request_is_a_span_of_its_route_with_tokens_queue_and_computing_as_parts() {
        try (RunningServer server = traced(model, List.of())) {
            assertThat(server.post("/v1/embeddings", Map.of("input", List.of("tea", "a pot of coffee")))
                            .statusCode())
                    .isEqualTo(200);
        }

        assertThat(collector.paths()).isNotEmpty().containsOnly("/v1/traces");
        assertThat(collector.resource())
                .containsEntry("service.name", "chiaro")
                .containsEntry("service.version", "7.1");
        Span request = collector.spans("POST /v1/embeddings").get(0);
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(request.getParentSpanId().isEmpty()).isTrue();
        assertThat(request.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        // "tea" and "a pot of coffee" have 1 and 4 tokens, and two more around each.
        assertThat(Collector.attributes(request))
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/v1/embeddings")
                .containsEntry("http.response.status_code", "200")
                .containsEntry("gen_ai.request.model", "tiny")
                .containsEntry("chiaro.texts", "2")
                .containsEntry("gen_ai.usage.input_tokens", "9");
        List<Span> parts = collector.parts(request);
        assertThat(parts).extracting(Span::getName).containsExactly("tokenize", "queue", "compute");
        assertThat(parts).allSatisfy(part -> {
            assertThat(part.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(part.getStartTimeUnixNano())
                    .isBetween(request.getStartTimeUnixNano(), part.getEndTimeUnixNano());
            assertThat(part.getEndTimeUnixNano()).isLessThanOrEqualTo(request.getEndTimeUnixNano());
        });
        assertThat(parts.get(2).getStartTimeUnixNano()).isEqualTo(parts.get(1).getEndTimeUnixNano());
        assertThat(Collector.attributes(parts.get(2)))
                .containsEntry("gen_ai.request.model", "tiny")
                .containsEntry("chiaro.batches", "1")
                .containsEntry("chiaro.batch.texts", "2")
                .containsEntry("chiaro.batch.tokens", "9");
    }

    @Test
    void the_trace_of_a_caller_goes_on_and_the_log_names_it() {
        List<String> log;
        try (RunningServer server = traced(model, List.of())) {
            server.send(server.posting("/embed", "{\"inputs\": \"tea\"}")
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .header("tracestate", "shop=7"));
            log = server.log();
        }

        Span request = collector.spans("POST /embed").get(0);
        assertThat(Collector.hex(request.getTraceId())).isEqualTo(TRACE);
        assertThat(Collector.hex(request.getParentSpanId())).isEqualTo(PARENT);
        assertThat(request.getTraceState()).isEqualTo("shop=7");
        assertThat(log)
                .singleElement()
                .satisfies(line -> assertThat(Json.parse("log", line).toMap())
                        .containsEntry("trace_id", TRACE)
                        .containsEntry("span_id", Collector.hex(request.getSpanId())));
    }

    @Test
    void a_caller_who_does_not_record_is_followed_in_the_log_alone_and_a_broken_header_begins_a_trace() {
        List<String> log;
        try (RunningServer server = traced(model, List.of())) {
            server.send(server.request("/info").header("traceparent", "00-" + TRACE + "-" + PARENT + "-00"));
            server.send(server.request("/v1/models").header("traceparent", "00-" + TRACE + "-nothing-01"));
            server.send(server.request("/ping")
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01"));
            log = server.log();
        }

        assertThat(log.get(0)).contains("\"trace_id\":\"" + TRACE + "\"");
        assertThat(collector.spans()).extracting(Span::getName).containsExactly("GET /v1/models", "GET /ping");
        assertThat(collector.spans()).allSatisfy(span -> {
            assertThat(span.getParentSpanId().isEmpty()).isTrue();
            assertThat(Collector.hex(span.getTraceId())).isNotEqualTo(TRACE);
        });
    }

    @Test
    void mistakes_of_the_server_are_errors_and_those_of_clients_are_not() {
        TokenEmbedder broken = new BrokenModel(model);
        try (RunningServer server = traced(broken, List.of())) {
            assertThat(server.post("/embed", Map.of("inputs", "tea")).statusCode())
                    .isEqualTo(424);
            assertThat(server.get("/nothing/here").statusCode()).isEqualTo(404);
            server.server().drain(Duration.ofSeconds(10));
        }

        Span failed = collector.spans("POST /embed").get(0);
        assertThat(failed.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        Span compute = collector.parts(failed).get(2);
        assertThat(compute.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(Collector.attributes(compute)).containsEntry("error.type", IllegalArgumentException.class.getName());
        Span unknown = collector.spans("GET").get(0);
        assertThat(Collector.attributes(unknown))
                .containsEntry("http.response.status_code", "404")
                .doesNotContainKeys("http.route", "error.type");
        assertThat(collector.text()).doesNotContain(BrokenModel.SECRET, "nothing/here", "tea");
    }

    @Test
    void what_takes_too_long_is_an_error_whose_wait_can_be_seen() {
        GatedModel gated = new GatedModel(model);
        ServerSettings settings = ServerSettings.defaults().withTraces(TraceSettings.of(collector.address()));
        settings = settings.withWork(settings.queue(), settings.limits().withDeadline(Duration.ofMillis(50)));
        try (RunningServer server = new RunningServer(gated, List.of(), settings)) {
            assertThat(server.post("/embed", Map.of("inputs", "tea")).statusCode())
                    .isEqualTo(504);
            gated.letAll();
        }

        Span late = collector.spans("POST /embed").get(0);
        assertThat(late.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(Collector.attributes(late)).containsEntry("error.type", "504");
        assertThat(collector.parts(late)).extracting(Span::getName).contains("queue");
    }

    @Test
    void no_key_and_no_text_is_in_any_span() {
        KeyFile.NewKey key =
                KeyFile.openOrCreate(folder.resolve("keys.json")).add("reader", Role.READ, Clock.systemUTC());
        try (LiveIndex index = LiveIndex.open(folder.resolve("index"), model.description())) {
            index.write(
                    List.of(new Document("doc-1", "", "a harbour")),
                    model.embed(List.of("a harbour"), TextRole.DOCUMENT),
                    model.description());
            ServerSettings settings = ServerSettings.defaults()
                    .withKeys(folder.resolve("keys.json"))
                    .withTraces(TraceSettings.of(collector.address()));
            try (RunningServer server = new RunningServer(model, List.of(new ServedIndex("docs", index)), settings)) {
                assertThat(server.send(server.posting("/v1/indexes/docs/search", "{\"query\": \"quay\"}")
                                        .header("Authorization", "Bearer " + key.text()))
                                .statusCode())
                        .isEqualTo(200);
                server.send(server.request("/info").header("Authorization", "Bearer " + key.text() + "x"));
            }
        }

        Span searched = collector.spans("POST /v1/indexes/{name}/search").get(0);
        assertThat(collector.parts(searched))
                .extracting(Span::getName)
                .containsExactly("tokenize", "queue", "compute", "search");
        assertThat(Collector.attributes(searched))
                .containsEntry("chiaro.key.id", key.stored().id());
        assertThat(Collector.attributes(collector.spans("GET /info").get(0)))
                .containsEntry("http.response.status_code", "401")
                .doesNotContainKey("chiaro.key.id");
        assertThat(collector.text()).doesNotContain(key.text(), key.text().substring(16), "Bearer", "quay", "harbour");
    }

    @Test
    void without_settings_there_is_no_trace_and_no_id_in_the_log() {
        try (RunningServer server = RunningServer.of(model)) {
            server.post("/embed", Map.of("inputs", "tea"));

            assertThat(server.log()).singleElement().asString().doesNotContain("trace_id");
        }
        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void spans_that_a_collector_does_not_take_are_counted_and_said() throws IOException {
        try (Collector refusing = new Collector(400)) {
            ServerSettings settings = ServerSettings.defaults()
                    // Not before the end, so that both spans go together.
                    .withTraces(TraceSettings.of(refusing.address()).with("otel.bsp.schedule.delay", "600000"));
            RunningServer server = new RunningServer(model, List.of(), settings);
            try (server) {
                assertThat(server.get("/ping").statusCode()).isEqualTo(200);
                assertThat(server.get("/metrics").body()).contains("chiaro_spans_lost 0");
            }

            assertThat(refusing.spans()).hasSize(2);
            assertThat(server.log()).last().asString().contains("\"warning\"", "\"spans\":2");
        }
    }

    @Test
    void the_environment_says_where_and_what_is_wrong_there_ends_the_start() {
        assertThat(TraceSettings.from(Map.of("OTEL_SERVICE_NAME", "shop", "PATH", "/bin")))
                .isEmpty();
        assertThat(TraceSettings.from(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " ")))
                .isEmpty();
        assertThat(TraceSettings.from(
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318", "OTEL_SDK_DISABLED", "true")))
                .isEmpty();
        assertThat(TraceSettings.from(
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318", "OTEL_TRACES_EXPORTER", "none")))
                .isEmpty();
        TraceSettings told = TraceSettings.from(Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", collector.address() + "/", "OTEL_SERVICE_NAME", "shop search"))
                .orElseThrow();
        try (RunningServer server =
                new RunningServer(model, List.of(), ServerSettings.defaults().withTraces(told))) {
            server.get("/ping");
        }
        assertThat(collector.paths()).containsOnly("/v1/traces");
        assertThat(collector.resource()).containsEntry("service.name", "shop search");

        for (TraceSettings wrong : List.of(
                TraceSettings.of("collector:4318"),
                TraceSettings.of(collector.address()).with("otel.exporter.otlp.protocol", "grpc"),
                TraceSettings.of(collector.address()).with("otel.traces.exporter", "pigeon"))) {
            assertThatThrownBy(() -> new RunningServer(
                            model, List.of(), ServerSettings.defaults().withTraces(wrong)))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                    .hasMessageContaining("OTEL_");
        }
    }
}
