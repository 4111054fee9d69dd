package io.chiaro.serve.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * A bounded queue before a model. Requests leave their tokenised texts, or pairs of texts; a few threads of the queue take batches of
 * them and compute. A job is taken in whole or not at all, so that a request never waits for a part of itself that found no room.
 * Jobs take turns: one of thousands of texts does not keep one of a single text waiting for its end. Safe for any thread.
 *
 * @param <T> a tokenised text
 */
public final class BatchQueue<T> implements AutoCloseable {

    /** How many texts a batch is chosen from: enough to find equal lengths, few enough to sort quickly. */
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
    /** What waits, by its job; the job that has been without a turn for longest comes first. */
    private final Map<Job, Left<T>> waiting = new LinkedHashMap<>();

    private final List<Thread> threads = new ArrayList<>();
    private int waitingTexts;
    private int waitingTokens;
    /** Tokens and the time that a thread took for them, those of late counting most: their quotient is the speed. */
    private double recentTokens;

    private double recentNanoseconds;
    private long computedTokens;
    private boolean closed;

    private record Waiting<T>(Job job, int place, T text, int length) {}

    /** What of a job is not computed yet, in its order. */
    private static final class Left<T> {
        private final Deque<Waiting<T>> texts = new ArrayDeque<>();
        private int tokens;

        void add(Waiting<T> text) {
            texts.add(text);
            tokens += text.length;
        }

        void remove(Set<Waiting<T>> batch) {
            texts.removeIf(batch::contains);
            tokens = texts.stream().mapToInt(Waiting::length).sum();
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
     * @param patience nanoseconds after which nobody wants them any longer
     * @throws QueueFull if more tokens would wait than the settings allow, if the job would wait behind others for longer than they
     *     allow and longer than it takes itself, or if it would not be over in time
     * @throws IllegalStateException after close
     */
    public synchronized Job submit(List<T> texts, long patience) {
        if (closed) {
            throw new IllegalStateException("BatchQueue: used after it was closed");
        }
        long tokens = 0;
        for (T text : texts) {
            tokens += length.applyAsInt(text);
        }
        double own = nanoseconds(tokens);
        double wait = nanoseconds(tokensBefore(tokens));
        if (waitingTokens + tokens > settings.queueTokens()
                || wait > Math.max(settings.longestWait().toNanos(), own)
                || wait + own > patience) {
            throw new QueueFull(
                    waitingTokens, (int) Math.max(1, Math.min(LONGEST_RETRY, Math.ceil(wait / 1e9))), own > patience);
        }
        Job job = new Job(texts.size());
        Left<T> left = new Left<>();
        for (int i = 0; i < texts.size(); i++) {
            left.add(new Waiting<>(job, i, texts.get(i), length.applyAsInt(texts.get(i))));
        }
        if (!left.texts.isEmpty()) {
            waiting.put(job, left);
        }
        waitingTexts += texts.size();
        waitingTokens += left.tokens;
        notifyAll();
        return job;
    }

    /** Drops what of a job is not computed yet: nobody waits for it any longer. */
    public synchronized void cancel(Job job) {
        job.cancel();
        Left<T> left = waiting.remove(job);
        if (left != null) {
            waitingTexts -= left.texts.size();
            waitingTokens -= left.tokens;
        }
    }

    /** How many texts wait. */
    public synchronized int size() {
        return waitingTexts;
    }

    /** How many tokens wait. */
    public synchronized int waitingTokens() {
        return waitingTokens;
    }

    /**
     * What is computed before a job of so many tokens is over: of each job with which it takes turns as much as it has itself, and
     * one text at the least.
     */
    private long tokensBefore(long own) {
        return waiting.values().stream()
                .mapToLong(left -> Math.min(left.tokens, Math.max(own, left.texts.element().length)))
                .sum();
    }

    /** How long tokens take; 0 while too little was computed to say, and what was has found everything cold. */
    private double nanoseconds(long tokens) {
        return computedTokens < settings.batchTokens()
                ? 0
                : tokens * recentNanoseconds / recentTokens / settings.threads();
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
        int budget = batchTokens();
        List<Waiting<T>> batch = BatchPacking.choose(window(budget), Waiting::length, budget);
        remove(batch);
        return batch;
    }

    /**
     * The texts of which the next batch is chosen: of each job, those in whose turn it is first, as many as its share of the batch
     * holds, and one at the least. A job alone may choose among more, for equal lengths.
     */
    private List<Waiting<T>> window(int budget) {
        int share = waiting.size() == 1 ? Integer.MAX_VALUE : budget / waiting.size();
        List<Waiting<T>> window = new ArrayList<>();
        for (Left<T> left : waiting.values()) {
            int tokens = 0;
            if (window.size() == WINDOW) {
                break;
            }
            for (Waiting<T> text : left.texts) {
                if (window.size() == WINDOW || tokens > 0 && tokens + text.length > share) {
                    break;
                }
                window.add(text);
                tokens += text.length;
            }
        }
        return window;
    }

    /** Takes a batch from what waits; the jobs that had a turn are the last to have the next. */
    private void remove(List<Waiting<T>> batch) {
        Set<Waiting<T>> taken = new HashSet<>(batch);
        for (Job job : jobs(batch)) {
            Left<T> left = Objects.requireNonNull(waiting.remove(job));
            left.remove(taken);
            if (!left.texts.isEmpty()) {
                waiting.put(job, left);
            }
        }
        waitingTexts -= batch.size();
        waitingTokens -= batch.stream().mapToInt(Waiting::length).sum();
    }

    private static <T> Set<Job> jobs(List<Waiting<T>> batch) {
        return batch.stream().map(Waiting::job).collect(Collectors.toCollection(LinkedHashSet::new));
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
        int tokens = batch.stream().mapToInt(Waiting::length).sum();
        for (Job job : jobs(batch)) {
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
