package io.chiaro.serve.batch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A bounded queue before a model. Requests leave their tokenised texts; a few threads of the queue take batches of them and
 * compute. A job is taken in whole or not at all, so that a request never waits for a part of itself that found no room.
 * Safe for any thread.
 */
public final class EmbeddingQueue implements AutoCloseable {

    /** How many of the oldest texts a batch is chosen from: enough to find equal lengths, few enough to sort quickly. */
    private static final int WINDOW = 512;

    private static final int LONGEST_RETRY = 60;

    private final Function<List<int[]>, float[][]> model;
    private final QueueSettings settings;
    private final QueueListener listener;
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private int waitingTokens;
    private long computedTokens;
    private long computingNanoseconds;
    private boolean closed;

    /** A text of a job; two of them are never equal, also where their tokens are. */
    private static final class Waiting {
        private final Job job;
        private final int text;

        Waiting(Job job, int text) {
            this.job = job;
            this.text = text;
        }

        int[] tokens() {
            return job.texts().get(text);
        }

        int length() {
            return tokens().length;
        }
    }

    /**
     * Starts the threads.
     *
     * @param model the vectors of tokenised texts, in their order; called by several threads at once
     */
    public EmbeddingQueue(Function<List<int[]>, float[][]> model, QueueSettings settings, QueueListener listener) {
        this.model = model;
        this.settings = settings;
        this.listener = listener;
        for (int i = 1; i <= settings.threads(); i++) {
            Thread thread = new Thread(this::work, "chiaro-embed-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Leaves texts to be computed.
     *
     * @param texts token ids, special tokens included
     * @throws QueueFull if more tokens would wait than the settings allow
     * @throws IllegalStateException after close
     */
    public synchronized Job submit(List<int[]> texts) {
        if (closed) {
            throw new IllegalStateException("EmbeddingQueue: used after it was closed");
        }
        long tokens = 0;
        for (int[] text : texts) {
            tokens += text.length;
        }
        if (waitingTokens + tokens > settings.queueTokens()) {
            throw new QueueFull(waitingTokens, retrySeconds());
        }
        Job job = new Job(texts);
        for (int i = 0; i < texts.size(); i++) {
            waiting.add(new Waiting(job, i));
        }
        waitingTokens += (int) tokens;
        notifyAll();
        return job;
    }

    /** Drops what of a job is not computed yet: its client has gone or will not wait any longer. */
    public synchronized void cancel(Job job) {
        job.cancel();
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting text = all.next();
            if (text.job == job) {
                all.remove();
                waitingTokens -= text.length();
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

    private int retrySeconds() {
        if (computedTokens == 0) {
            return 1;
        }
        double tokensPerSecond = computedTokens * 1e9 * settings.threads() / Math.max(1, computingNanoseconds);
        return (int) Math.max(1, Math.min(LONGEST_RETRY, Math.ceil(waitingTokens / tokensPerSecond)));
    }

    private void work() {
        while (true) {
            List<Waiting> batch = next();
            if (batch.isEmpty()) {
                return;
            }
            compute(batch);
        }
    }

    /** The next batch; empty when the queue is closed. */
    private synchronized List<Waiting> next() {
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
        List<Waiting> window = new ArrayList<>();
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext() && window.size() < WINDOW; ) {
            window.add(all.next());
        }
        List<Waiting> batch = BatchPacking.choose(window, Waiting::length, settings.batchTokens());
        for (Waiting text : batch) {
            waiting.remove(text);
            waitingTokens -= text.length();
        }
        return batch;
    }

    private void compute(List<Waiting> batch) {
        int tokens = 0;
        for (Waiting text : batch) {
            tokens += text.length();
            text.job.begin();
        }
        long start = System.nanoTime();
        float[][] vectors;
        try {
            vectors = model.apply(batch.stream().map(Waiting::tokens).toList());
        } catch (RuntimeException
                | Error e) { // also of memory: those who wait must hear of it, and others may have luck
            for (Waiting text : batch) {
                text.job.fail(e);
                cancel(text.job);
            }
            return;
        }
        long took = System.nanoTime() - start;
        synchronized (this) {
            computedTokens += tokens;
            computingNanoseconds += took;
        }
        listener.computed(batch.size(), tokens, took);
        for (int i = 0; i < vectors.length; i++) {
            batch.get(i).job.deliver(batch.get(i).text, vectors[i]);
        }
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
