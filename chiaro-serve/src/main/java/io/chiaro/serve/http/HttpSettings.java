package io.chiaro.serve.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a server listens and what it bears.
 *
 * @param host address to listen at
 * @param port 0 for any that is free
 * @param connections most requests at a time; one more is refused with 429
 * @param headBytes most bytes of the request line and the headers
 * @param bodyBytes most bytes of a request's body
 * @param idle how long a connection may stand still
 * @param reading how long a client may take to send the body of a request
 * @param unsentBytes how much of answers may wait in memory for clients that take them slowly; a large answer more is refused with 429
 * @param certificate for HTTPS; without it HTTP is spoken
 * @param origins sites whose pages may ask from a browser
 */
public record HttpSettings(
        String host,
        int port,
        int connections,
        int headBytes,
        int bodyBytes,
        Duration idle,
        Duration reading,
        long unsentBytes,
        Optional<Certificate> certificate,
        Origins origins) {

    private static final long LEAST_UNSENT = 64L << 20;

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("HttpSettings: expected a port from 0 to 65535, but found " + port);
        }
        if (connections < 1 || headBytes < 64 || bodyBytes < 1) {
            throw new IllegalArgumentException("HttpSettings: limits must be positive");
        }
    }

    /** HTTP for 256 requests at a time, 16 KiB of headers, half a minute idle or sending, an eighth of the memory for answers. */
    public static HttpSettings of(String host, int port, int bodyBytes) {
        return new HttpSettings(
                host,
                port,
                256,
                1 << 14,
                bodyBytes,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Math.max(LEAST_UNSENT, Runtime.getRuntime().maxMemory() / 8),
                Optional.empty(),
                Origins.NONE);
    }

    /** The same for another number of requests. */
    public HttpSettings withConnections(int number) {
        return new HttpSettings(
                host, port, number, headBytes, bodyBytes, idle, reading, unsentBytes, certificate, origins);
    }

    /** The same with other times. */
    public HttpSettings withTimes(Duration longestIdle, Duration longestReading) {
        return new HttpSettings(
                host,
                port,
                connections,
                headBytes,
                bodyBytes,
                longestIdle,
                longestReading,
                unsentBytes,
                certificate,
                origins);
    }

    /** The same with another bound on answers that wait for their clients. */
    public HttpSettings withUnsentBytes(long bytes) {
        return new HttpSettings(
                host, port, connections, headBytes, bodyBytes, idle, reading, bytes, certificate, origins);
    }

    /** The same over HTTPS. */
    public HttpSettings withCertificate(Certificate shown) {
        return new HttpSettings(
                host, port, connections, headBytes, bodyBytes, idle, reading, unsentBytes, Optional.of(shown), origins);
    }

    /** The same for pages of other sites. */
    public HttpSettings withOrigins(Origins other) {
        return new HttpSettings(
                host, port, connections, headBytes, bodyBytes, idle, reading, unsentBytes, certificate, other);
    }
}
