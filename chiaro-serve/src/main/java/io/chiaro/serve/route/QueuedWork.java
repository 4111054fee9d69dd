package io.chiaro.serve.route;

import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.batch.Job;
import io.chiaro.serve.batch.QueueFull;
import io.chiaro.serve.http.HttpProblem;
import io.chiaro.serve.metric.Metrics;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Computes the texts of a request in the queue before a model. The request waits there until the numbers are made or its time is over,
 * whichever comes first. Safe for any thread.
 *
 * @param <T> a tokenised text
 * @param model its name
 * @param queue before the model
 * @param length the tokens of a text
 * @param limits of a request
 * @param metrics told of it
 * @param kind of request, as the figures name it
 */
record QueuedWork<T>(
        String model, BatchQueue<T> queue, ToIntFunction<T> length, Limits limits, Metrics metrics, String kind) {

    /**
     * A row of numbers for each text.
     *
     * @param begun when they began to be tokenised, by {@link System#nanoTime}
     * @param truncated how many of them were cut
     */
    float[][] compute(Call call, List<T> texts, long begun, int truncated) {
        long tokenised = System.nanoTime();
        call.span().part("tokenize", begun, tokenised);
        int[] lengths = texts.stream().mapToInt(length).toArray();
        long count = 0;
        for (int tokens : lengths) {
            count += tokens;
        }
        if (count > limits.requestTokens()) {
            throw HttpProblem.of(
                    413,
                    "expected at most " + limits.requestTokens() + " tokens in a request, but found " + count
                            + ". Send fewer texts at a time.");
        }
        metrics.workBegins(kind, tokenised - begun, lengths, truncated);
        call.embedded(model, lengths.length, (int) count, truncated);
        Job job = submit(call, texts);
        try {
            await(call, job);
        } finally {
            call.span().computed(model, job.times());
        }
        float[][] rows;
        try {
            rows = job.vectors();
        } catch (IllegalStateException failed) {
            throw HttpProblem.of(424, "the model could not compute the vectors.");
        }
        Vectors.refuseInfinite(rows);
        metrics.workEnds(kind, job.waitedNanoseconds());
        return rows;
    }

    private Job submit(Call call, List<T> texts) {
        try {
            return queue.submit(texts, call.due() - System.nanoTime());
        } catch (QueueFull full) {
            if (full.evenAlone()) {
                throw HttpProblem.of(
                        413,
                        "the texts would take longer than " + limits.deadline().toSeconds()
                                + " s, even if nothing else waited. Send fewer at a time.");
            }
            throw HttpProblem.of(
                            429,
                            "the queue is full: " + full.waitingTokens() + " tokens wait. Try again in "
                                    + full.retrySeconds() + " s.")
                    .with("Retry-After", String.valueOf(full.retrySeconds()));
        }
    }

    private void await(Call call, Job job) {
        try {
            if (!job.await(Math.max(1, call.due() - System.nanoTime()))) {
                queue.cancel(job);
                throw HttpProblem.of(
                        504,
                        "the request took longer than " + limits.deadline().toSeconds()
                                + " s. Send fewer texts at a time, or try again later.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.cancel(job);
            throw HttpProblem.of(503, "the server stops.");
        }
    }
}
