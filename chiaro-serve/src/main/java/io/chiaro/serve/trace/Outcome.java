package io.chiaro.serve.trace;

import java.util.Optional;

/**
 * What is known of a request when it is over. Neither texts nor keys are among it.
 *
 * @param method of HTTP, empty if it is none of the known
 * @param route the path in the table of routes, with its variables unfilled; empty if none was found
 * @param status of the response
 * @param nanoseconds from the head of the request to its response
 * @param bytes of the response
 * @param key the public id of the caller's key
 * @param model that computed something
 * @param texts that were given to it
 * @param tokens of those
 * @param truncated how many of them were cut
 * @param error the class of a mistake of the server
 */
public record Outcome(
        String method,
        String route,
        int status,
        long nanoseconds,
        int bytes,
        Optional<String> key,
        Optional<String> model,
        int texts,
        int tokens,
        int truncated,
        Optional<String> error) {}
