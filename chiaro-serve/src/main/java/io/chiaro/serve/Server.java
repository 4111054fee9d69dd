package io.chiaro.serve;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.model.PairTokens;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.search.IndexShelf;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.http.HttpServer;
import io.chiaro.serve.key.KeyRing;
import io.chiaro.serve.metric.Metrics;
import io.chiaro.serve.metric.ResidentMemory;
import io.chiaro.serve.route.Api;
import io.chiaro.serve.route.Capacity;
import io.chiaro.serve.route.Lease;
import io.chiaro.serve.route.ModelIndex;
import io.chiaro.serve.route.Reload;
import io.chiaro.serve.route.Routes;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.route.ServedIndexes;
import io.chiaro.serve.route.ServedModel;
import io.chiaro.serve.route.ServedReranker;
import io.chiaro.serve.route.ServedSparse;
import io.chiaro.serve.trace.Tracer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** A running server. It belongs to whoever started it, who closes it. Safe for any thread. */
public final class Server implements AutoCloseable {

    private final Content.Source source;
    private final boolean owned;
    private final ServerSettings settings;
    private final Optional<KeyRing> keys;
    private final Metrics metrics = new Metrics();
    private final Tracer tracer;
    private final ReentrantLock reloading = new ReentrantLock();
    private final Served served;
    private final HttpServer http;
    private final Watch watch;

    private Server(Content.Source source, boolean owned, ServerSettings settings, Consumer<String> log) {
        this.source = source;
        this.owned = owned;
        this.settings = settings;
        this.keys = settings.keys().map(KeyRing::open);
        Clock clock = Clock.systemUTC();
        this.tracer = settings.traces()
                .map(traces -> Tracer.open(traces, settings.version(), spans -> spansLost(spans, clock, log)))
                .orElse(Tracer.OFF);
        try {
            this.served = new Served(
                    settings.indexes().map(IndexShelf::open),
                    fault -> warn(fault, Map.of(), clock, log),
                    (index, failure) -> warn(
                            "a map could not be drawn",
                            Map.of("index", index, "error", failure.getClass().getName()),
                            clock,
                            log));
            served.put(open());
        } catch (RuntimeException | Error e) {
            tracer.close();
            throw e;
        }
        try {
            Api api =
                    new Api(this::take, keys, metrics, tracer, settings.limits().deadline(), clock, log);
            this.http = HttpServer.start(settings.http(), api);
        } catch (RuntimeException | Error e) {
            served.close();
            tracer.close();
            throw e;
        }
        this.watch = new Watch(
                served::current,
                settings.refresh(),
                (index, failure) -> warn(
                        "an index is served as it was, and not as its folder holds it now",
                        Map.of("index", index, "error", failure.getClass().getName()),
                        clock,
                        log));
    }

    /**
     * Starts a server that opens what it serves, and can be told to open it anew; when this returns, it accepts requests.
     *
     * @param log takes a line of JSON for each request, and for spans that were lost, from many threads
     * @throws ChiaroException if the content cannot be opened, an index was filled by another model, the keys cannot be
     *     read, or the address cannot be listened at
     */
    public static Server start(Content.Source source, ServerSettings settings, Consumer<String> log) {
        return new Server(source, true, settings, log);
    }

    /**
     * Starts a server of a model and indexes that stay with the caller and must be open for longer; errors as of
     * {@link #start(Content.Source, ServerSettings, Consumer)}.
     */
    public static Server start(
            TokenEmbedder model, List<ServedIndex> indexes, ServerSettings settings, Consumer<String> log) {
        Content content = new Content(model, indexes);
        return new Server(() -> content, false, settings, log);
    }

    private void spansLost(int spans, Clock clock, Consumer<String> log) {
        metrics.spansLost(spans);
        warn("the collector of traces did not take spans", Map.of("spans", spans), clock, log);
    }

    private static void warn(String warning, Map<String, ?> more, Clock clock, Consumer<String> log) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("warning", warning);
        line.putAll(new TreeMap<>(more));
        log.accept(Json.line(line));
    }

    private Generation open() {
        Content content = source.open();
        List<BatchQueue<?>> queues = new ArrayList<>();
        try {
            refuseUnfit(content);
            // A graph that is older than its weights is refused here, before anybody asks and whatever name is shown.
            content.model().description();
            content.reranker().ifPresent(TokenReranker::description);
            content.sparse().ifPresent(TokenSparseEmbedder::description);
            Optional<ServedReranker> reranker = content.reranker().map(model -> {
                BatchQueue<PairTokens> pairs = new BatchQueue<>(
                        texts -> rows(model.scoreTokens(texts)), PairTokens::length, settings.queue(), metrics::batch);
                queues.add(pairs);
                String called = settings.names()
                        .reranker()
                        .orElseGet(
                                () -> ServedModel.shortName(model.description().name()));
                return new ServedReranker(called, model, pairs, settings.limits(), metrics);
            });
            Optional<ServedSparse> sparse = content.sparse().map(model -> {
                BatchQueue<int[]> texts = new BatchQueue<>(
                        some -> ServedSparse.rows(model, some), text -> text.length, settings.queue(), metrics::batch);
                queues.add(texts);
                String called = settings.names()
                        .sparse()
                        .orElseGet(
                                () -> ServedModel.shortName(model.description().name()));
                return new ServedSparse(called, model, texts, settings.limits(), metrics);
            });
            String name = settings.names()
                    .model()
                    .orElseGet(() ->
                            ServedModel.shortName(content.model().description().name()));
            ServedModel model = served(name, content.model(), queues);
            ServedIndexes indexes = new ServedIndexes(indexes(content, model, queues));
            Capacity capacity = new Capacity(
                    settings.http().connections(),
                    settings.http().bodyBytes(),
                    settings.queue().threads(),
                    settings.queue().batchTokens(),
                    settings.queue().queueTokens(),
                    settings.queue().longestWait(),
                    settings.version());
            // Who may ask is known only where there are keys, and not everybody shall make the server load a model.
            Optional<Reload> reload = keys.isPresent() && owned ? Optional.of(this::reload) : Optional.empty();
            Routes routes = new Routes(
                    model,
                    indexes,
                    served,
                    capacity,
                    metrics,
                    keys.isPresent(),
                    reranker,
                    sparse,
                    reload,
                    settings.shown());
            metrics.gauge("te_queue_size", "Texts that wait", () -> sum(queues, BatchQueue::size));
            ResidentMemory.bytes()
                    .ifPresent(bytes -> metrics.gauge(
                            "process_resident_memory_bytes", "Memory of the process that is in use", bytes));
            metrics.gauge("chiaro_queue_tokens", "Tokens that wait", () -> sum(queues, BatchQueue::waitingTokens));
            return new Generation(content, owned, indexes, queues, model, routes, this::refresh, served::ended);
        } catch (RuntimeException | Error e) {
            queues.forEach(BatchQueue::close);
            if (owned) {
                content.close();
            }
            throw e;
        }
    }

    /** A model behind a queue of its own. */
    private ServedModel served(String name, TokenEmbedder embedder, List<BatchQueue<?>> queues) {
        BatchQueue<int[]> queue =
                new BatchQueue<>(embedder::embedTokens, text -> text.length, settings.queue(), metrics::batch);
        queues.add(queue);
        return new ServedModel(name, embedder, queue, settings.limits(), metrics);
    }

    /** The indexes with their models; one model that filled several has one queue. */
    private List<ModelIndex> indexes(Content content, ServedModel model, List<BatchQueue<?>> queues) {
        Map<TokenEmbedder, ServedModel> beside = new IdentityHashMap<>();
        List<ModelIndex> indexes = new ArrayList<>();
        for (ServedIndex index : content.indexes()) {
            ServedModel own = index.beside()
                    .map(other -> beside.computeIfAbsent(
                            other,
                            embedder -> served(
                                    ServedModel.shortName(embedder.description().name()), embedder, queues)))
                    .orElse(model);
            indexes.add(new ModelIndex(index.name(), index.index(), own, false));
        }
        return indexes;
    }

    private static float[][] rows(float[] scores) {
        float[][] rows = new float[scores.length][1];
        for (int i = 0; i < scores.length; i++) {
            rows[i][0] = scores[i];
        }
        return rows;
    }

    private static long sum(List<BatchQueue<?>> queues, ToIntFunction<BatchQueue<?>> figure) {
        return queues.stream().mapToInt(figure).sum();
    }

    private static void refuseUnfit(Content content) {
        Set<String> names = new HashSet<>();
        for (ServedIndex index : content.indexes()) {
            if (!names.add(index.name())) {
                throw ChiaroException.usage("serve: expected indexes of different names, but two are called \""
                        + index.name() + "\". Rename a folder.");
            }
            Served.refuseOther(index.index(), index.beside().orElse(content.model()));
        }
    }

    private Lease take() {
        while (true) {
            Generation now = served.current();
            Optional<Lease> lease = now.lease();
            if (lease.isPresent()) {
                return lease.get();
            }
            if (now == served.current()) {
                throw HttpProblem.of(503, "the server stops.");
            }
            // Between reading the field and asking it, another generation has taken its place.
        }
    }

    private ServedModel reload() {
        if (!reloading.tryLock()) {
            throw new IllegalStateException("Server.reload: another reload is under way");
        }
        try {
            // All is read before anything is exchanged.
            Runnable certificate = http.renewal();
            Generation opened = open();
            served.put(opened);
            certificate.run();
            refresh();
            return opened.model();
        } finally {
            reloading.unlock();
        }
    }

    /** Requests that began before a reload may write after the new indexes were opened. */
    private void refresh() {
        served.current().refresh();
    }

    /** Where it listens. */
    public URI address() {
        return http.address();
    }

    /**
     * Begins to draw the map of an index, if there is such an index and it has none, behind the answers. Why it could not be drawn stands in
     * the log.
     *
     * @return whether it began; only one map is drawn at a time
     */
    public boolean drawMissingMap(String index) {
        Optional<ModelIndex> wanted = served.current().indexes().find(index).filter(found -> {
            try (TextIndex snapshot = found.index().snapshot()) {
                return !snapshot.hasMap();
            }
        });
        try {
            wanted.ifPresent(served::draw);
        } catch (HttpProblem another) {
            return false;
        }
        return wanted.isPresent();
    }

    /**
     * Accepts no more and finishes what was accepted.
     *
     * @param most how long that may take
     * @return whether all requests were answered
     */
    public boolean drain(Duration most) {
        return http.drain(most);
    }

    /** Ends at once; requests that are under way lose their connection, and what they use is closed after the last. */
    @Override
    public void close() {
        watch.close();
        http.close();
        served.close();
        tracer.close();
    }
}
