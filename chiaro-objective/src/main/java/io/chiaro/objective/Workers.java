package io.chiaro.objective;

import io.chiaro.tensor.NativeRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Workers of one process, a thread for each, that meet at every call of their {@link Collective}. The threads are gone when
 * the call returns. If one fails the others end at their next meeting, and its error is thrown.
 */
final class Workers {

    private final double[][] given;
    private final Phaser meeting;

    private Workers(int count) {
        given = new double[count][];
        meeting = new Phaser(count);
    }

    /** One of the workers. */
    private record Member(Workers all, int worker) implements Collective {

        @Override
        public int workers() {
            return all.given.length;
        }

        @Override
        public List<double[]> gather(double[] values) {
            all.given[worker] = values.clone();
            all.meet();
            List<double[]> found = List.of(all.given);
            // Nobody writes again before everybody has read.
            all.meet();
            return found;
        }
    }

    /** Says that another worker has failed, whose error tells why. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("another worker has failed");
        }
    }

    private void meet() {
        if (meeting.arriveAndAwaitAdvance() < 0) {
            throw new Abandoned();
        }
    }

    /**
     * What each worker returns, in their order.
     *
     * @param work what a worker does; it must return Java values and no tensors, which belong to its thread
     */
    static <T> List<T> run(int count, Function<Collective, T> work) {
        Workers workers = new Workers(count);
        int computing = NativeRuntime.threads();
        List<@Nullable T> results = new ArrayList<>();
        List<@Nullable Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < count; w++) {
            results.add(null);
            failures.add(null);
            int worker = w;
            threads.add(new Thread(
                    () -> {
                        try {
                            // A new thread has compute threads of its own, as many as the machine has.
                            NativeRuntime.threads(computing);
                            results.set(worker, work.apply(new Member(workers, worker)));
                        } catch (RuntimeException | Error e) {
                            failures.set(worker, e);
                            workers.meeting.forceTermination();
                        }
                    },
                    "chiaro-worker-" + w));
        }
        threads.forEach(Thread::start);
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= join(thread, workers.meeting);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throwFirst(failures);
        List<T> found = new ArrayList<>();
        for (T result : results) {
            if (result == null) {
                throw new IllegalStateException("Workers: a worker was interrupted before it was done");
            }
            found.add(result);
        }
        return found;
    }

    /** Waits for a thread to end, come what may; whether the wait was interrupted. */
    private static boolean join(Thread thread, Phaser meeting) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                meeting.forceTermination();
            }
        }
    }

    private static void throwFirst(List<@Nullable Throwable> failures) {
        Throwable first = null;
        for (Throwable failure : failures) {
            if (failure != null && (first == null || first instanceof Abandoned)) {
                first = failure;
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
