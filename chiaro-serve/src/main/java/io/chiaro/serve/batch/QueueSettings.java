package io.chiaro.serve.batch;

/**
 * How much work is computed and may wait.
 *
 * @param threads batches that are computed side by side
 * @param batchTokens most tokens of a batch, padding included; a single text may be longer
 * @param queueTokens most tokens that wait; a request that would exceed them is refused
 */
public record QueueSettings(int threads, int batchTokens, int queueTokens) {

    public QueueSettings {
        if (threads < 1 || batchTokens < 1 || queueTokens < 1) {
            throw new IllegalArgumentException("QueueSettings: threads and tokens must be positive, but were " + threads
                    + ", " + batchTokens + " and " + queueTokens);
        }
    }
}
