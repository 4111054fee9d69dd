package io.chiaro.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.testkit.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

    private static final QueueListener NOBODY = (texts, tokens, nanoseconds) -> {};

    private static final Duration PATIENT = Duration.ofHours(1);

    private static BatchQueue<int[]> queue(
            Function<List<int[]>, float[][]> model, QueueSettings settings, QueueListener listener) {
        return new BatchQueue<>(model, text -> text.length, settings, listener);
    }

    private static BatchQueue<int[]> queue(
            Function<List<int[]>, float[][]> model,
            QueueSettings settings,
            QueueListener listener,
            LongSupplier nanoseconds) {
        return new BatchQueue<>(model, text -> text.length, settings, listener, nanoseconds);
    }

    /** The vector of a text is its first id and its length. */
    private static float[][] firsts(List<int[]> tokens) {
        return tokens.stream().map(text -> new float[] {text[0], text.length}).toArray(float[][]::new);
    }

    private static int[] text(int first, int length) {
        int[] text = new int[length];
        text[0] = first;
        return text;
    }

    /** Leaves texts for which somebody waits as long as it takes. */
    private static Job submit(BatchQueue<int[]> queue, List<int[]> texts) {
        return queue.submit(texts, Long.MAX_VALUE);
    }

    private static float[][] await(Job job) throws InterruptedException {
        assertThat(job.await(TimeUnit.MINUTES.toNanos(1))).isTrue();
        return job.vectors();
    }

    @Test
    void each_job_gets_its_own_vectors_in_its_order_whatever_is_batched_with_it() {
        Property.check(30, random -> {
            List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
            try (BatchQueue<int[]> queue = queue(
                    BatchQueueTest::firsts,
                    new QueueSettings(1 + random.nextInt(3), 50, 100_000, PATIENT),
                    (texts, tokens, nanoseconds) -> sizes.add(texts))) {
                List<List<int[]>> asked = new ArrayList<>();
                List<Job> jobs = new ArrayList<>();
                int texts = 0;
                for (int j = 0; j < 20; j++) {
                    List<int[]> job = new ArrayList<>();
                    for (int i = random.nextInt(6); i > 0; i--) {
                        job.add(text(++texts, 1 + random.nextInt(20)));
                    }
                    asked.add(job);
                    jobs.add(submit(queue, job));
                }
                for (int j = 0; j < jobs.size(); j++) {
                    assertThat(await(jobs.get(j))).isDeepEqualTo(firsts(asked.get(j)));
                }
                assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(texts);
                assertThat(queue.size()).isZero();
                assertThat(queue.waitingTokens()).isZero();
            }
        });
    }

    @Test
    void what_would_wait_behind_too_many_tokens_is_refused_whole_and_room_comes_back() throws InterruptedException {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                    return firsts(tokens);
                },
                new QueueSettings(1, 10, 20, PATIENT),
                NOBODY)) {
            Job computing = submit(queue, List.of(text(1, 10)));
            assertThat(arrived.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            Job waiting = submit(queue, List.of(text(2, 8), text(3, 8)));

            assertThatThrownBy(() -> submit(queue, List.of(text(4, 4), text(5, 1))))
                    .isInstanceOfSatisfying(QueueFull.class, full -> {
                        assertThat(full.waitingTokens()).isEqualTo(16);
                        assertThat(full.retrySeconds()).isBetween(1, 60);
                    });
            assertThat(queue.size()).isEqualTo(2);
            Job last = submit(queue, List.of(text(6, 4)));

            gate.release(10);
            assertThat(await(computing)).isDeepEqualTo(new float[][] {{1, 10}});
            assertThat(await(waiting)).isDeepEqualTo(new float[][] {{2, 8}, {3, 8}});
            assertThat(await(last)).isDeepEqualTo(new float[][] {{6, 4}});
            assertThat(await(submit(queue, List.of(text(7, 20))))).isDeepEqualTo(new float[][] {{7, 20}});
        }
    }

    @Test
    void what_would_wait_too_long_at_the_speed_of_late_is_refused_though_there_is_room() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        Semaphore gate = new Semaphore(1);
        Semaphore arrived = new Semaphore(0);
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                    clock.addAndGet(TimeUnit.SECONDS.toNanos(
                            tokens.stream().mapToInt(text -> text.length).sum()));
                    return firsts(tokens);
                },
                new QueueSettings(1, 10, 1000, Duration.ofSeconds(3)),
                NOBODY,
                clock::get)) {
            await(submit(queue, List.of(text(1, 10)))); // a token takes a second
            submit(queue, List.of(text(2, 10)));
            assertThat(arrived.tryAcquire(2, 1, TimeUnit.MINUTES)).isTrue();
            submit(queue, List.of(text(3, 3))); // behind nothing that waits
            Job large = submit(queue, List.of(text(4, 100))); // behind three seconds

            assertThatThrownBy(() -> submit(queue, List.of(text(5, 1))))
                    .isInstanceOfSatisfying(
                            QueueFull.class,
                            full -> assertThat(full.retrySeconds()).isEqualTo(60));
            queue.cancel(large);
            submit(queue, List.of(text(6, 1)));
            assertThatThrownBy(() -> submit(queue, List.of(text(7, 1))))
                    .isInstanceOfSatisfying(
                            QueueFull.class,
                            full -> assertThat(full.retrySeconds()).isEqualTo(4));
            gate.release(10);
        }
    }

    @Test
    void a_batch_is_no_larger_than_what_is_computed_in_a_moment_but_never_a_single_short_text()
            throws InterruptedException {
        for (long microseconds : new long[] {1, 50, 5000}) {
            AtomicLong clock = new AtomicLong();
            List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
            Semaphore gate = new Semaphore(1);
            Semaphore arrived = new Semaphore(0);
            try (BatchQueue<int[]> queue = queue(
                    tokens -> {
                        arrived.release();
                        gate.acquireUninterruptibly();
                        clock.addAndGet(microseconds
                                * 1000
                                * tokens.stream().mapToInt(text -> text.length).sum());
                        return firsts(tokens);
                    },
                    new QueueSettings(1, 1000, 100_000, PATIENT),
                    (texts, tokens, nanoseconds) -> sizes.add(tokens),
                    clock::get)) {
                await(submit(queue, List.of(text(1, 1000)))); // a batch tells the speed
                submit(queue, List.of(text(2, 10)));
                assertThat(arrived.tryAcquire(2, 1, TimeUnit.MINUTES)).isTrue();
                List<int[]> many = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    many.add(text(i, 10));
                }
                Job job = submit(queue, many);
                gate.release(300);
                await(job);
                int largest = sizes.subList(2, sizes.size()).stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElseThrow();
                // Ten milliseconds, at least 64 tokens and at most those of the settings.
                assertThat(largest).isEqualTo(microseconds == 1 ? 1000 : microseconds == 50 ? 200 : 60);
            }
        }
    }

    @Test
    void a_cancelled_job_is_not_computed_and_gives_its_room_back_at_once() throws InterruptedException {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        List<Integer> computed = Collections.synchronizedList(new ArrayList<>());
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                    tokens.forEach(text -> computed.add(text[0]));
                    return firsts(tokens);
                },
                new QueueSettings(1, 10, 20, PATIENT),
                NOBODY)) {
            Job computing = submit(queue, List.of(text(1, 10)));
            assertThat(arrived.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            Job dropped = submit(queue, List.of(text(2, 10), text(3, 10)));

            queue.cancel(dropped);

            assertThat(queue.waitingTokens()).isZero();
            Job next = submit(queue, List.of(text(4, 20)));
            gate.release(10);
            await(computing);
            await(next);
            assertThat(computed).containsExactly(1, 4);
            assertThatThrownBy(dropped::vectors).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_failure_reaches_the_jobs_of_its_batch_alone() throws InterruptedException {
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    if (tokens.stream().anyMatch(text -> text[0] == 13)) {
                        throw new OutOfMemoryError("planted");
                    }
                    return firsts(tokens);
                },
                new QueueSettings(1, 1, 100, PATIENT),
                NOBODY)) {
            Job bad = submit(queue, List.of(text(1, 1), text(13, 1), text(2, 1)));
            Job good = submit(queue, List.of(text(3, 1)));

            assertThat(bad.await(TimeUnit.MINUTES.toNanos(1))).isTrue();
            assertThatThrownBy(bad::vectors)
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("planted");
            assertThat(await(good)).isDeepEqualTo(new float[][] {{3, 1}});
        }
    }

    @Test
    void closing_computes_what_waits_and_then_refuses() throws InterruptedException {
        BatchQueue<int[]> queue = queue(BatchQueueTest::firsts, new QueueSettings(2, 10, 1000, PATIENT), NOBODY);
        List<Job> jobs = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            jobs.add(submit(queue, List.of(text(i, 5))));
        }

        queue.close();

        for (Job job : jobs) {
            assertThat(job.await(0)).isTrue();
        }
        assertThatThrownBy(() -> submit(queue, List.of(text(1, 1)))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_job_of_one_text_does_not_wait_for_the_end_of_a_job_of_many() throws InterruptedException {
        Semaphore gate = new Semaphore(0);
        Semaphore arrived = new Semaphore(0);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                    tokens.forEach(text -> order.add(text[0]));
                    return firsts(tokens);
                },
                new QueueSettings(1, 40, 100_000, PATIENT),
                NOBODY)) {
            Job many = submit(
                    queue, IntStream.range(0, 200).mapToObj(i -> text(i, 20)).toList());
            assertThat(arrived.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            // As long as the others, and much shorter: lengths that do not fit together take turns, too.
            Job same = submit(queue, List.of(text(1000, 20)));
            Job shorter = submit(queue, List.of(text(1001, 2)));
            Job longer = submit(queue, List.of(text(1002, 39)));
            gate.release(1000);
            await(many);
            assertThat(same.await(1)).isTrue();
            assertThat(shorter.await(1)).isTrue();
            assertThat(longer.await(1)).isTrue();
            for (int single : List.of(1000, 1001, 1002)) {
                assertThat(order.indexOf(single)).as("%d of %s", single, order).isLessThan(12);
            }
            assertThat(order.stream().filter(first -> first < 1000))
                    .as("of equal lengths the job keeps its order")
                    .isSorted();
        }
    }

    @Test
    void a_job_goes_on_however_many_others_come() throws InterruptedException {
        List<Job> others = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<BatchQueue<int[]>> own = new AtomicReference<>();
        Semaphore gate = new Semaphore(0);
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    gate.acquireUninterruptibly();
                    // With every batch, as many more come as it held.
                    tokens.forEach(text -> others.add(submit(Objects.requireNonNull(own.get()), List.of(text(7, 10)))));
                    return firsts(tokens);
                },
                new QueueSettings(1, 20, 1_000_000, PATIENT),
                NOBODY)) {
            own.set(queue);
            for (int i = 0; i < 10; i++) {
                others.add(submit(queue, List.of(text(7, 10))));
            }
            Job many = submit(
                    queue, IntStream.range(0, 50).mapToObj(i -> text(i, 10)).toList());
            gate.release(5_000);
            assertThat(await(many)).hasDimensions(50, 2);
            gate.release(1_000_000);
            List.copyOf(others).forEach(queue::cancel);
        }
    }

    @Test
    void a_job_waits_behind_others_no_longer_than_it_takes_itself() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        Semaphore gate = new Semaphore(1);
        Semaphore arrived = new Semaphore(0);
        try (BatchQueue<int[]> queue = queue(
                tokens -> {
                    arrived.release();
                    gate.acquireUninterruptibly();
                    clock.addAndGet(TimeUnit.SECONDS.toNanos(
                            tokens.stream().mapToInt(text -> text.length).sum()));
                    return firsts(tokens);
                },
                new QueueSettings(1, 10, 1000, Duration.ofSeconds(3)),
                NOBODY,
                clock::get)) {
            await(submit(queue, List.of(text(1, 10)))); // a token takes a second
            arrived.acquire();
            List<int[]> hundred =
                    IntStream.range(0, 100).mapToObj(i -> text(i, 1)).toList();
            submit(queue, hundred);
            assertThat(arrived.tryAcquire(1, TimeUnit.MINUTES)).isTrue(); // ten are computed, ninety wait

            submit(queue, List.of(text(2, 3))); // takes its turn after three of the ninety
            submit(queue, hundred); // waits for ninety-three, and takes a hundred itself
            assertThatThrownBy(() -> submit(queue, hundred)).isInstanceOf(QueueFull.class);
            assertThatThrownBy(() -> submit(queue, List.of(text(3, 4))))
                    .as("three of the one, four of each of the others")
                    .isInstanceOf(QueueFull.class);
            assertThatThrownBy(() -> queue.submit(List.of(text(4, 1)), TimeUnit.SECONDS.toNanos(3)))
                    .isInstanceOfSatisfying(
                            QueueFull.class,
                            full -> assertThat(full.evenAlone()).isFalse());
            assertThatThrownBy(() -> queue.submit(List.of(text(4, 5)), TimeUnit.SECONDS.toNanos(4)))
                    .isInstanceOfSatisfying(
                            QueueFull.class,
                            full -> assertThat(full.evenAlone()).isTrue());
            gate.release(1000);
        }
    }
}
