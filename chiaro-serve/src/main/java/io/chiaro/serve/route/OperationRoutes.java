package io.chiaro.serve.route;

import static io.chiaro.serve.route.Schema.Field;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.Metadata;
import io.chiaro.model.ModelDescription;
import io.chiaro.search.TextIndexWriter;
import io.chiaro.search.filter.Filter;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.Response;
import io.chiaro.serve.key.Role;
import io.chiaro.serve.metric.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What those ask who run the server: is it there, what is it, how is it doing. */
final class OperationRoutes {

    private final ServedModel model;
    private final Optional<ServedReranker> reranker;
    private final Optional<ServedSparse> sparse;
    private final Capacity capacity;
    private final Metrics metrics;
    private final Supplier<Object> openApi;

    OperationRoutes(
            ServedModel model,
            Optional<ServedReranker> reranker,
            Optional<ServedSparse> sparse,
            Capacity capacity,
            Metrics metrics,
            Supplier<Object> openApi) {
        this.model = model;
        this.reranker = reranker;
        this.sparse = sparse;
        this.capacity = capacity;
        this.metrics = metrics;
        this.openApi = openApi;
    }

    List<Route> routes() {
        Route.Action alive = call -> Response.text(200, "");
        return List.of(
                Route.get("/health", Role.READ, "Answers when the server does", Schema.string(), alive)
                        .as(Route.TEXT)
                        .open(),
                Route.get("/ping", Role.READ, "Answers when the server does", Schema.string(), alive)
                        .as(Route.TEXT)
                        .open(),
                Route.get("/info", Role.READ, "Says the model and the limits", information(), this::info),
                Route.get("/metrics", Role.READ, "Figures for Prometheus", Schema.string(), this::figures)
                        .as(Route.TEXT),
                Route.get(
                        "/openapi.json",
                        Role.READ,
                        "This description",
                        Schema.object(),
                        call -> Response.json(200, Json.text(openApi.get()))));
    }

    /** The one route that changes what is served. */
    static Route reload(Reload reload) {
        return Route.post(
                "/v1/reload",
                Role.ADMIN,
                "Opens model and indexes anew and serves them in place of the old",
                Schema.object(Field.of("model_id", Schema.string()), Field.of("model_sha", Schema.string())),
                call -> {
                    try {
                        ServedModel model = reload.reload();
                        return Response.json(
                                200,
                                Json.line(OpenAiRoutes.ordered(
                                        "model_id",
                                        model.name(),
                                        "model_sha",
                                        model.description().hash())));
                    } catch (IllegalStateException another) {
                        throw HttpProblem.of(409, "another reload is under way. Wait for its end.");
                    } catch (ChiaroException unfit) {
                        throw HttpProblem.of(424, "what was served before is served on: " + unfit.getMessage());
                    }
                });
    }

    private static Schema information() {
        return Schema.object(
                Field.of("model_id", Schema.string()),
                Field.of("model_sha", Schema.string()),
                Field.of("model_dtype", Schema.oneOf("float32", "int8").says("The numbers of the graph's matrices")),
                Field.of("served_model_name", Schema.string().says("What clients call the model")),
                Field.of(
                        "model_type",
                        Schema.object(Field.of("embedding", Schema.object(Field.of("pooling", Schema.string()))))),
                Field.of("dimension", Schema.integer(1).says("Numbers of a vector")),
                Field.of(
                        "normalized",
                        Schema.bool().says("Whether vectors have length one before they leave the model")),
                Field.of("prompt_names", Schema.list(Schema.string())),
                Field.of("max_input_length", Schema.integer(1).says("Tokens of a text")),
                Field.of("max_input_characters", Schema.integer(1).says("Characters of a text")),
                Field.of("max_client_batch_size", Schema.integer(1).says("Texts, documents or ids of a request")),
                Field.of("max_request_tokens", Schema.integer(1).says("Tokens of all its texts")),
                Field.of("max_body_bytes", Schema.integer(1).says("Bytes of its body")),
                Field.of("max_query_characters", Schema.integer(1).says("Characters of what is searched for")),
                Field.of("max_hits", Schema.integer(1).says("The greatest \"k\"")),
                Field.of("max_answer_characters", Schema.integer(1).says("Characters of the texts of all hits")),
                Field.of("max_neighbours", Schema.integer(1).says("Neighbours of an explanation")),
                Field.of("max_filter_values", Schema.integer(1).says("Values and bounds of a filter")),
                Field.of("max_filter_levels", Schema.integer(1).says("Levels of filters in filters")),
                Field.of("max_facets", Schema.integer(1).says("Names whose values a search counts")),
                Field.of("max_facet_size", Schema.integer(1).says("Values of a facet")),
                Field.of("max_id_bytes", Schema.integer(1).says("Bytes of a document's id in UTF-8")),
                Field.of("max_metadata_names", Schema.integer(1).says("Names in the metadata of a document")),
                Field.of("max_metadata_texts", Schema.integer(1).says("Texts of a list under such a name")),
                Field.of("max_metadata_value_bytes", Schema.integer(1).says("Bytes of such a text in UTF-8")),
                Field.of(
                        "max_index_metadata_names",
                        Schema.integer(1).says("Different names in the metadata of an index")),
                Field.of("max_indexes", Schema.integer(1).says("Indexes that are served together")),
                Field.of("max_batch_tokens", Schema.integer(1).says("Tokens that are computed at a time")),
                Field.of("deadline_seconds", Schema.number().says("Longest time of a request")),
                Field.of("auto_truncate", Schema.bool()),
                Field.of("max_concurrent_requests", Schema.integer(1)),
                Field.of("max_queue_tokens", Schema.integer(1).says("Tokens that wait")),
                Field.of("max_wait_seconds", Schema.number().says("Longest time behind other requests")),
                Field.of("inference_threads", Schema.integer(1)),
                Field.of("version", Schema.string().says("Of the program")),
                Field.optional(
                        "reranker",
                        Schema.object(
                                Field.of("model_id", Schema.string()),
                                Field.of("model_sha", Schema.string()),
                                Field.of(
                                        "max_input_length",
                                        Schema.integer(1).says("Tokens of query and text together")),
                                Field.of(
                                        "max_rerank_depth",
                                        Schema.integer(1).says("Hits of a search it may look at")))),
                Field.optional(
                        "sparse",
                        Schema.object(
                                Field.of("model_id", Schema.string()),
                                Field.of("model_sha", Schema.string()),
                                Field.of("max_input_length", Schema.integer(1).says("Tokens of a text")))));
    }

    private Response info(Call call) {
        ModelDescription description = model.description();
        Limits limits = model.limits();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("model_id", model.name());
        info.put("model_sha", description.hash());
        info.put("model_dtype", model.precision());
        info.put("served_model_name", model.name());
        info.put(
                "model_type",
                Map.of(
                        "embedding",
                        Map.of(
                                "pooling",
                                String.join(
                                        "+",
                                        description.poolings().stream()
                                                .map(pooling -> Json.kebab(pooling.name()))
                                                .toList()))));
        info.put("dimension", description.dimension());
        info.put("normalized", description.normalized());
        info.put("prompt_names", model.promptNames());
        info.put("max_input_length", description.maxTokens());
        info.put("max_input_characters", limits.inputCharacters());
        info.put("max_client_batch_size", limits.inputs());
        info.put("max_request_tokens", limits.requestTokens());
        info.put("max_body_bytes", capacity.bodyBytes());
        info.put("max_query_characters", HybridQuery.LONGEST_QUERY);
        info.put("max_hits", limits.hits());
        info.put("max_answer_characters", limits.answerCharacters());
        info.put("max_neighbours", ExplainRoutes.MOST_NEIGHBOURS);
        info.put("max_filter_values", Filter.MOST_VALUES);
        info.put("max_filter_levels", Filter.MOST_LEVELS);
        info.put("max_facets", IndexRoutes.MOST_FACETS);
        info.put("max_facet_size", IndexRoutes.MOST_FACET_VALUES);
        info.put("max_id_bytes", TextIndexWriter.LONGEST_ID);
        info.put("max_metadata_names", Metadata.MOST_NAMES);
        info.put("max_metadata_texts", Metadata.MOST_TEXTS);
        info.put("max_metadata_value_bytes", Metadata.LONGEST_TEXT);
        info.put("max_index_metadata_names", TextIndexWriter.MOST_METADATA_NAMES);
        info.put("max_indexes", IndexChanges.MOST_INDEXES);
        info.put("deadline_seconds", limits.deadline().toMillis() / 1000.0);
        info.put("auto_truncate", limits.truncates());
        info.put("max_concurrent_requests", capacity.connections());
        info.put("max_batch_tokens", capacity.batchTokens());
        info.put("max_queue_tokens", capacity.queueTokens());
        info.put("max_wait_seconds", capacity.longestWait().toMillis() / 1000.0);
        info.put("inference_threads", capacity.threads());
        reranker.ifPresent(served -> info.put(
                "reranker",
                OpenAiRoutes.ordered(
                        "model_id",
                        served.name(),
                        "model_sha",
                        served.description().hash(),
                        "max_input_length",
                        served.description().maxTokens(),
                        "max_rerank_depth",
                        RerankSide.deepest(served, limits))));
        sparse.ifPresent(served -> info.put(
                "sparse",
                OpenAiRoutes.ordered(
                        "model_id",
                        served.name(),
                        "model_sha",
                        served.description().hash(),
                        "max_input_length",
                        served.description().maxTokens())));
        info.put("version", capacity.version());
        return Response.json(200, Json.line(info));
    }

    private Response figures(Call call) {
        return Response.of(
                200, "text/plain; version=0.0.4; charset=utf-8", metrics.text().getBytes(StandardCharsets.UTF_8));
    }
}
