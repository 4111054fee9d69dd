package io.chiaro.serve.batch;

/** Refuses work that would have to wait behind too much other work. */
public final class QueueFull extends RuntimeException {

    private final int waitingTokens;
    private final int retrySeconds;

    QueueFull(int waitingTokens, int retrySeconds) {
        super("the queue is full", null, false, false);
        this.waitingTokens = waitingTokens;
        this.retrySeconds = retrySeconds;
    }

    /** Tokens that wait. */
    public int waitingTokens() {
        return waitingTokens;
    }

    /** In how many seconds there is likely to be room, from 1 to 60, by the speed so far. */
    public int retrySeconds() {
        return retrySeconds;
    }
}
