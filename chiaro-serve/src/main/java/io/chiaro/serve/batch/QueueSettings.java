package io.chiaro.serve.batch;

import java.time.Duration;

/**
 * How much work is computed and may wait.
 *
 * @param threads batches that are computed side by side
 * @param batchTokens most tokens of a batch, padding included; fewer where a model is slow, and a single text may be longer
 * @param queueTokens most tokens that wait; a request that would exceed them is refused
 * @param longestWait how long a request may have to wait behind others, by the speed of late; where it is longer, the request
 *     is refused
 */
public record QueueSettings(int threads, int batchTokens, int queueTokens, Duration longestWait) {

    public QueueSettings {
        if (longestWait.isNegative()) {
            throw new IllegalArgumentException("QueueSettings: the longest wait cannot be negative");
        }
        if (threads < 1 || batchTokens < 1 || queueTokens < 1) {
            throw new IllegalArgumentException("QueueSettings: threads and tokens must be positive, but were " + threads
                    + ", " + batchTokens + " and " + queueTokens);
        }
    }
}
