package io.chiaro.serve.batch;

/** Refuses work that would have to wait behind too much other work, or that takes too long. */
public final class QueueFull extends RuntimeException {

    private final int waitingTokens;
    private final int retrySeconds;
    private final boolean alone;

    QueueFull(int waitingTokens, int retrySeconds, boolean alone) {
        super("the queue is full", null, false, false);
        this.waitingTokens = waitingTokens;
        this.retrySeconds = retrySeconds;
        this.alone = alone;
    }

    /** Whether it would be over too late even if nothing else waited: to try again does not help. */
    public boolean evenAlone() {
        return alone;
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
