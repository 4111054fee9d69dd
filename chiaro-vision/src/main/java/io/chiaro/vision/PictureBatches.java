package io.chiaro.vision;

import io.chiaro.objective.ViewRole;
import io.chiaro.objective.synthetic.MixedCorrelation;
import io.chiaro.train.Batch;
import io.chiaro.train.BatchSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The batches of a run on pictures: planned epochs, each picture in some augmented views, cut into chunks of a pixel budget.
 * The first view is the anchor, all others are positives. A view has its picture's content, so that recipes which
 * compare contents, such as {@code info-nce}, do not take equal pictures of a batch for negatives of each other; {@code nt-xent} and
 * other recipes of rows do.
 *
 * <p>Views are made by several threads and are the same bits whatever their number. Not thread-safe itself; it keeps the
 * plan of one epoch.
 */
public final class PictureBatches implements BatchSource<PictureChunk> {

    /**
     * How batches are made.
     *
     * @param views of each picture, at least 1
     * @param chunkPixels height * width of the pictures that are encoded at once, summed; a chunk holds at least one
     * @param apart whether no chunk holds pictures of two views, since they may have different encoders
     * @param seed of views
     */
    public record Options(int views, long chunkPixels, boolean apart, long seed) {

        public Options {
            if (views < 1 || chunkPixels < 1) {
                throw new IllegalArgumentException("PictureBatches: expected views and chunk pixels of at least 1, but "
                        + "found " + views + " and " + chunkPixels);
            }
        }

        /** Two views, chunks of 2^19 pixels (512 pictures of 32 x 32), seed 42. */
        public static Options defaults() {
            return new Options(2, 1 << 19, false, 42);
        }
    }

    private final Pictures pictures;
    private final AugmentationRecipe augmentations;
    private final BatchPlanner planner;
    private final double[] scores;
    private final Options options;
    private final boolean mixed;
    private List<int[]> plan;
    private long plannedEpoch;

    private PictureBatches(
            Pictures pictures,
            AugmentationRecipe augmentations,
            BatchPlanner planner,
            double[] scores,
            Options options,
            boolean mixed) {
        this.pictures = pictures;
        this.augmentations = augmentations;
        this.planner = planner;
        this.scores = scores;
        this.options = options;
        this.mixed = mixed;
        this.plan = planOf(0);
    }

    /** Batches of so many pictures, each epoch in a new order. */
    public static PictureBatches of(Pictures pictures, AugmentationRecipe augmentations, int batch, Options options) {
        return of(pictures, augmentations, BatchPlans.shuffled(pictures.count(), batch, options.seed()), options);
    }

    /** Batches that a planner makes. */
    public static PictureBatches of(
            Pictures pictures, AugmentationRecipe augmentations, BatchPlanner planner, Options options) {
        return new PictureBatches(pictures, augmentations, planner, new double[0], options, false);
    }

    /** The same batches with a score for each picture of the set. */
    public PictureBatches withScores(double[] values) {
        if (values.length != pictures.count()) {
            throw new IllegalArgumentException(
                    "PictureBatches: " + values.length + " scores for " + pictures.count() + " pictures");
        }
        return new PictureBatches(pictures, augmentations, planner, values.clone(), options, mixed);
    }

    /**
     * The same batches, whose third view is a mixture of the first with that of another picture in the second, as {@link
     * MixedCorrelation#mixing} says at the address of the step.
     */
    public PictureBatches withMixtures() {
        if (options.views() != 3) {
            throw new IllegalArgumentException(
                    "PictureBatches: mixtures are a third view, but there are " + options.views() + " views");
        }
        return new PictureBatches(pictures, augmentations, planner, scores, options, true);
    }

    /** Batches of an epoch. */
    public int batchesPerEpoch() {
        return planner.batches();
    }

    private List<int[]> planOf(long epoch) {
        List<int[]> planned = planner.epoch(epoch);
        if (planned.size() != planner.batches() || planned.isEmpty()) {
            throw new IllegalArgumentException("PictureBatches: the planner announced " + planner.batches()
                    + " batches, but epoch " + epoch + " has " + planned.size());
        }
        for (int[] batch : planned) {
            Set<Integer> seen = new HashSet<>();
            for (int picture : batch) {
                if (picture < 0 || picture >= pictures.count() || !seen.add(picture)) {
                    throw new IllegalArgumentException("PictureBatches: picture " + picture + " of a planned batch is "
                            + "not among the " + pictures.count() + " pictures, or stands twice in it");
                }
            }
        }
        return planned;
    }

    @Override
    public Batch<PictureChunk> batch(long step) {
        long epoch = step / planner.batches();
        if (epoch != plannedEpoch) {
            plan = planOf(epoch);
            plannedEpoch = epoch;
        }
        return batch(plan.get((int) (step % planner.batches())), step, (step + 1.0) / planner.batches());
    }

    @Override
    public String unit() {
        return "pixels";
    }

    @Override
    public Batch<PictureChunk> largest() {
        int[] largest = planner.epoch(0).stream()
                .reduce((a, b) -> b.length > a.length ? b : a)
                .orElseThrow();
        return batch(largest, 0, 0);
    }

    private Batch<PictureChunk> batch(int[] rows, long step, double epoch) {
        long[] contents = Arrays.stream(rows).mapToLong(pictures::contentHash).toArray();
        List<Batch.Column> columns = new ArrayList<>();
        for (int view = 0; view < options.views(); view++) {
            columns.add(new Batch.Column(view == 0 ? ViewRole.ANCHOR : ViewRole.POSITIVE, contents));
        }
        int inputs = rows.length * options.views();
        return new Batch<>(
                rows.length,
                columns,
                chunks(rows, step, inputs),
                scores.length == 0
                        ? scores
                        : Arrays.stream(rows).mapToDouble(row -> scores[row]).toArray(),
                new double[0][],
                pictures.labelled() ? Arrays.stream(rows).map(pictures::label).toArray() : new int[0],
                Arrays.stream(rows).asLongStream().toArray(),
                (long) inputs * pictures.size().area(),
                0.0,
                epoch);
    }

    private List<Batch.Chunk<PictureChunk>> chunks(int[] rows, long step, int inputs) {
        List<Batch.Chunk<PictureChunk>> chunks = new ArrayList<>();
        int part = options.apart() ? rows.length : inputs;
        for (int from = 0; from < inputs; from += part) {
            cut(rows, step, from, part, chunks);
        }
        return chunks;
    }

    private void cut(int[] rows, long step, int first, int inputs, List<Batch.Chunk<PictureChunk>> chunks) {
        int most = (int) Math.min(
                inputs, Math.max(1, options.chunkPixels() / pictures.size().area()));
        int count = (inputs + most - 1) / most;
        for (int k = 0; k < count; k++) {
            // Of nearly equal sizes, so that none is much slower for its size than the others.
            int from = first + (int) ((long) inputs * k / count);
            int to = first + (int) ((long) inputs * (k + 1) / count);
            int[] places = IntStream.range(from, to).toArray();
            chunks.add(new Batch.Chunk<>(views(rows, step, places), places));
        }
    }

    private PictureChunk views(int[] rows, long step, int[] places) {
        int numbers = pictures.size().numbers();
        float[] values = new float[Math.multiplyExact(places.length, numbers)];
        MixedCorrelation.Mixing mixing = mixed
                ? MixedCorrelation.mixing(BatchSource.address(options.seed(), step), rows.length)
                : new MixedCorrelation.Mixing(1, new int[0]);
        IntStream.range(0, places.length).parallel().forEach(i -> {
            int row = places[i] % rows.length;
            int view = places[i] / rows.length;
            float[] pixels = mixed && view == 2
                    ? mixture(
                            view(rows[row], step, 0), view(rows[mixing.order()[row]], step, 1), (float) mixing.share())
                    : view(rows[row], step, view);
            System.arraycopy(pixels, 0, values, i * numbers, numbers);
        });
        return new PictureChunk(values, places.length, pictures.size());
    }

    private float[] view(int picture, long step, int view) {
        PictureBuffer buffer = new PictureBuffer(pictures.size());
        pictures.floats(picture, buffer.pixels(), 0);
        augmentations.apply(buffer, options.seed(), picture, step, view);
        return buffer.pixels();
    }

    private static float[] mixture(float[] first, float[] second, float share) {
        float[] made = new float[first.length];
        for (int k = 0; k < made.length; k++) {
            made[k] = share * first[k] + (1 - share) * second[k];
        }
        return made;
    }
}
