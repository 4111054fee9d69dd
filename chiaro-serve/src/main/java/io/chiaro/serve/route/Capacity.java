package io.chiaro.serve.route;

import java.time.Duration;

/**
 * What the server as a whole can bear; shown by {@code /info}.
 *
 * @param connections most clients at a time
 * @param bodyBytes most bytes of a request's body
 * @param threads batches that are computed side by side
 * @param batchTokens most tokens of a batch
 * @param queueTokens most tokens that wait
 * @param longestWait how long a request may have to wait behind others
 * @param version of the program
 */
public record Capacity(
        int connections,
        int bodyBytes,
        int threads,
        int batchTokens,
        int queueTokens,
        Duration longestWait,
        String version) {}
