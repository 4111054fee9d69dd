package io.chiaro.serve.batch;

import java.util.Optional;

/**
 * How a job went, in the times of {@link System#nanoTime}.
 *
 * @param submitted when it came to the queue
 * @param begun when its first text was taken to be computed; nothing if none was
 * @param ended when its last text was computed, or the job failed or was given up
 * @param batches that held texts of it
 * @param batchTexts of those batches, other jobs' texts among them
 * @param batchTokens of those batches, without padding
 * @param failure what the model failed with
 */
public record JobTimes(
        long submitted,
        Optional<Long> begun,
        long ended,
        int batches,
        int batchTexts,
        int batchTokens,
        Optional<Throwable> failure) {}
