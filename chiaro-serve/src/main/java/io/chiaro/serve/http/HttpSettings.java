package io.chiaro.serve.http;

import java.time.Duration;

/**
 * Where a server listens and what it bears.
 *
 * @param host address to listen at
 * @param port 0 for any that is free
 * @param connections most clients at a time; one more closes the connection that has been idle longest, or is refused with
 *     429 if all are at work
 * @param headBytes most bytes of the request line and the headers
 * @param bodyBytes most bytes of a request's body
 * @param idle how long a connection may wait for its next request
 * @param reading how long a client may take to send the head, and then the body, of a request
 * @param writing how long a client may take to read a response
 */
public record HttpSettings(
        String host,
        int port,
        int connections,
        int headBytes,
        int bodyBytes,
        Duration idle,
        Duration reading,
        Duration writing) {

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("HttpSettings: expected a port from 0 to 65535, but found " + port);
        }
        if (connections < 1 || headBytes < 64 || bodyBytes < 1) {
            throw new IllegalArgumentException("HttpSettings: limits must be positive");
        }
    }

    /** 256 clients, 16 KiB of headers, a minute idle, half a minute to send or to read. */
    public static HttpSettings of(String host, int port, int bodyBytes) {
        return new HttpSettings(
                host,
                port,
                256,
                1 << 14,
                bodyBytes,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    /** The same for another number of clients. */
    public HttpSettings withConnections(int number) {
        return new HttpSettings(host, port, number, headBytes, bodyBytes, idle, reading, writing);
    }

    /** The same with other times. */
    public HttpSettings withTimes(Duration longestIdle, Duration longestReading, Duration longestWriting) {
        return new HttpSettings(
                host, port, connections, headBytes, bodyBytes, longestIdle, longestReading, longestWriting);
    }
}
