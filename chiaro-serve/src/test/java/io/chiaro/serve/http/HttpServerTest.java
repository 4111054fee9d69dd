package io.chiaro.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in and out by bytes on a socket. That HTTP is read as its standard has it is Jetty's to prove; here stands what we told it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HttpServerTest {

    private static final String END = "\r\nHost: here\r\n\r\n";
    private static final HttpSettings SETTINGS = HttpSettings.of("127.0.0.1", 0, 1000);

    /** More than sockets of both sides hold. */
    private static final int LARGE = 32 << 20;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private HttpServer server = HttpServer.start(SETTINGS, new Echo());

    /** Says what it was asked; /slow waits for the gate, /mistake throws, /ignore does not read the body. */
    private final class Echo implements Handler {
        @Override
        public Response handle(Request request) {
            if (request.path().equals("/ignore")) {
                return Response.text(200, "ignored");
            }
            if (request.path().equals("/large")) {
                return Response.text(200, "x".repeat(LARGE));
            }
            if (request.path().equals("/mistake")) {
                throw new IllegalStateException("a secret of the house");
            }
            if (request.path().equals("/slow")) {
                arrived.countDown();
                await();
            }
            String body = new String(request.body(), StandardCharsets.UTF_8);
            return Response.text(200, request.method() + " " + request.path() + "?" + request.query() + " " + body);
        }

        private void await() {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Response refuse(String path, HttpProblem problem) {
            return Response.text(problem.status(), "refused: " + problem.sentence())
                    .with(problem.headers());
        }
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.close();
    }

    private void restart(HttpSettings settings) {
        server.close();
        server = HttpServer.start(settings, new Echo());
    }

    private String exchange(String bytes) throws IOException {
        try (Raw raw = new Raw(server.address())) {
            return raw.send(bytes).response();
        }
    }

    @Test
    void a_response_has_its_length_and_date_and_the_connection_serves_the_next_request_as_well() throws IOException {
        try (Raw raw = new Raw(server.address())) {
            assertThat(raw.send("GET /one?two=3" + " HTTP/1.1" + END).response())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nDate: ")
                    .contains("\r\nContent-Length: 15\r\n")
                    .doesNotContain("Server:")
                    .doesNotContain("Connection: close")
                    .endsWith("\r\n\r\nGET /one?two=3 ");
            // The next two in one piece, and the last before it is asked for.
            raw.send("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabcPOST /b HTTP/1.1\r\nHost: here\r\n"
                    + "Content-Length: 2\r\nConnection: close\r\n\r\nde");
            assertThat(raw.response()).endsWith("POST /a? abc");
            assertThat(raw.response()).contains("\r\nConnection: close\r\n").endsWith("POST /b? de");
            assertThat(raw.rest()).isEmpty();
        }
    }

    @Test
    void a_body_may_come_in_chunks_with_extensions_and_trailers_and_in_single_bytes() throws IOException {
        String head = "\r\nPOST /c HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n";
        String request = head + "3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        try (Raw raw = new Raw(server.address())) {
            for (int i = 0; i < request.length(); i++) {
                raw.send(request.substring(i, i + 1));
            }
            assertThat(raw.response()).endsWith("POST /c? abc0123456789");
            assertThat(raw.send("GET /d HTTP/1.1" + END).response()).endsWith("GET /d? ");
        }
    }

    @Test
    void a_client_that_waits_for_a_word_before_its_body_gets_it() throws IOException {
        try (Raw raw = new Raw(server.address())) {
            raw.send("POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(raw.response()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(raw.send("ok").response()).endsWith("POST /c? ok");
            raw.send("POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
            assertThat(raw.response()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void head_gets_the_head_alone_and_an_old_client_the_end_of_the_connection() throws IOException {
        try (Raw raw = new Raw(server.address())) {
            assertThat(raw.send("HEAD /x HTTP/1.1" + END).responseWithoutBody()).contains("Content-Length: 9");
            assertThat(raw.send("GET http://here/y HTTP/1.0\r\n\r\n").response())
                    .endsWith("GET /y? ");
            assertThat(raw.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/2.0" + END,
                "PRI * HTTP/2.0\r\n\r\n",
                "GET /\r\nHost: here\r\n\r\n",
                "G\u0000T / HTTP/1.1" + END,
                "GET here HTTP/1.1" + END,
                "GET /\u00e4 HTTP/1.1" + END,
                "GET / HTTP/1.1\r\nHost : here\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: here\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: here\r\nnothing\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: +1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1, 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n",
            })
    void what_is_no_request_is_refused_and_ends_the_connection(String bytes) throws IOException {
        try (Raw raw = new Raw(server.address())) {
            assertThat(raw.send(bytes).response()).startsWith("HTTP/1.1 400 ").contains("refused: ");
            assertThat(raw.rest()).isEmpty();
        }
    }

    @Test
    void what_is_too_large_is_refused_before_it_is_held() throws IOException {
        assertThat(exchange("GET /" + "a".repeat(20_000) + " HTTP/1.1" + END)).matches("(?s)HTTP/1.1 4(14|31) .*");
        assertThat(exchange("GET / HTTP/1.1\r\nHost: here\r\n" + "A: b\r\n".repeat(4000) + "\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 999999999999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(exchange("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n"))
                .as("too large for any chunk")
                .matches("(?s)HTTP/1.1 4(00|13) .*");
        assertThat(exchange("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + ("64\r\n" + "x".repeat(100) + "\r\n").repeat(11)))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void a_client_that_still_sends_can_read_why_it_was_refused() throws Exception {
        byte[] part = new byte[1 << 16];
        int parts = 16;
        try (Raw raw = new Raw(server.address())) {
            raw.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + parts * part.length + "\r\n\r\n");
            for (int i = 0; i < parts; i++) {
                raw.send(part);
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(raw.response()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_mistake_of_a_handler_is_a_500_that_tells_nothing() throws IOException {
        assertThat(exchange("GET /mistake HTTP/1.1" + END))
                .startsWith("HTTP/1.1 500")
                .doesNotContain("secret")
                .doesNotContain("Exception");
        assertThat(exchange("GET /next HTTP/1.1" + END)).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_body_that_nobody_read_does_not_become_the_next_request() throws IOException {
        try (Raw raw = new Raw(server.address())) {
            raw.send("POST /ignore HTTP/1.1\r\nHost: here\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1" + END);
            assertThat(raw.response()).endsWith("ignored");
            assertThat(raw.send("GET /next HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
                            .rest())
                    .doesNotContain("smuggled");
        }
    }

    @Test
    void an_answer_before_the_body_has_come_says_that_the_connection_ends_with_it() throws Exception {
        for (String unread : new String[] {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
            try (Raw raw = new Raw(server.address())) {
                raw.send("POST /ignore HTTP/1.1\r\nHost: here\r\n" + unread + "\r\n");
                assertThat(raw.response())
                        .as("a client must not send its next request here")
                        .contains("\r\nConnection: close\r\n")
                        .endsWith("ignored");
                assertThat(raw.send("12345").rest()).isEmpty();
            }
        }
    }

    @Test
    void a_client_that_sends_its_body_after_the_answer_is_not_cut_off() throws Exception {
        try (Raw raw = new Raw(server.address())) {
            raw.send("POST /ignore HTTP/1.1\r\nHost: here\r\nContent-Length: 2000\r\n\r\n");
            for (int part = 0; part < 20; part++) {
                TimeUnit.MILLISECONDS.sleep(10);
                raw.send("x".repeat(100));
            }
            assertThat(raw.response()).endsWith("ignored");
        }
    }

    @Test
    void slow_clients_lose_their_connections_at_every_step() throws IOException {
        Duration soon = Duration.ofMillis(300);
        restart(SETTINGS.withTimes(soon, soon));
        for (String begun :
                new String[] {"", "GET / HT", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nabc"}) {
            try (Raw raw = new Raw(server.address())) {
                assertThat(raw.send(begun).rest()).as(begun).doesNotContain(" 200 ");
            }
        }
    }

    @Test
    void one_client_too_many_is_told_to_come_again_while_all_are_at_work() throws Exception {
        restart(SETTINGS.withConnections(1));
        try (Raw busy = new Raw(server.address())) {
            busy.send("GET /slow HTTP/1.1" + END);
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(exchange("GET /other HTTP/1.1" + END))
                    .startsWith("HTTP/1.1 429")
                    .contains("\r\nRetry-After: 1\r\n");
            gate.countDown();
            assertThat(busy.response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void draining_lets_requests_end_takes_no_more_and_then_ends_all_connections() throws Exception {
        try (Raw idle = new Raw(server.address());
                Raw busy = new Raw(server.address())) {
            assertThat(idle.send("GET / HTTP/1.1" + END).response()).startsWith("HTTP/1.1 200");
            busy.send("GET /slow HTTP/1.1" + END);
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> server.drain(Duration.ofMinutes(1)));
            boolean listens = true;
            while (listens) {
                try (Raw another = new Raw(server.address())) {
                    TimeUnit.MILLISECONDS.sleep(5);
                } catch (IOException refused) {
                    listens = false;
                }
            }
            assertThat(drained).isNotDone();
            assertThat(idle.send("GET /late HTTP/1.1" + END).response()).startsWith("HTTP/1.1 503");
            gate.countDown();
            assertThat(busy.response()).startsWith("HTTP/1.1 200");
            assertThat(drained.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(idle.rest()).isEmpty();
        }
    }

    @Test
    void a_drain_that_takes_too_long_says_so() throws Exception {
        try (Raw busy = new Raw(server.address())) {
            busy.send("GET /slow HTTP/1.1" + END);
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.drain(Duration.ofMillis(1))).isFalse();
        }
    }

    @Test
    void an_address_that_is_taken_or_not_here_is_an_error_of_resources() {
        int taken = server.address().getPort();
        for (HttpSettings settings :
                new HttpSettings[] {HttpSettings.of("127.0.0.1", taken, 10), HttpSettings.of("192.0.2.1", 0, 10)}) {
            assertThatThrownBy(() -> HttpServer.start(settings, new Echo()))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.RESOURCES))
                    .hasMessageContaining("expected to listen at " + settings.host());
        }
    }

    @Test
    void answers_that_nobody_takes_do_not_fill_the_memory_and_room_comes_back_when_they_are_given_up()
            throws Exception {
        restart(SETTINGS.withUnsentBytes(LARGE + LARGE / 2).withTimes(Duration.ofMinutes(2), Duration.ofMinutes(1)));
        try (Socket idle = new Socket()) {
            idle.setReceiveBufferSize(1 << 14);
            idle.connect(new InetSocketAddress(
                    server.address().getHost(), server.address().getPort()));
            idle.getOutputStream().write(("GET /large HTTP/1.1" + END).getBytes(StandardCharsets.US_ASCII));
            assertThat(idle.getInputStream().read())
                    .as("the answer is on its way")
                    .isEqualTo('H');

            assertThat(get("/large").statusCode()).isEqualTo(429);
            assertThat(get("/ignore").statusCode()).as("small ones go on").isEqualTo(200);
        }
        HttpResponse<String> later = get("/large");
        for (int i = 0; i < 100 && later.statusCode() == 429; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
            later = get("/large");
        }
        assertThat(later.statusCode()).isEqualTo(200);
        assertThat(later.body()).hasSize(LARGE);
        assertThat(get("/large").statusCode()).as("what was taken is forgotten").isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
