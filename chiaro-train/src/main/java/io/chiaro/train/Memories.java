package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Views;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run remembers beside its model, kept in the same store and so in every checkpoint.
 *
 * <ul>
 *   <li>{@code classes}, {@code centres}, {@code prototypes}: vectors that are learned. One that nothing has touched is zero;
 *       the first row that it should stand for becomes its value (Qi, Brown and Lowe, "Low-Shot Learning with Imprinted
 *       Weights", CVPR 2018). They learn a hundred times as fast as the encoder, which has learned already.
 *   <li>{@code log-scale}, {@code bias}: learned numbers of the similarity, a hundred times as fast too; the first lies
 *       between 0 and log 100, and is brought back into that range before it is read and stepped again.
 *   <li>{@code gates}, {@code temperature-map}: learned as fast, zero at first: a row for each pair of classes, and one for each
 *       head with a number more than the head is wide.
 *   <li>{@code scheduled-temperature}: the number of steps that were taken is kept, the temperature of the step is given.
 *   <li>{@code queue}: the newest rows, first in, first out, random at first (He et al., "MoCo", CVPR 2020). Without labels
 *       they are those of the first view that is held fixed, else of the second; with {@code queue-labels} those of all views.
 *   <li>{@code label-banks}: such a queue for each label, with {@code bank-labels} beside it, of the view that is held fixed.
 *   <li>{@code log-variances}: learned weights of several objectives, zero at first, as fast as those vectors.
 *   <li>{@code slices}: random directions of length one, drawn for each step.
 *   <li>{@code denominators}, {@code temperatures}, {@code visits}: a row for each record of the data, of which a step reads and writes those
 *       of its batch; zero at first.
 *   <li>{@code bank}, {@code pair-losses}: a vector for each record, random at first, and its losses so far; a step reads all and
 *       writes those of its batch.
 *   <li>{@code clusters}, {@code concentrations}: centres that k-means finds in the bank after each pass over the data, and how wide each
 *       cluster is; zero in the first pass.
 *   <li>{@code encoder}, {@code decoder}, {@code latent-bias}, {@code reading-bias}, {@code idle}: a sparse code of embeddings; the
 *       first two are equal and random at first.
 *   <li>{@code smoothing-in}, {@code smoothing-bias}, {@code smoothing-out}: a small net behind features that learns as fast as
 *       the encoder, as wide within as they are; what it adds is zero at first.
 *   <li>{@code label-sets}: which labels each class stands for, as {@link LabelSets} reads its name; stays as it is.
 *   <li>others: what the objective itself says they become.
 * </ul>
 *
 * <p>Used by the thread that trains.
 */
public final class Memories {

    /**
     * How many rows there are.
     *
     * @param classes of the data
     * @param queue rows of the queue
     * @param prototypes vectors
     * @param slices directions
     * @param records of the data; only asked for where something is kept for each
     * @param latents of a sparse code
     * @param names of the classes, which may be sets of labels; only asked for where these count
     */
    public record Sizes(
            int classes, int queue, int prototypes, int slices, int records, int latents, List<String> names) {

        public Sizes {
            names = List.copyOf(names);
        }

        /** Of classes without names. */
        public Sizes(int classes, int queue, int prototypes, int slices, int records, int latents) {
            this(classes, queue, prototypes, slices, records, latents, List.of());
        }

        LabelSets labelSets() {
            return LabelSets.of(names);
        }
    }

    private final ParameterStore parameters;
    private final List<Memory> all;

    /**
     * How a temperature changes in a run.
     *
     * @param schedule by step
     * @param steps of the run
     */
    public record Course(TemperatureSchedule schedule, long steps) {}

    /** The memories of an objective whose temperature no schedule changes, in a store that was created with {@link #declare}. */
    public Memories(ParameterStore parameters, Objective objective, Sizes sizes, int dimension) {
        this(parameters, objective, sizes, dimension, null);
    }

    /**
     * The memories of an objective, in a store that was created with {@link #declare}.
     *
     * @param course of the temperature, where the objective's policy is that it is scheduled
     */
    public Memories(
            ParameterStore parameters, Objective objective, Sizes sizes, int dimension, @Nullable Course course) {
        if (course == null && objective.needs().memories().contains(Similarity.SCHEDULED)) {
            throw ChiaroException.usage("objective: the temperature is scheduled, but no schedule was given. Set the "
                    + "temperature of the run's recipe to two numbers, such as 0.1:1.");
        }
        this.parameters = parameters;
        this.all = kinds(objective, sizes, dimension, course);
    }

    /** In the order of their names, so that their arrays lie in one order in every run. */
    private static List<Memory> kinds(Objective objective, Sizes sizes, int dimension, @Nullable Course course) {
        MemoryKinds kinds = new MemoryKinds(objective, sizes, dimension, course);
        return objective.needs().memories().stream().sorted().map(kinds::named).toList();
    }

    /** Refuses a recipe that reads what no run makes or keeps. */
    public static void requireRun(String recipe, Needs needs) {
        if (!needs.givenViews().isEmpty()) {
            throw ChiaroException.usage("recipe " + recipe + ": compares " + needs.givenViews()
                    + ", which no run makes; \"chiaro explain\" evaluates it on arrays. Choose another recipe.");
        }
        needs.memories().stream()
                .filter(Views.ONLY_GIVEN::contains)
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw ChiaroException.usage("recipe " + recipe + ": reads the memory \"" + name
                            + "\", which no run keeps; \"chiaro " + "explain --memory " + name
                            + "=FILE\" evaluates it on arrays. Choose another recipe.");
                });
    }

    /**
     * Refuses a run that ends before clusters of its data could teach it anything: they are found after each pass.
     *
     * @param rows that the run takes in all
     * @param records of the data
     */
    public static void requirePasses(String recipe, Needs needs, long rows, long records) {
        if (needs.memories().contains(ClusterMemory.NAME) && rows < records + records / 2) {
            throw ChiaroException.usage(
                    "recipe " + recipe + ": finds clusters of the data after each pass and learns from"
                            + " them in the next, but the run takes " + rows + " of " + records
                            + " records in all. Give --epochs 2 or more.");
        }
    }

    /** Refuses an objective of earlier layers, for encoders whose layers give no embeddings of their own. */
    public static void requireOneLayer(String recipe, Needs needs) {
        if (needs.layers() > 0) {
            throw ChiaroException.usage("recipe " + recipe + ": set layers belongs to runs that train an encoder of"
                    + " texts, whose layers all give embeddings of one width. Leave it out.");
        }
    }

    /** Declares what an objective's memories need. */
    public static void declare(ParameterStore.Builder builder, Objective objective, Sizes sizes, int dimension) {
        kinds(objective, sizes, dimension, null).forEach(memory -> memory.declare(builder));
    }

    /** Whether a parameter is a vector that a run remembers and not a part of the model. */
    static boolean keep(Parameter parameter) {
        return parameter.name().startsWith(Memory.PREFIX);
    }

    /** The numbers of a vector that was learned, as the objective has read them. */
    public static float[] learned(ParameterStore parameters, String name) {
        if (!Views.LEARNED.contains(name)) {
            throw new IllegalArgumentException("Memories: " + name + " is not learned");
        }
        float[] values = parameters.array(Memory.PREFIX + name).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= Memory.FASTER;
        }
        return values;
    }

    /** Sets all to what they are before the first step. */
    public void start(long seed) {
        all.forEach(memory -> memory.start(parameters, seed));
    }

    /**
     * The batch with its memories, where vectors that stood for nothing are imprinted.
     *
     * @param address where the step's random numbers stand
     */
    Views with(Views views, long address) {
        if (all.isEmpty()) {
            return views;
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        all.forEach(memory -> memories.put(memory.name(), memory.read(parameters, views, address)));
        return views.withMemories(memories);
    }

    /** Goes on to the next step, once the optimiser has taken this one. */
    void stepped() {
        all.forEach(memory -> memory.stepped(parameters));
    }

    /** Adds what the batch teaches the vectors that are learned. */
    void learn(Evaluation evaluation) {
        try (Scope scope = Scope.open("memories");
                Grad off = Grad.disabled()) {
            evaluation
                    .memoryGradients()
                    .forEach((name, gradient) -> Objects.requireNonNull(parameters
                                    .parameter(Memory.PREFIX + name)
                                    .value()
                                    .gradient())
                            .addInPlace(gradient));
        }
    }

    /**
     * Keeps what the batch leaves. Called when no graph waits for its backward pass any more: the vectors lie in one buffer
     * with parameters that it would read.
     *
     * @param views what {@link #with} returned
     */
    void remember(Views views, Evaluation evaluation) {
        try (Scope scope = Scope.open("memories");
                Grad off = Grad.disabled()) {
            Map<String, Tensor> left = evaluation.remembered();
            all.forEach(memory -> memory.remember(parameters, views, left.get(memory.name())));
        }
    }

    /** The number of the record of every item. */
    static Tensor records(Views views, long count) {
        long[] records = views.records();
        if (records == null) {
            throw new IllegalStateException("Memories: expected the number of every record, but the batch has none");
        }
        for (long record : records) {
            if (record < 0 || record >= count) {
                throw new IllegalStateException("Memories: expected a record below " + count + ", but found " + record);
            }
        }
        return Tensor.of(records, records.length);
    }

    /** The class of every item. */
    static int[] labels(Views views) {
        int[] labels = views.labels();
        if (labels == null) {
            throw ChiaroException.usage("objective: expected a label for every item, but found none. Name its column.");
        }
        return labels;
    }
}
