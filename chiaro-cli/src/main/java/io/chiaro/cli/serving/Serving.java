package io.chiaro.cli.serving;

import io.chiaro.cli.console.Interruption;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.console.Version;
import io.chiaro.cli.opening.Models;
import io.chiaro.cli.quickstart.QuietLucene;
import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.TokenReranker;
import io.chiaro.model.TokenSparseEmbedder;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.onnx.OnnxSettings;
import io.chiaro.search.LiveIndex;
import io.chiaro.search.TextIndex;
import io.chiaro.serve.Content;
import io.chiaro.serve.ServedNames;
import io.chiaro.serve.Server;
import io.chiaro.serve.ServerSettings;
import io.chiaro.serve.batch.QueueSettings;
import io.chiaro.serve.http.Certificate;
import io.chiaro.serve.http.HttpSettings;
import io.chiaro.serve.http.Origins;
import io.chiaro.serve.route.Limits;
import io.chiaro.serve.route.ServedIndex;
import io.chiaro.serve.route.Shown;
import io.chiaro.serve.trace.TraceSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves until the process is asked to end. */
public final class Serving {

    // Held, because a logger that nobody holds forgets its level. Spans that are lost stand in the server's own log.
    private static final Logger OPEN_TELEMETRY = Logger.getLogger("io.opentelemetry");

    private Serving() {}

    /**
     * Opens the model and the indexes, serves them, and returns when all that was accepted is answered.
     *
     * @throws ChiaroException of kind resources if requests were still open at the end of their time
     */
    public static void run(Output output, ServeOptions options) {
        QuietLucene.apply();
        OPEN_TELEMETRY.setLevel(Level.OFF);
        ServerSettings settings = settings(options);
        if (options.keys().isEmpty() && !isLoopback(options.host())) {
            output.announce(
                    "chiaro: warning: --host " + options.host() + " lets other machines in, and without --keys all"
                            + " of them may ask. Make keys with chiaro keys add, or listen at 127.0.0.1 behind a proxy.");
        }
        try (Server server = Server.start(() -> open(output, options), settings, output::note)) {
            output.announce("ready " + server.address());
            if (options.drawsMap()) {
                server.drawMissingMap(name(options.indexes().get(0)));
            }
            serve(server, Duration.ofSeconds(options.deadlineSeconds()).plusSeconds(30));
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true; // nobody can listen there, and who tries says so
        }
    }

    private static Content open(Output output, ServeOptions options) {
        // One thread for each batch: the server itself runs as many batches side by side as there are threads.
        OnnxEmbedder model = OnnxEmbedder.open(options.model(), new OnnxSettings(1, options.batchTokens()));
        List<ServedIndex> indexes = new ArrayList<>();
        Map<String, TokenEmbedder> others = new LinkedHashMap<>();
        Optional<TokenReranker> reranker = Optional.empty();
        Optional<TokenSparseEmbedder> sparse = Optional.empty();
        try {
            reranker = options.reranker()
                    .map(folder -> Models.openServed("--rerank", folder, new OnnxSettings(1, options.batchTokens())));
            sparse = options.sparse()
                    .map(folder -> Models.openSparse("--sparse", folder, new OnnxSettings(1, options.batchTokens())));
            for (Path folder : options.indexes()) {
                indexes.add(new ServedIndex(name(folder), index(output, folder)));
            }
            for (BesideIndex beside : options.beside()) {
                TokenEmbedder other = others.computeIfAbsent(
                        beside.model(), known -> OnnxEmbedder.open(known, new OnnxSettings(1, options.batchTokens())));
                indexes.add(new ServedIndex(name(beside.folder()), index(output, beside.folder()), Optional.of(other)));
            }
            return new Content(model, indexes, reranker, sparse);
        } catch (RuntimeException | Error e) {
            // The content closes those that an index holds already.
            indexes.forEach(index -> index.beside().ifPresent(others.values()::remove));
            others.values().forEach(TokenEmbedder::close);
            new Content(model, indexes, reranker, sparse).close();
            throw e;
        }
    }

    /** An index, and what it says of itself. */
    private static LiveIndex index(Output output, Path folder) {
        LiveIndex index = LiveIndex.open(folder);
        try (TextIndex snapshot = index.snapshot()) {
            snapshot.graphs().faults().forEach(output::note);
        }
        return index;
    }

    private static void serve(Server server, Duration most) {
        CountDownLatch asked = new CountDownLatch(1);
        boolean answered = Interruption.during(asked::countDown, () -> {
            try {
                asked.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return server.drain(most);
        });
        if (!answered) {
            throw ChiaroException.resources("serve: expected all requests to end within " + most.toSeconds()
                    + " s, but some did not, and were cut off.");
        }
    }

    private static ServerSettings settings(ServeOptions options) {
        if (options.requestTokens() > options.queueTokens()) {
            throw ChiaroException.usage("--max-request-tokens: expected at most the --max-queue-tokens "
                    + options.queueTokens() + ", but found " + options.requestTokens()
                    + ": such a request would never find room.");
        }
        HttpSettings http = HttpSettings.of(options.host(), options.port(), options.bodyBytes())
                .withConnections(options.connections())
                .withOrigins(origins(options.origins()));
        ServerSettings settings = ServerSettings.defaults()
                .withHttp(options.certificate()
                        .map(file -> http.withCertificate(options.certificateKey()
                                .map(key -> Certificate.ofPem(file, key))
                                .orElseGet(() -> Certificate.ofStore(
                                        file,
                                        password(options.certificatePassword().orElseThrow())))))
                        .orElse(http))
                .withWork(
                        new QueueSettings(
                                options.threads(), options.batchTokens(), options.queueTokens(), options.longestWait()),
                        Limits.defaults()
                                .withInputs(options.inputs())
                                .withRequestTokens(options.requestTokens())
                                .withDeadline(Duration.ofSeconds(options.deadlineSeconds()))
                                .withTruncation(options.truncates()))
                .withVersion(Version.number());
        ServerSettings named = settings.withNames(new ServedNames(
                options.servedName(),
                options.servedRerankName().or(() -> named(options.reranker())),
                options.servedSparseName().or(() -> named(options.sparse()))));
        ServerSettings showing = named.withShown(shown(options));
        ServerSettings traced = traces(options).map(showing::withTraces).orElse(showing);
        ServerSettings shelved = options.shelf().map(traced::withIndexes).orElse(traced);
        return options.keys().map(shelved::withKeys).orElse(shelved);
    }

    /** All models that fit wrote stand in folders of one name, and clients must tell them from the embedder. */
    private static Optional<String> named(Optional<String> folder) {
        return folder.map(path -> ServedNames.ofFolder(Path.of(path)));
    }

    private static Origins origins(List<String> told) {
        try {
            return new Origins(told);
        } catch (IllegalArgumentException e) {
            throw ChiaroException.usage("--cors-origin: " + e.getMessage());
        }
    }

    private static Optional<TraceSettings> traces(ServeOptions options) {
        Optional<TraceSettings> told = TraceSettings.from(System.getenv());
        return options.traces()
                .map(collector ->
                        told.map(settings -> settings.to(collector)).orElseGet(() -> TraceSettings.of(collector)))
                .or(() -> told);
    }

    private static Shown shown(ServeOptions options) {
        Shown runs = options.runs().map(Shown.NOTHING::withRuns).orElse(Shown.NOTHING);
        // A model that goes by its name has no folder to look into.
        return Files.isDirectory(Path.of(options.model()))
                ? runs.withCard(Path.of(options.model()).resolve("README.md"))
                : runs;
    }

    private static String password(Path file) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            return first == null ? "" : first.strip();
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.USAGE,
                    "--certificate-password: expected a file whose first line is the password, but found: "
                            + AtomicFiles.reason(e) + ". Check the path.",
                    e);
        }
    }

    /** The folder's name, also where the path ends in a dot. */
    private static String name(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }
}
