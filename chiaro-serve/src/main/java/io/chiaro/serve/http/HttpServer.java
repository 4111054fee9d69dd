package io.chiaro.serve.http;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Listens, and gives every client a thread. At most {@link HttpSettings#connections} clients are served at a time, and each
 * step of a client that takes longer than the settings allow ends its connection, so that slow clients cannot hold the
 * server. Safe for any thread.
 */
public final class HttpServer implements AutoCloseable {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final int BACKLOG = 256;
    private static final int REFUSALS = 256;
    private static final long WATCH_MILLISECONDS = 250;
    private static final long LEAST_IDLE_NANOSECONDS = 1_000_000_000L;

    private final HttpSettings settings;
    private final Handler handler;
    private final Clock clock;
    private final ServerSocket listener;
    private final Thread acceptor;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor refusals;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final Set<Connection> refused = new LinkedHashSet<>();
    private boolean draining;
    private boolean closed;

    private HttpServer(HttpSettings settings, Handler handler, Clock clock, ServerSocket listener) {
        this.settings = settings;
        this.handler = handler;
        this.clock = clock;
        this.listener = listener;
        this.acceptor = named("chiaro-http-accept-").newThread(this::accept);
        // Bounded by the connections that are let in; a thread that has just left one may not be free for the next yet.
        this.workers = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), named("chiaro-http-"));
        this.refusals = new ThreadPoolExecutor(
                4, 4, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(REFUSALS), named("chiaro-http-refusal-"));
        this.refusals.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins to listen.
     *
     * @param clock for the Date header
     * @throws ChiaroException of kind resources if the address cannot be listened at
     */
    public static HttpServer start(HttpSettings settings, Handler handler, Clock clock) {
        String address = settings.host() + ":" + settings.port();
        ServerSocket listener = null;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()), BACKLOG);
        } catch (IOException e) {
            closeQuietly(listener);
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    "serve: expected to listen at " + address + ", but found: " + AtomicFiles.reason(e)
                            + ". Choose another --port or --host.",
                    e);
        }
        HttpServer server = new HttpServer(settings, handler, clock, listener);
        server.acceptor.start();
        named("chiaro-http-watch-").newThread(server::watch).start();
        return server;
    }

    /** Where it listens, with the port that was free if any was asked for. */
    public URI address() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create("http://" + host + ":" + listener.getLocalPort());
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                admit(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    pause(); // no file handle is free, perhaps; the next client may have better luck
                }
            }
        }
    }

    private void admit(Socket socket) {
        Connection connection;
        try {
            socket.setTcpNoDelay(true);
            connection = new Connection(this, settings, handler, socket);
        } catch (IOException gone) {
            Connection.close(socket);
            return;
        }
        try {
            if (hasRoomFor(connection)) {
                workers.execute(connection);
            } else {
                refusals.execute(connection::refuse);
            }
        } catch (RejectedExecutionException full) {
            connection.close();
            ended(connection);
        }
    }

    private synchronized boolean hasRoomFor(Connection connection) {
        if (connections.size() >= settings.connections()) {
            // One that has just come may be about to send.
            connections.stream()
                    .filter(Connection::isIdle)
                    .filter(idle -> connection.idleSince() - idle.idleSince() > LEAST_IDLE_NANOSECONDS)
                    .min(Comparator.comparingLong(idle -> idle.idleSince() - connection.idleSince()))
                    .ifPresent(idle -> {
                        idle.close();
                        connections.remove(idle);
                    });
        }
        boolean room = !draining && connections.size() < settings.connections();
        return room ? connections.add(connection) : !refused.add(connection);
    }

    /** Called by a connection that waits for a request; false if there shall be none. */
    synchronized boolean waits(Connection connection) {
        connection.setIdle(true);
        return !connection.isClosed() && (!draining || !connection.isIdle());
    }

    /** Called by a connection on which a request begins; false if it was closed in this moment. */
    synchronized boolean begins(Connection connection) {
        connection.setIdle(false);
        return !connection.isClosed();
    }

    synchronized void ended(Connection connection) {
        connections.remove(connection);
        refused.remove(connection);
        notifyAll();
    }

    synchronized boolean isDraining() {
        return draining;
    }

    /** How many clients are connected. */
    public synchronized int connections() {
        return connections.size();
    }

    String date() {
        return DATE.format(ZonedDateTime.now(clock));
    }

    private void watch() {
        while (true) {
            List<Connection> all;
            synchronized (this) {
                if (closed) {
                    return;
                }
                all = new ArrayList<>(connections);
                all.addAll(refused);
            }
            long now = System.nanoTime();
            all.forEach(connection -> connection.endIfLate(now));
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(WATCH_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops to listen, closes the connections that wait for a request, and waits until the requests that have begun are
     * answered.
     *
     * @param most how long to wait
     * @return whether all were answered
     */
    public boolean drain(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        synchronized (this) {
            draining = true;
        }
        closeQuietly(listener);
        try {
            // The system goes on to accept as long as a thread is inside that call.
            acceptor.join(most.toMillis() + 1);
            synchronized (this) {
                connections.stream().filter(Connection::isIdle).forEach(Connection::close);
                while (!connections.isEmpty()) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0) {
                        return false;
                    }
                    wait(left);
                }
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Closes everything at once; {@link #drain} first lets requests end. */
    @Override
    public void close() {
        closeQuietly(listener);
        synchronized (this) {
            closed = true;
            draining = true;
            connections.forEach(Connection::close);
            refused.forEach(Connection::close);
        }
        workers.shutdown();
        refusals.shutdown();
    }

    private static void closeQuietly(@Nullable ServerSocket listener) {
        try {
            if (listener != null) {
                listener.close();
            }
        } catch (IOException ignored) {
            // It listens no more either way.
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
