package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.objective.Evaluation;
import io.chiaro.objective.HeadByHead;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Similarity;
import io.chiaro.objective.Towers;
import io.chiaro.objective.View;
import io.chiaro.objective.Views;
import io.chiaro.objective.several.SeveralObjectives;
import io.chiaro.tensor.Grad;
import io.chiaro.tensor.Parameter;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Scope;
import io.chiaro.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run remembers beside its model, kept in the same store and so in every checkpoint.
 *
 * <ul>
 *   <li>{@code classes}, {@code centres}, {@code prototypes}: vectors that are learned. One that nothing has touched is zero;
 *       the first row that it should stand for becomes its value (Qi, Brown and Lowe, "Low-Shot Learning with Imprinted
 *       Weights", CVPR 2018). They learn {@value #FASTER} times as fast as the encoder, which has learned already.
 *   <li>{@code log-scale}, {@code bias}: learned numbers of the similarity, {@value #FASTER} times as fast too; the first lies
 *       between 0 and log 100, and is brought back into that range before it is read and stepped again.
 *   <li>{@code gates}, {@code temperature-map}: learned as fast, zero at first: a row for each pair of classes, and one for each
 *       head with a number more than the head is wide.
 *   <li>{@code scheduled-temperature}: the number of steps that were taken is kept, the temperature of the step is given.
 *   <li>{@code queue}: the newest rows, first in, first out, random at first (He et al., "MoCo", CVPR 2020). Without labels
 *       they are those of the first view that is held fixed, else of the second; with {@code queue-labels} those of all views.
 *   <li>{@code log-variances}: learned weights of several objectives, zero at first, as fast as those vectors.
 *   <li>{@code slices}: random directions of length one, drawn for each step.
 *   <li>{@code denominators}, {@code temperatures}: a row for each record of the data, of which a step reads and writes those
 *       of its batch; zero at first.
 *   <li>{@code bank}, {@code pair-losses}: a vector for each record, random at first, and its losses so far; a step reads all and
 *       writes those of its batch.
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

    private static final String PREFIX = "head.memory.";
    private static final String QUEUE = "queue";
    private static final String QUEUE_LABELS = "queue-labels";
    private static final String PLACE = "queue-place";
    private static final String SLICES = "slices";
    private static final String BANK = "bank";
    private static final String SMOOTHING_IN = "smoothing-in";
    /** A net, which steps as wide as those of vectors would throw about. */
    private static final Set<String> SMOOTHING = Set.of(SMOOTHING_IN, "smoothing-bias", "smoothing-out");

    private static final String LABEL_SETS = "label-sets";
    private static final Set<String> IMPRINTED = Set.of("classes", "centres", "prototypes");
    private static final String LOG_SCALE = "log-scale";
    private static final String BIAS = "bias";
    private static final double MOST_LOG_SCALE = Math.log(100);
    private static final int FASTER = 100;
    private static final double NO_CLASS = -1;

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
    private final Set<String> names;
    private final Towers towers;
    private final Sizes sizes;
    private final int dimension;
    private final double logScale;
    private final @Nullable Course course;
    /** Whose vectors were imprinted in this step. */
    private final Set<String> imprinting = new HashSet<>();

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
        this.course = course;
        this.parameters = parameters;
        this.names = new LinkedHashSet<>(objective.needs().memories());
        this.towers = objective.needs().towers();
        this.sizes = sizes;
        this.dimension = dimension;
        this.logScale = Math.log(Double.parseDouble(objective.slots().getOrDefault("scale", "1")));
    }

    /** Refuses a recipe that reads what no run keeps. */
    public static void requireKept(String recipe, Needs needs) {
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

    /** Declares what an objective's memories need. */
    public static void declare(ParameterStore.Builder builder, Objective objective, Sizes sizes, int dimension) {
        for (String name : objective.needs().memories()) {
            switch (name) {
                case "classes" -> learned(builder, name, sizes.classes(), dimension);
                case "centres" ->
                    learned(builder, name, (long) sizes.classes() * slot(objective, "centres-per-class"), dimension);
                case "gates" -> learned(builder, name, (long) sizes.classes() * (sizes.classes() + 1) / 2, dimension);
                case "temperature-map" -> {
                    int heads = slot(objective, "heads");
                    learned(builder, name, heads, HeadByHead.widthOfHead(dimension, heads) + 1);
                }
                case "prototypes" -> learned(builder, name, sizes.prototypes(), dimension);
                case LOG_SCALE, BIAS -> learned(builder, name, 1, 1);
                case Similarity.SCHEDULED -> builder.add(PREFIX + name, Parameter.Kind.STATE, 1);
                case QUEUE ->
                    builder.add(PREFIX + QUEUE, Parameter.Kind.STATE, sizes.queue(), dimension)
                            .add(PREFIX + PLACE, Parameter.Kind.STATE, 1);
                case QUEUE_LABELS -> builder.add(PREFIX + QUEUE_LABELS, Parameter.Kind.STATE, sizes.queue(), 1);
                case "centre" -> builder.add(PREFIX + name, Parameter.Kind.STATE, 1, dimension);
                case "covariance" -> builder.add(PREFIX + name, Parameter.Kind.STATE, dimension, dimension);
                case "encoder", "decoder" -> learned(builder, name, sizes.latents(), dimension);
                case "latent-bias" -> learned(builder, name, sizes.latents(), 1);
                case "reading-bias" -> learned(builder, name, 1, dimension);
                case LABEL_SETS ->
                    builder.add(
                            PREFIX + name,
                            Parameter.Kind.STATE,
                            sizes.classes(),
                            sizes.labelSets().labels().size());
                case SMOOTHING_IN, "smoothing-out" -> learned(builder, name, dimension, dimension);
                case "smoothing-bias" -> learned(builder, name, dimension, 1);
                case "idle" -> builder.add(PREFIX + name, Parameter.Kind.STATE, 1, sizes.latents());
                case BANK -> builder.add(PREFIX + name, Parameter.Kind.STATE, sizes.records(), dimension);
                case "denominators" -> builder.add(PREFIX + name, Parameter.Kind.STATE, sizes.records(), 1);
                case "pair-losses" -> builder.add(PREFIX + name, Parameter.Kind.STATE, sizes.records(), 2);
                case "temperatures" -> builder.add(PREFIX + name, Parameter.Kind.STATE, sizes.records(), 2);
                case SLICES -> {}
                case SeveralObjectives.LOG_VARIANCES -> learned(builder, name, partsOf(objective), 1);
                default -> throw new IllegalStateException("Memories: nobody keeps the memory " + name);
            }
        }
    }

    private static void learned(ParameterStore.Builder builder, String name, long rows, int dimension) {
        builder.add(PREFIX + name, Parameter.Kind.UNDECAYED, rows, dimension);
    }

    /** Whether a parameter is a vector that a run remembers and not a part of the model. */
    static boolean keep(Parameter parameter) {
        return parameter.name().startsWith(PREFIX);
    }

    /** The numbers of a vector that was learned, as the objective has read them. */
    public static float[] learned(ParameterStore parameters, String name) {
        if (!Views.LEARNED.contains(name)) {
            throw new IllegalArgumentException("Memories: " + name + " is not learned");
        }
        float[] values = parameters.array(PREFIX + name).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= FASTER;
        }
        return values;
    }

    /** A number in a slot of an objective, or of one of several; 1 if there is none. */
    private static int slot(Objective objective, String name) {
        return objective.slots().entrySet().stream()
                .filter(slot -> ("." + slot.getKey()).endsWith("." + name))
                .mapToInt(slot -> Integer.parseInt(slot.getValue()))
                .findFirst()
                .orElse(1);
    }

    private static int partsOf(Objective objective) {
        return objective.slots().getOrDefault("objectives", "").split(" \\+ ", -1).length;
    }

    /** Sets all to what they are before the first step. */
    public void start(long seed) {
        for (String name : names) {
            if (name.equals(SLICES)) {
                continue;
            }
            Tensor array = parameters.array(PREFIX + name);
            float[] values = new float[Math.toIntExact(array.count())];
            if (name.equals(BANK)) {
                fill(values, RandomStream.of(seed, BANK), 1);
            } else if (name.equals("encoder") || name.equals("decoder")) {
                // Each latent reads what it writes, at first: vectors of a length near one.
                fill(values, RandomStream.of(seed, "latents"), 1 / Math.sqrt(dimension) / FASTER);
            } else if (name.equals(LABEL_SETS)) {
                values = sizes.labelSets().flat();
            } else if (name.equals(SMOOTHING_IN)) {
                fill(values, RandomStream.of(seed, SMOOTHING_IN), 1 / Math.sqrt(dimension));
            } else if (name.equals(QUEUE)) {
                fill(values, RandomStream.of(seed, "queue"), 1);
                parameters.array(PREFIX + PLACE).put(new float[1]);
            } else if (name.equals(QUEUE_LABELS)) {
                Arrays.fill(values, (float) NO_CLASS);
            } else if (name.equals(LOG_SCALE)) {
                values[0] = (float) (logScale / FASTER);
            }
            array.put(values);
        }
    }

    private static void fill(float[] values, RandomStream random, double deviation) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
    }

    /**
     * The batch with its memories, where vectors that stood for nothing are imprinted.
     *
     * @param address where the step's random numbers stand
     */
    Views with(Views views, long address) {
        if (names.isEmpty()) {
            return views;
        }
        Map<String, Tensor> memories = new LinkedHashMap<>();
        for (String name : names) {
            if (name.equals(SLICES)) {
                memories.put(name, slices(address));
            } else if (name.equals(Similarity.SCHEDULED)) {
                memories.put(name, Tensor.of(new double[] {temperature()}, 1, 1));
            } else if (name.equals(LOG_SCALE) || name.equals(BIAS)) {
                memories.put(name, number(name).multiply(FASTER));
            } else if (IMPRINTED.contains(name)) {
                Tensor imprinted = imprinted(name, parameters.array(PREFIX + name), views);
                memories.put(name, imprinted.multiply(FASTER));
            } else if (SMOOTHING.contains(name)) {
                memories.put(name, parameters.array(PREFIX + name).copy());
            } else if (Views.LEARNED.contains(name)) {
                memories.put(name, parameters.array(PREFIX + name).multiply(FASTER));
            } else if (Views.ofOwnRecords(name)) {
                memories.put(name, parameters.array(PREFIX + name).indexSelect(0, records(views)));
            } else if (name.equals(SeveralObjectives.LOG_VARIANCES)) {
                memories.put(name, parameters.array(PREFIX + name).multiply(FASTER));
            } else {
                memories.put(name, parameters.array(PREFIX + name));
            }
        }
        return views.withMemories(memories);
    }

    /** The temperature of the step that is being taken. */
    private double temperature() {
        Course told = Objects.requireNonNull(course);
        return told.schedule()
                .at((long) parameters.array(PREFIX + Similarity.SCHEDULED).item(), told.steps());
    }

    /** Goes on to the next step, once the optimiser has taken this one. */
    void stepped() {
        if (names.contains(Similarity.SCHEDULED)) {
            Tensor steps = parameters.array(PREFIX + Similarity.SCHEDULED);
            steps.put(new float[] {(float) steps.item() + 1});
        }
    }

    /** A learned number; the last step may have led a scale out of its range. */
    private Tensor number(String name) {
        Tensor stored = parameters.array(PREFIX + name);
        return name.equals(BIAS) ? stored.copy() : stored.atLeast(0).atMost(MOST_LOG_SCALE / FASTER);
    }

    private Tensor slices(long address) {
        RandomStream random = RandomStream.of(address, SLICES);
        float[] values = new float[sizes.slices() * dimension];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, sizes.slices(), dimension).normalize(1);
    }

    /** Stored vectors, where those that are zero have become rows of the batch, of length one. */
    private Tensor imprinted(String name, Tensor stored, Views views) {
        float[] lengths = stored.norm(1, false).toFloats();
        boolean untouched = false;
        for (float length : lengths) {
            untouched |= length == 0;
        }
        if (!untouched) {
            imprinting.remove(name);
            return stored.copy();
        }
        imprinting.add(name);
        View first = views.list().get(0);
        float[][] rows = first.values().normalize(1).toRows();
        float[][] values = stored.toRows();
        boolean byClass = !name.equals("prototypes");
        int[] labels = byClass ? labels(views) : new int[0];
        int perClass = byClass ? lengths.length / sizes.classes() : 1;
        int next = 0;
        for (int i = 0; i < rows.length; i++) {
            int from = byClass ? labels[i] * perClass : next;
            int to = byClass ? from + perClass : lengths.length;
            for (int k = from; k < to; k++) {
                if (lengths[k] == 0) {
                    lengths[k] = 1;
                    for (int f = 0; f < rows[i].length; f++) {
                        values[k][f] = rows[i][f] / FASTER;
                    }
                    next = k + 1;
                    break;
                }
            }
        }
        float[] flat = new float[values.length * values[0].length];
        for (int k = 0; k < values.length; k++) {
            System.arraycopy(values[k], 0, flat, k * values[k].length, values[k].length);
        }
        return Tensor.of(flat, values.length, values[0].length);
    }

    /** Adds what the batch teaches the vectors that are learned. */
    void learn(Evaluation evaluation) {
        try (Scope scope = Scope.open("memories");
                Grad off = Grad.disabled()) {
            evaluation
                    .memoryGradients()
                    .forEach((name, gradient) -> Objects.requireNonNull(
                                    parameters.parameter(PREFIX + name).value().gradient())
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
            for (String name : imprinting) {
                Tensor rows = Objects.requireNonNull(views.memories().get(name));
                parameters.array(PREFIX + name).copyInPlace(rows.divide(FASTER));
            }
            evaluation.remembered().forEach((name, tensor) -> {
                Tensor kept = parameters.array(PREFIX + name);
                if (Views.PER_RECORD.contains(name)) {
                    kept.copyRowsInPlace(records(views), tensor);
                } else {
                    kept.copyInPlace(tensor);
                }
            });
            if (names.contains(LOG_SCALE)) {
                parameters.array(PREFIX + LOG_SCALE).copyInPlace(number(LOG_SCALE));
            }
            if (names.contains(QUEUE)) {
                enqueue(views);
            }
        }
    }

    private void enqueue(Views views) {
        boolean labelled = names.contains(QUEUE_LABELS);
        List<Tensor> parts = labelled
                ? views.list().stream().map(View::values).toList()
                : List.of(
                        views.list().get(towers.remembered(views.list().size())).values());
        Tensor rows = Tensor.concatenate(parts, 0);
        int size = sizes.queue();
        int count = Math.toIntExact(Math.min(size, rows.size(0)));
        Tensor place = parameters.array(PREFIX + PLACE);
        int at = (int) place.item();
        int[] places = new int[count];
        Arrays.setAll(places, i -> (at + i) % size);
        Tensor indices = Tensor.indices(places);
        parameters.array(PREFIX + QUEUE).copyRowsInPlace(indices, rows.narrow(0, rows.size(0) - count, count));
        if (labelled) {
            int[] labels = labels(views);
            int all = Math.toIntExact(rows.size(0));
            float[] kept = new float[count];
            for (int i = 0; i < count; i++) {
                kept[i] = labels[(all - count + i) % labels.length];
            }
            parameters.array(PREFIX + QUEUE_LABELS).copyRowsInPlace(indices, Tensor.of(kept, count, 1));
        }
        place.put(new float[] {(at + count) % size});
    }

    private Tensor records(Views views) {
        long[] records = views.records();
        if (records == null) {
            throw new IllegalStateException("Memories: expected the number of every record, but the batch has none");
        }
        for (long record : records) {
            if (record < 0 || record >= sizes.records()) {
                throw new IllegalStateException(
                        "Memories: expected a record below " + sizes.records() + ", but found " + record);
            }
        }
        return Tensor.of(records, records.length);
    }

    private static int[] labels(Views views) {
        int[] labels = views.labels();
        if (labels == null) {
            throw ChiaroException.usage("objective: expected a label for every item, but found none. Name its column.");
        }
        return labels;
    }
}
