package io.chiaro.serve.batch;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The texts of one request on their way through a queue. Safe for any thread. */
public final class Job {

    private final float[][] vectors;
    private final AtomicInteger missing;
    private final CountDownLatch over;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final long submitted = System.nanoTime();
    private volatile long begun;
    private volatile long ended;
    private int batches;
    private int batchTexts;
    private int batchTokens;

    Job(int texts) {
        this.vectors = new float[texts][];
        this.missing = new AtomicInteger(texts);
        this.over = new CountDownLatch(texts == 0 ? 0 : 1);
    }

    /** Waits for the end; false if it has not come by then. */
    public boolean await(long nanoseconds) throws InterruptedException {
        return over.await(nanoseconds, TimeUnit.NANOSECONDS);
    }

    /**
     * The vectors, in the order of the texts; to be asked for after the end.
     *
     * @throws IllegalStateException if the computation failed, with its cause, or the job is not over
     */
    public float[][] vectors() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the model could not compute a batch", failed);
        }
        if (missing.get() > 0) {
            throw new IllegalStateException("Job.vectors: asked for before the end, or after the job was cancelled");
        }
        return vectors;
    }

    /** How long it waited until its first text was computed; 0 if none was. */
    public long waitedNanoseconds() {
        return begun == 0 ? 0 : begun - submitted;
    }

    /** How it went so far; to be asked for after the end. */
    public synchronized JobTimes times() {
        return new JobTimes(
                submitted,
                begun == 0 ? Optional.empty() : Optional.of(begun),
                ended == 0 ? System.nanoTime() : ended,
                batches,
                batchTexts,
                batchTokens,
                Optional.ofNullable(failure.get()));
    }

    void cancel() {
        end();
    }

    private void end() {
        if (ended == 0) {
            ended = System.nanoTime();
        }
        over.countDown();
    }

    /** A batch that holds texts of this begins to be computed. */
    synchronized void begin(int texts, int tokens) {
        if (begun == 0) {
            begun = System.nanoTime();
        }
        batches++;
        batchTexts += texts;
        batchTokens += tokens;
    }

    void deliver(int text, float[] vector) {
        vectors[text] = vector;
        if (missing.decrementAndGet() == 0) {
            end();
        }
    }

    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        end();
    }
}
