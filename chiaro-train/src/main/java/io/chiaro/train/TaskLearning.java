package io.chiaro.train;

import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Learning several things with one encoder: each batch by the objective of its task. All train the same parameters.
 *
 * @param <C> what a chunk is
 */
public final class TaskLearning<C> implements Learning<C> {

    /**
     * One of the tasks.
     *
     * @param name for what is told of a step: {@code loss-NAME}
     * @param learning what it learns
     */
    public record Task<C>(String name, Learning<C> learning) {}

    private final List<Task<C>> tasks;

    /** Learning by the places of tasks, which are the numbers of their batches. */
    public TaskLearning(List<Task<C>> tasks) {
        this.tasks = List.copyOf(tasks);
        for (Task<C> task : this.tasks) {
            if (task.learning().parameters() != parameters()) {
                throw new IllegalArgumentException("TaskLearning: task " + task.name() + " trains other parameters");
            }
        }
    }

    @Override
    public StepOutcome accumulate(Batch<C> batch, long address) {
        Task<C> task = tasks.get(batch.task());
        return named(task, task.learning().accumulate(batch, address));
    }

    @Override
    public StepOutcome rehearse(Batch<C> batch, long address) {
        Task<C> task = tasks.get(batch.task());
        return named(task, task.learning().rehearse(batch, address));
    }

    /** Losses of several tasks are not to be compared, so each has a curve of its own. */
    private static <C> StepOutcome named(Task<C> task, StepOutcome outcome) {
        Map<String, Double> components = new LinkedHashMap<>(outcome.components());
        components.put("loss-" + task.name(), outcome.loss());
        return new StepOutcome(
                outcome.loss(),
                outcome.chance(),
                components,
                outcome.maskedCells(),
                outcome.skippedAnchors(),
                outcome.anchors(),
                outcome.positives());
    }

    @Override
    public void stepped() {
        tasks.forEach(task -> task.learning().stepped());
    }

    @Override
    public ParameterStore parameters() {
        return tasks.get(0).learning().parameters();
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        tasks.forEach(task -> state.putAll(task.learning().state()));
        return state;
    }
}
