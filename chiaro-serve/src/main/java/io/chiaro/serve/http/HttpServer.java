package io.chiaro.serve.http;

import io.chiaro.core.ChiaroException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Listens by Jetty, which reads and writes HTTP. At most {@link HttpSettings#connections} requests are under way, each on a thread of
 * its own, and one more is refused at the door; connections that stand still are closed. Safe for any thread.
 */
public final class HttpServer implements AutoCloseable {

    /** Threads that accept, select and refuse, beside those that answer. */
    private static final int SPARE_THREADS = 16;

    private static final int LEAST_THREADS = 8;
    /** Connections kept open for each request that may be under way. */
    private static final int OPEN = 4;

    /** A status whose answers have no length, not even none. */
    private static final int NO_CONTENT = 204;

    private static final Duration IDLE_WHEN_FULL = Duration.ofSeconds(1);

    private static final String NO_HTTP = "expected a request of HTTP/1.1 as its standard has it.";

    private final Server jetty;
    private final ServerConnector connector;
    private final GracefulHandler door;
    private final URI address;
    private final Optional<Shown> shown;

    /** The certificate that new connections see, and where it comes from. */
    private record Shown(Certificate certificate, SslContextFactory.Server factory) {

        static Shown of(Certificate certificate) {
            Shown shown = new Shown(certificate, new SslContextFactory.Server());
            shown.take(certificate.load(), shown.factory);
            return shown;
        }

        private void take(KeyStore store, SslContextFactory into) {
            into.setKeyStore(store);
            into.setKeyStorePassword(certificate.password());
        }

        Runnable renewal() {
            KeyStore store = certificate.load();
            return () -> {
                try {
                    factory.reload(same -> take(store, same));
                } catch (Exception e) { // as Jetty declares it; what was read fits, so it is a mistake of ours
                    throw new IllegalStateException("HttpServer: the certificate could not be exchanged", e);
                }
            };
        }
    }

    private HttpServer(
            Server jetty, ServerConnector connector, GracefulHandler door, URI address, Optional<Shown> shown) {
        this.shown = shown;
        this.jetty = jetty;
        this.connector = connector;
        this.door = door;
        this.address = address;
    }

    /**
     * Begins to listen.
     *
     * @throws ChiaroException of kind resources if the address cannot be listened at, of kind usage if the certificate cannot be used
     */
    public static HttpServer start(HttpSettings settings, Handler handler) {
        Optional<Shown> shown = settings.certificate().map(Shown::of);
        QueuedThreadPool threads = new QueuedThreadPool(settings.connections() + SPARE_THREADS, LEAST_THREADS);
        threads.setName("chiaro-http");
        threads.setDaemon(true);
        Server jetty = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(true);
        configuration.setRequestHeaderSize(settings.headBytes());
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        ServerConnector connector = shown.map(certificate -> {
                    configuration.addCustomizer(new SecureRequestCustomizer(false));
                    return new ServerConnector(
                            jetty, 1, 1, new SslConnectionFactory(certificate.factory(), http.getProtocol()), http);
                })
                .orElseGet(() -> new ServerConnector(jetty, 1, 1, http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.idle().toMillis());
        NetworkConnectionLimit open = new NetworkConnectionLimit(OPEN * settings.connections(), connector);
        open.setEndPointIdleTimeout(IDLE_WHEN_FULL.toMillis());
        connector.addBean(open);
        jetty.addConnector(connector);
        GracefulHandler door = new GracefulHandler(new Door(settings, handler));
        jetty.setHandler(door);
        jetty.setErrorHandler(
                (request, response, callback) -> refuse(settings.origins(), handler, request, response, callback));
        try {
            jetty.start();
        } catch (Exception e) { // as Jetty declares it
            stop(jetty);
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    "serve: expected to listen at " + settings.host() + ":" + settings.port() + ", but found: "
                            + reason(e) + ". Choose another --port or --host.",
                    e);
        }
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return new HttpServer(
                jetty,
                connector,
                door,
                URI.create((shown.isPresent() ? "https" : "http") + "://" + host + ":" + connector.getLocalPort()),
                shown);
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    /** Lets so many requests in and hands them on. */
    private static final class Door extends org.eclipse.jetty.server.Handler.Abstract {
        /** What is let out however many wait: refusals, and what tells of the server's state. */
        private static final long SMALL = 1 << 16;

        private final HttpSettings settings;
        private final Handler handler;
        private final AtomicInteger inside = new AtomicInteger();
        /** Bytes of answers that their clients have not taken yet. */
        private final AtomicLong unsent = new AtomicLong();

        Door(HttpSettings settings, Handler handler) {
            this.settings = settings;
            this.handler = handler;
        }

        @Override
        public boolean handle(
                org.eclipse.jetty.server.Request request,
                org.eclipse.jetty.server.Response response,
                Callback callback) {
            HttpFields heads = request.getHeaders();
            if (settings.origins()
                    .isPreflight(
                            request.getMethod(),
                            heads.get(HttpHeader.ORIGIN),
                            heads.get("Access-Control-Request-Method"))) {
                Response told = settings.origins().preflight(heads.get("Access-Control-Request-Headers"));
                write(settings.origins(), request, response, told, callback);
                return true;
            }
            try {
                Request asked = new Request(request, settings);
                boolean room = inside.incrementAndGet() <= settings.connections();
                Response answer = room
                        ? answer(asked)
                        : busy(asked, "all " + settings.connections() + " places of the server are taken. Try again.");
                long size = answer.length();
                if (unsent.addAndGet(size) > settings.unsentBytes() && size > SMALL && unsent.get() > size) {
                    unsent.addAndGet(-size);
                    answer = busy(asked, "answers that clients have not taken yet fill the server. Try again.");
                    size = answer.length();
                    unsent.addAndGet(size);
                }
                long taken = size;
                write(
                        settings.origins(),
                        request,
                        response,
                        answer,
                        Callback.from(callback, () -> unsent.addAndGet(-taken)));
                return true;
            } finally {
                inside.decrementAndGet();
            }
        }

        private Response busy(Request request, String sentence) {
            return handler.refuse(request.path(), HttpProblem.of(429, sentence).with("Retry-After", "1"));
        }

        private Response answer(Request request) {
            try {
                return handler.handle(request);
            } catch (HttpProblem problem) {
                return handler.refuse(request.path(), problem);
            } catch (RuntimeException | Error unexpected) {
                // A mistake in a handler must not cost the client its response, nor tell it how we work inside.
                return handler.refuse(request.path(), HttpProblem.of(500, "the server made a mistake."));
            }
        }
    }

    /** What Jetty itself refuses: heads that are no HTTP, or too large, and requests that come while it stops. */
    private static boolean refuse(
            Origins origins,
            Handler handler,
            org.eclipse.jetty.server.Request request,
            org.eclipse.jetty.server.Response response,
            Callback callback) {
        Object status = request.getAttribute(ErrorHandler.ERROR_STATUS);
        int found = status instanceof Integer number ? number : 500;
        // Another version of HTTP is a mistake of the client, whatever Jetty would offer it.
        int code = found == 505 || found == 501 || found == 426 ? 400 : found;
        HttpURI address = request.getHttpURI();
        String path = address == null ? null : address.getPath();
        String sentence = switch (code) {
            case 431 -> "expected a request line and headers of fewer bytes.";
            case 414 -> "expected a shorter path.";
            case 503 -> "the server stops.";
            case 500 -> "the server made a mistake.";
            default -> address == null ? NO_HTTP : reason(address);
        };
        Response refusal = handler.refuse(path == null ? "" : path, HttpProblem.of(code, sentence));
        write(origins, request, response, code == 503 ? refusal.with("Retry-After", "1") : refusal, callback);
        return true;
    }

    /** What is wrong with a path that Jetty could read in two ways, or with a request that is none. */
    private static String reason(HttpURI address) {
        if (address.hasViolation(UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR)) {
            return "expected a path without %2F: a slash parts a path, however it is written. What has one in its name"
                    + " fits into no path.";
        }
        if (address.hasViolation(UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT)) {
            return "expected a path without //. Take one of the slashes out.";
        }
        return address.hasViolations()
                ? "expected a path that can be read in one way alone, but found: "
                        + address.getViolations().stream()
                                .map(violation -> violation.getDescription())
                                .collect(Collectors.joining(", "))
                        + "."
                : NO_HTTP;
    }

    private static void write(
            Origins origins,
            org.eclipse.jetty.server.Request from,
            org.eclipse.jetty.server.Response to,
            Response response,
            Callback callback) {
        Callback after = callback;
        Unread unread = new Unread(from, callback);
        if (unread.take()) {
            // Jetty ends a connection whose body has not come. A client that is not told sends its next request into
            // the end.
            to.getHeaders().put("Connection", "close");
            after = Callback.from(unread::takeRest, callback::failed);
        }
        to.setStatus(response.status());
        response.headers().forEach((name, value) -> to.getHeaders().put(name, value));
        origins.headers(from.getHeaders().get(HttpHeader.ORIGIN))
                .forEach((name, value) -> to.getHeaders().put(name, value));
        if (response.status() != NO_CONTENT) {
            to.getHeaders().put("Content-Length", response.length());
        }
        to.write(true, ByteBuffer.wrap(response.body()), after);
    }

    /**
     * Takes what a client sends that nobody has read, and throws it away: a connection that ends under a client that writes is reset,
     * and the answer may be lost with it. Bounded in bytes and in time. Jetty's own way to consume a body makes an error of all that
     * comes after it, so it cannot be used before the answer is out.
     */
    private static final class Unread {
        private static final long MOST_BYTES = 1L << 26;
        private static final Duration MOST_TIME = Duration.ofSeconds(15);
        private static final Duration MOST_SILENCE = Duration.ofSeconds(10);

        private final org.eclipse.jetty.server.Request request;
        private final Callback end;
        private final long begun = System.nanoTime();
        private long taken;

        Unread(org.eclipse.jetty.server.Request request, Callback end) {
            this.request = request;
            this.end = end;
        }

        /** Takes what is there, and answers whether more is to come. */
        boolean take() {
            while (borne()) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    return true;
                }
                taken += chunk.remaining();
                boolean last = chunk.isLast() || Content.Chunk.isFailure(chunk);
                chunk.release();
                if (last) {
                    return false;
                }
            }
            return true;
        }

        private boolean borne() {
            return taken <= MOST_BYTES && System.nanoTime() - begun <= MOST_TIME.toNanos();
        }

        /** Takes what comes after the answer, then ends the exchange. */
        void takeRest() {
            EndPoint line = request.getConnectionMetaData().getConnection().getEndPoint();
            line.setIdleTimeout(Math.min(line.getIdleTimeout(), MOST_SILENCE.toMillis()));
            takeNext();
        }

        private void takeNext() {
            if (take() && borne()) {
                request.demand(this::takeNext);
            } else {
                end.succeeded();
            }
        }
    }

    /**
     * Reads the certificate anew, if there is one.
     *
     * @return shows it to new connections; those that are open stay as they are
     * @throws ChiaroException of kind usage if it cannot be used
     */
    public Runnable renewal() {
        return shown.map(Shown::renewal).orElse(() -> {});
    }

    /** Where it listens, with the port that was free if any was asked for. */
    public URI address() {
        return address;
    }

    /**
     * Accepts no more and finishes what was accepted.
     *
     * @param most how long that may take
     * @return whether all requests were answered
     */
    public boolean drain(Duration most) {
        // Jetty's own way, the whole server at once, would take requests that compute for connections that stand still.
        connector.close();
        CompletableFuture<Void> quiet = door.shutdown();
        try {
            quiet.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException late) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            close();
        }
    }

    /** Ends at once; requests that are under way lose their connection. */
    @Override
    public void close() {
        stop(jetty);
    }

    private static void stop(Server jetty) {
        try {
            jetty.setStopTimeout(0);
            jetty.stop();
        } catch (Exception e) { // as Jetty declares it; there is nothing left to save
            throw new IllegalStateException("HttpServer: could not be stopped", e);
        }
    }
}
