package io.chiaro.train;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The batches of several tasks in turn: each batch is of one task, so that no objective meets records that it was not made for, and the
 * tasks keep their shares of the batches at any time. With n_t the batches that task t has had, batch k is of the task with the largest
 *
 * <pre>
 * share_t (k + 1) - n_t
 * </pre>
 *
 * and of the first of several, for shares that sum to one: of up to four tasks none is ever a whole batch behind its share. (Single-task batches: Zhang et
 * al., "CoDiEmb", 2025.) Each task goes through its own epochs, so that a small one begins again while a large one goes on.
 *
 * <p>Not thread-safe; it remembers how far the turns are counted.
 *
 * @param <C> what a chunk is
 */
public final class TaskBatches<C> implements BatchSource<C> {

    /**
     * One of the tasks.
     *
     * @param batches its own
     * @param share of all batches, in proportion to the others
     */
    public record Task<C>(BatchSource<C> batches, double share) {
        public Task {
            if (!(share > 0) || Double.isInfinite(share)) {
                throw new IllegalArgumentException("TaskBatches: expected a share above 0, but found " + share);
            }
        }
    }

    private final List<Task<C>> tasks;
    private final double all;
    private final long[] taken;
    private long counted;
    private int last;

    /** The batches of tasks, which are told from each other by their places here. */
    public TaskBatches(List<Task<C>> tasks) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("TaskBatches: expected tasks, but found none");
        }
        this.tasks = List.copyOf(tasks);
        this.all = tasks.stream().mapToDouble(Task::share).sum();
        this.taken = new long[tasks.size()];
    }

    @Override
    public Batch<C> batch(long step) {
        turn(step);
        return tasks.get(last).batches().batch(taken[last] - 1).withTask(last);
    }

    /** Counts turns up to that of a batch, which is the last one taken; from the beginning, if it was passed. */
    private void turn(long step) {
        if (step + 1 < counted) {
            Arrays.fill(taken, 0);
            counted = 0;
        }
        while (counted <= step) {
            last = next();
            taken[last]++;
            counted++;
        }
    }

    private int next() {
        int most = 0;
        for (int t = 1; t < taken.length; t++) {
            if (behind(t) > behind(most)) {
                most = t;
            }
        }
        return most;
    }

    private double behind(int task) {
        return tasks.get(task).share() / all * (counted + 1) - taken[task];
    }

    @Override
    public String unit() {
        return tasks.get(0).batches().unit();
    }

    @Override
    public Batch<C> largest() {
        return IntStream.range(0, tasks.size())
                .mapToObj(t -> tasks.get(t).batches().largest().withTask(t))
                .max(Comparator.comparingLong(Batch::tokens))
                .orElseThrow();
    }
}
