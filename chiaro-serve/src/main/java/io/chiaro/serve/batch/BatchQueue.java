package io.chiaro.serve.batch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * A bounded queue before a model. Requests leave their tokenised texts, or pairs of texts; a few threads of the queue take batches of
 * them and compute. A job is taken in whole or not at all, so that a request never waits for a part of itself that found no room.
 * Safe for any thread.
 *
 * @param <T> a tokenised text
 */
public final class BatchQueue<T> implements AutoCloseable {

    /** How many of the oldest texts a batch is chosen from: enough to find equal lengths, few enough to sort quickly. */
    private static final int WINDOW = 512;

    private static final int LONGEST_RETRY = 60;

    /** How long a batch may take, by the speed of late: all of it wait for its end, and a larger one computes no more in a second. */
    private static final long SHORT_BATCH = 10_000_000;

    /** Tokens that are computed together however slow the model is. */
    private static final int LEAST_BATCH = 64;

    /** How much of what was known before counts after another batch. */
    private static final double KEPT = 0.9;

    private final Function<List<T>, float[][]> model;
    private final ToIntFunction<T> length;
    private final QueueSettings settings;
    private final QueueListener listener;
    private final LongSupplier nanoseconds;
    private final Set<Waiting<T>> waiting = new LinkedHashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private int waitingTokens;
    /** Tokens and the time that a thread took for them, those of late counting most: their quotient is the speed. */
    private double recentTokens;

    private double recentNanoseconds;
    private long computedTokens;
    private boolean closed;

    /** A text of a job; two of them are never equal, also where their tokens are. */
    private static final class Waiting<T> {
        private final Job job;
        private final int place;
        private final T text;
        private final int length;

        Waiting(Job job, int place, T text, int length) {
            this.job = job;
            this.place = place;
            this.text = text;
            this.length = length;
        }
    }

    /**
     * Starts the threads.
     *
     * @param model a row of numbers for each text, in their order; called by several threads at once
     * @param length the tokens of a text
     */
    public BatchQueue(
            Function<List<T>, float[][]> model,
            ToIntFunction<T> length,
            QueueSettings settings,
            QueueListener listener) {
        this(model, length, settings, listener, System::nanoTime);
    }

    /** With a clock of the caller's. */
    BatchQueue(
            Function<List<T>, float[][]> model,
            ToIntFunction<T> length,
            QueueSettings settings,
            QueueListener listener,
            LongSupplier nanoseconds) {
        this.model = model;
        this.length = length;
        this.settings = settings;
        this.listener = listener;
        this.nanoseconds = nanoseconds;
        for (int i = 1; i <= settings.threads(); i++) {
            Thread thread = new Thread(this::work, "chiaro-batch-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Leaves texts to be computed.
     *
     * @param texts tokenised, special tokens included
     * @throws QueueFull if more tokens would wait, or those that wait already would take longer, than the settings allow
     * @throws IllegalStateException after close
     */
    public synchronized Job submit(List<T> texts) {
        if (closed) {
            throw new IllegalStateException("BatchQueue: used after it was closed");
        }
        long tokens = 0;
        for (T text : texts) {
            tokens += length.applyAsInt(text);
        }
        double wait = waitNanoseconds();
        if (waitingTokens + tokens > settings.queueTokens()
                || wait > settings.longestWait().toNanos()) {
            throw new QueueFull(waitingTokens, (int) Math.max(1, Math.min(LONGEST_RETRY, Math.ceil(wait / 1e9))));
        }
        Job job = new Job(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            waiting.add(new Waiting<>(job, i, texts.get(i), length.applyAsInt(texts.get(i))));
        }
        waitingTokens += (int) tokens;
        notifyAll();
        return job;
    }

    /** Drops what of a job is not computed yet: nobody waits for it any longer. */
    public synchronized void cancel(Job job) {
        job.cancel();
        for (Iterator<Waiting<T>> all = waiting.iterator(); all.hasNext(); ) {
            Waiting<T> text = all.next();
            if (text.job == job) {
                all.remove();
                waitingTokens -= text.length;
            }
        }
    }

    /** How many texts wait. */
    public synchronized int size() {
        return waiting.size();
    }

    /** How many tokens wait. */
    public synchronized int waitingTokens() {
        return waitingTokens;
    }

    /** How long what waits will take; 0 while too little was computed to say, and what was has found everything cold. */
    private double waitNanoseconds() {
        return computedTokens < settings.batchTokens()
                ? 0
                : waitingTokens * recentNanoseconds / recentTokens / settings.threads();
    }

    private void work() {
        while (true) {
            List<Waiting<T>> batch = next();
            if (batch.isEmpty()) {
                return;
            }
            compute(batch);
        }
    }

    /** The next batch; empty when the queue is closed. */
    private synchronized List<Waiting<T>> next() {
        try {
            while (waiting.isEmpty() && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiting<T>> window = new ArrayList<>();
        for (Iterator<Waiting<T>> all = waiting.iterator(); all.hasNext() && window.size() < WINDOW; ) {
            window.add(all.next());
        }
        List<Waiting<T>> batch = BatchPacking.choose(window, text -> text.length, batchTokens());
        for (Waiting<T> text : batch) {
            waiting.remove(text);
            waitingTokens -= text.length;
        }
        return batch;
    }

    /** Of the next batch, at most. */
    private int batchTokens() {
        if (computedTokens < settings.batchTokens()) {
            return settings.batchTokens();
        }
        double tokens = SHORT_BATCH * recentTokens / recentNanoseconds;
        return (int) Math.min(settings.batchTokens(), Math.max(LEAST_BATCH, tokens));
    }

    private void compute(List<Waiting<T>> batch) {
        int tokens = 0;
        Set<Job> jobs = new LinkedHashSet<>();
        for (Waiting<T> text : batch) {
            tokens += text.length;
            jobs.add(text.job);
        }
        for (Job job : jobs) {
            job.begin(batch.size(), tokens);
        }
        long start = nanoseconds.getAsLong();
        float[][] vectors;
        try {
            vectors = model.apply(batch.stream().map(waited -> waited.text).toList());
        } catch (RuntimeException
                | Error e) { // also of memory: those who wait must hear of it, and others may have luck
            for (Waiting<T> text : batch) {
                text.job.fail(e);
                cancel(text.job);
            }
            return;
        }
        long took = nanoseconds.getAsLong() - start;
        learnSpeed(tokens, took);
        listener.computed(batch.size(), tokens, took);
        for (int i = 0; i < vectors.length; i++) {
            batch.get(i).job.deliver(batch.get(i).place, vectors[i]);
        }
    }

    private synchronized void learnSpeed(int tokens, long took) {
        recentTokens = KEPT * recentTokens + tokens;
        recentNanoseconds = KEPT * recentNanoseconds + took;
        computedTokens += tokens;
    }

    /** Ends the threads when what waits is computed, and waits for them. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.MINUTES.toMillis(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
