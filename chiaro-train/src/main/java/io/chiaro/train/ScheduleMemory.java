package io.chiaro.train;

import io.chiaro.objective.Similarity;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The number of steps that were taken is kept, the temperature of the step is given.
 *
 * @param course of the temperature; null where arrays are declared and no step is taken
 */
record ScheduleMemory(Memories.@Nullable Course course) implements Memory {

    private static final String STEPS = PREFIX + Similarity.SCHEDULED;

    @Override
    public String name() {
        return Similarity.SCHEDULED;
    }

    @Override
    public void declare(ParameterStore.Builder builder) {
        builder.add(STEPS, Parameter.Kind.STATE, 1);
    }

    @Override
    public void start(ParameterStore parameters, long seed) {
        parameters.array(STEPS).put(new float[1]);
    }

    @Override
    public Tensor read(ParameterStore parameters, Views views, long address) {
        Memories.Course told = Objects.requireNonNull(course);
        double temperature = told.schedule().at((long) parameters.array(STEPS).item(), told.steps());
        return Tensor.of(new double[] {temperature}, 1, 1);
    }

    @Override
    public void remember(ParameterStore parameters, Views views, @Nullable Tensor left) {}

    @Override
    public void stepped(ParameterStore parameters) {
        Tensor steps = parameters.array(STEPS);
        steps.put(new float[] {(float) steps.item() + 1});
    }
}
