package io.chiaro.serve.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One client: its requests one after the other, on one thread. */
final class Connection implements Runnable, Client {

    private static final long NEVER = Long.MIN_VALUE;
    private static final Duration REFUSING = Duration.ofSeconds(2);
    private static final Duration LINGERING = Duration.ofSeconds(2);
    /** What a client may still send after a response that ends its connection, before the socket is closed under it. */
    private static final int MOST_DROPPED = 1 << 22;

    private final HttpServer server;
    private final HttpSettings settings;
    private final Handler handler;
    private final Socket socket;
    private final Wire wire;

    /** When the step under way must be over, by {@link System#nanoTime}. */
    private volatile long due = NEVER;

    /** Since when it waits for a request; guarded by the server. */
    private long idleSince = System.nanoTime();

    private boolean idle = true;

    Connection(HttpServer server, HttpSettings settings, Handler handler, Socket socket) throws IOException {
        this.server = server;
        this.settings = settings;
        this.handler = handler;
        this.socket = socket;
        this.wire = new Wire(socket, settings.headBytes());
    }

    @Override
    public void run() {
        try {
            boolean more = true;
            while (more) {
                within(settings.idle());
                more = server.waits(this) && wire.awaitByte() && server.begins(this) && serve();
            }
        } catch (IOException | ClientGone gone) {
            // Nobody is left to tell.
        } finally {
            close();
            server.ended(this);
        }
    }

    /** Says that the server has no room, and ends. */
    void refuse() {
        try {
            within(REFUSING);
            String path = "";
            try {
                path = RequestHead.parse(wire.head()).path();
            } catch (HttpProblem unreadable) {
                // Then it is told without knowing in which form it wants to hear it.
            }
            HttpProblem problem = server.isDraining()
                    ? HttpProblem.of(503, "the server stops.")
                    : HttpProblem.of(
                                    429,
                                    "all " + settings.connections()
                                            + " connections of the server are at work. Try again.")
                            .with("Retry-After", "1");
            write(handler.refuse(path, problem), true, true);
            linger();
        } catch (IOException gone) {
            // Nobody is left to tell.
        } finally {
            close();
            server.ended(this);
        }
    }

    private boolean serve() throws IOException {
        within(settings.reading());
        RequestHead head;
        try {
            head = RequestHead.parse(wire.head());
        } catch (HttpProblem problem) {
            write(handler.refuse("", problem), true, true);
            linger();
            return false;
        }
        Request request = new Request(head, () -> body(head));
        due = NEVER;
        Response response = answer(request);
        boolean keep = head.keepsAlive() && request.isRead() && !server.isDraining();
        write(response, !keep, !head.method().equals("HEAD"));
        if (!keep && (!request.isRead() || wire.hasMore())) {
            linger();
        }
        return keep;
    }

    private Response answer(Request request) {
        try {
            return handler.handle(request, this);
        } catch (HttpProblem problem) {
            return handler.refuse(request.path(), problem);
        } catch (ClientGone gone) {
            throw gone;
        } catch (RuntimeException | Error unexpected) {
            // A mistake in a handler must not cost the client its response, nor tell it how we work inside.
            return handler.refuse(request.path(), HttpProblem.of(500, "the server made a mistake."));
        }
    }

    private byte[] body(RequestHead head) {
        within(settings.reading());
        try {
            if (head.length() > settings.bodyBytes()) {
                throw Wire.tooLarge(settings.bodyBytes());
            }
            if (head.hasBody() && head.awaitsContinue()) {
                wire.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            return head.length() < 0 ? wire.chunks(settings.bodyBytes()) : wire.bytes((int) head.length());
        } catch (IOException e) {
            throw new ClientGone();
        } finally {
            due = NEVER;
        }
    }

    private void write(Response response, boolean close, boolean withBody) throws IOException {
        within(settings.writing());
        wire.write(response.bytes(server.date(), close, withBody));
    }

    /** Gives a client that still sends the time to read the response. */
    private void linger() throws IOException {
        within(LINGERING);
        wire.finish(MOST_DROPPED);
    }

    @Override
    public boolean isGone() {
        return wire.isClosed();
    }

    private void within(Duration time) {
        long then = System.nanoTime() + time.toNanos();
        due = then == NEVER ? NEVER + 1 : then;
    }

    /** Closes the socket under a step that takes too long: the thread that waits in it then ends. */
    void endIfLate(long now) {
        long then = due;
        if (then != NEVER && now - then > 0) {
            close();
        }
    }

    /** Whether it waits for a request and nothing of one has come. */
    boolean isIdle() {
        try {
            return idle && socket.getInputStream().available() == 0;
        } catch (IOException e) {
            return true;
        }
    }

    long idleSince() {
        return idleSince;
    }

    void setIdle(boolean waits) {
        idle = waits;
        idleSince = System.nanoTime();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    void close() {
        close(socket);
    }

    static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException ignored) {
            // It is of no more use either way.
        }
    }
}
