package io.chiaro.serve;

import io.chiaro.core.ChiaroException;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.batch.EmbeddingQueue;
import io.chiaro.serve.http.HttpServer;
import io.chiaro.serve.key.KeyRing;
import io.chiaro.serve.metric.Metrics;
import io.chiaro.serve.route.Api;
import io.chiaro.serve.route.Capacity;
import io.chiaro.serve.route.Routes;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.route.ServedModel;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A running server. It belongs to whoever started it, who closes it; model and indexes stay with the caller and must be open
 * for longer. Safe for any thread.
 */
public final class Server implements AutoCloseable {

    private final HttpServer http;
    private final EmbeddingQueue queue;

    private Server(HttpServer http, EmbeddingQueue queue) {
        this.http = http;
        this.queue = queue;
    }

    /**
     * Starts a server; when this returns, it accepts requests.
     *
     * @param model may be used by several threads
     * @param indexes filled by this model, names each once
     * @param log takes a line of JSON for each request, from many threads
     * @throws ChiaroException if an index was filled by another model, the keys cannot be read, or the address cannot be
     *     listened at
     */
    public static Server start(
            TokenEmbedder model, List<ServedIndex> indexes, ServerSettings settings, Consumer<String> log) {
        Set<String> names = new HashSet<>();
        for (ServedIndex index : indexes) {
            if (!names.add(index.name())) {
                throw ChiaroException.usage("serve: expected indexes of different names, but two are called \""
                        + index.name() + "\". Rename a folder.");
            }
            refuseOtherModel(index.index(), model);
        }
        Optional<KeyRing> keys = settings.keys().map(KeyRing::open);
        Clock clock = Clock.systemUTC();
        Metrics metrics = new Metrics();
        EmbeddingQueue queue = new EmbeddingQueue(model::embedTokens, settings.queue(), metrics::batch);
        try {
            metrics.gauge("te_queue_size", "Texts that wait", queue::size);
            metrics.gauge("chiaro_queue_tokens", "Tokens that wait", queue::waitingTokens);
            String name = settings.name()
                    .orElseGet(() -> ServedModel.shortName(model.description().name()));
            ServedModel served = new ServedModel(name, model, queue, settings.limits(), metrics);
            Capacity capacity = new Capacity(
                    settings.http().connections(),
                    settings.http().bodyBytes(),
                    settings.queue().threads(),
                    settings.queue().batchTokens(),
                    settings.queue().queueTokens(),
                    settings.version());
            Routes routes = new Routes(served, new ArrayList<>(indexes), capacity, metrics, keys.isPresent());
            Api api = new Api(routes, keys, metrics, settings.limits().deadline(), clock, log);
            return new Server(HttpServer.start(settings.http(), api, clock), queue);
        } catch (RuntimeException | Error e) {
            queue.close();
            throw e;
        }
    }

    /** A ranker is only given out for the model that filled the index, with the same prompts. */
    private static void refuseOtherModel(TextIndex index, TokenEmbedder model) {
        index.ranker(model).close();
    }

    /** Where it listens. */
    public URI address() {
        return http.address();
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

    /** Ends at once; requests that are under way lose their connection. */
    @Override
    public void close() {
        http.close();
        queue.close();
    }
}
