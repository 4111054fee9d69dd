package io.chiaro.serve.batch;

/** Hears of batches, on the threads that compute them. */
@FunctionalInterface
public interface QueueListener {

    /**
     * A batch was computed.
     *
     * @param texts how many
     * @param tokens of them, without padding
     * @param nanoseconds that the computing took
     */
    void computed(int texts, int tokens, long nanoseconds);
}
