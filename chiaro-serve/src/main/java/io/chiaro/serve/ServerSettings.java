package io.chiaro.serve;

import io.chiaro.serve.batch.QueueSettings;
import io.chiaro.serve.http.HttpSettings;
import io.chiaro.serve.route.Limits;
import io.chiaro.serve.route.Shown;
import io.chiaro.serve.trace.TraceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a server works.
 *
 * @param names what clients call the models
 * @param http where it listens and what a connection may take
 * @param queue how much is computed at a time and how much may wait
 * @param limits what one request may ask for
 * @param keys the file of keys; everybody may ask if there is none
 * @param version of the program
 * @param shown files that the page shows
 * @param traces where a trace of each request goes; there are none without
 * @param refresh after which time it looks again for what other processes have committed to the folders of the indexes
 * @param indexes a folder whose indexes are served, too, in which indexes are made and dropped; none are without
 */
public record ServerSettings(
        ServedNames names,
        HttpSettings http,
        QueueSettings queue,
        Limits limits,
        Optional<Path> keys,
        String version,
        Shown shown,
        Optional<TraceSettings> traces,
        Duration refresh,
        Optional<Path> indexes) {

    private static final int BODY_BYTES = 4 << 20;
    private static final Duration REFRESH = Duration.ofSeconds(3);

    public ServerSettings {
        if (limits.requestTokens() > queue.queueTokens()) {
            throw new IllegalArgumentException("ServerSettings: a request of " + limits.requestTokens()
                    + " tokens would never fit into a queue of " + queue.queueTokens());
        }
        if (refresh.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "ServerSettings: expected to look again after a millisecond at least, but" + " found " + refresh);
        }
    }

    /**
     * Any free port of this machine alone, 4 MiB a body, a thread for each processor, batches of 1,024 tokens (as
     * {@code OnnxSettings.defaults()} has them, and says why), room for two of the largest requests, at most 10 seconds
     * behind others, and a look at the folders of the indexes every 3 seconds.
     */
    public static ServerSettings defaults() {
        return new ServerSettings(
                ServedNames.OWN,
                HttpSettings.of("127.0.0.1", 0, BODY_BYTES),
                new QueueSettings(Runtime.getRuntime().availableProcessors(), 1024, 131_072, Duration.ofSeconds(10)),
                Limits.defaults(),
                Optional.empty(),
                "development",
                Shown.NOTHING,
                Optional.empty(),
                REFRESH,
                Optional.empty());
    }

    /** The same under another name. */
    public ServerSettings withName(String other) {
        return withNames(new ServedNames(Optional.of(other), names.reranker(), names.sparse()));
    }

    /** The same under other names. */
    public ServerSettings withNames(ServedNames others) {
        return new ServerSettings(others, http, queue, limits, keys, version, shown, traces, refresh, indexes);
    }

    /** The same with other connections. */
    public ServerSettings withHttp(HttpSettings other) {
        return new ServerSettings(names, other, queue, limits, keys, version, shown, traces, refresh, indexes);
    }

    /** The same listening elsewhere. */
    public ServerSettings withAddress(String host, int port) {
        return withHttp(HttpSettings.of(host, port, http.bodyBytes()));
    }

    /** The same with another queue and other limits, which must fit each other. */
    public ServerSettings withWork(QueueSettings otherQueue, Limits otherLimits) {
        return new ServerSettings(names, http, otherQueue, otherLimits, keys, version, shown, traces, refresh, indexes);
    }

    /** The same for those with a key of a file. */
    public ServerSettings withKeys(Path file) {
        return new ServerSettings(
                names, http, queue, limits, Optional.of(file), version, shown, traces, refresh, indexes);
    }

    /** The same of another version. */
    public ServerSettings withVersion(String other) {
        return new ServerSettings(names, http, queue, limits, keys, other, shown, traces, refresh, indexes);
    }

    /** The same showing other files. */
    public ServerSettings withShown(Shown other) {
        return new ServerSettings(names, http, queue, limits, keys, version, other, traces, refresh, indexes);
    }

    /** The same with traces. */
    public ServerSettings withTraces(TraceSettings other) {
        return new ServerSettings(
                names, http, queue, limits, keys, version, shown, Optional.of(other), refresh, indexes);
    }

    /** The same looking at the folders of the indexes more or less often. */
    public ServerSettings withRefresh(Duration other) {
        return new ServerSettings(names, http, queue, limits, keys, version, shown, traces, other, indexes);
    }

    /** The same with the indexes of a folder, in which more are made and dropped. */
    public ServerSettings withIndexes(Path folder) {
        return new ServerSettings(
                names, http, queue, limits, keys, version, shown, traces, refresh, Optional.of(folder));
    }
}
