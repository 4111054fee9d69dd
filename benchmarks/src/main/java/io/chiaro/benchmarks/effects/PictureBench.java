package io.chiaro.benchmarks.effects;

import io.chiaro.core.RunFile;
import io.chiaro.core.metric.EmbeddingGeometry;
import io.chiaro.data.Reduction;
import io.chiaro.eval.ClassProbe;
import io.chiaro.eval.diagnostics.NeuralCollapse;
import io.chiaro.train.TrainingEvent;
import io.chiaro.vision.PictureFiles;
import io.chiaro.vision.PictureLikeness;
import io.chiaro.vision.PictureSubsets;
import io.chiaro.vision.PictureTraining;
import io.chiaro.vision.Pictures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Handwritten digits: those of the data folder, the first 8,000 to learn from and 2,000 to judge by, encoded by a net of three
 * convolutions. The figures are those of frozen encoder outputs, fitted on the pictures that were learned from, unchanged. Digits were
 * taken since a net of this size learns enough of them in seconds for methods to differ: one that knows nothing finds 82 % by its
 * neighbours. Of 32 x 32 photographs it finds 33 % before and 36 % after as many steps.
 *
 * @param name in rows and tables
 * @param steps of a run
 * @param batch pictures of a step
 * @param change what is done to the pictures to learn from
 * @param pretraining steps of NT-Xent on all pictures, without their labels, from which every arm starts; 0 for none
 */
record PictureBench(String name, int steps, int batch, Change change, int pretraining) implements Bench {

    private static final String FILE = "mnist_t10k/t10k-images-idx3-ubyte.gz";
    /** What an arm says that learns from a reduced set: the {@link PictureLikeness}. */
    static final String REDUCED_BY = "reduced-by";

    private static final int LEARNED = 8000;
    static final String VIEWS = "digits";
    private static final double RATE = 2e-3;
    private static final String BASE = "fresh:tiny";
    private static final int PRETRAINING_BATCH = 128;

    /** Arms that start from nothing. */
    PictureBench(String name, int steps, int batch, Change change) {
        this(name, steps, batch, change, 0);
    }

    /** What is done to the pictures to learn from. */
    enum Change {
        NONE("all of them"),
        NOISY_LABELS("with 40 % of the labels wrong"),
        LONG_TAIL("of which class k keeps 600 * 0.01^(k/9)"),
        FEW_LABELS("of which each class keeps 20"),
        REPEATED("of which the first 800 stand with nine copies each, whose numbers have noise of deviation 6 of 255");

        private final String words;

        Change(String words) {
            this.words = words;
        }

        Pictures of(Pictures pictures, long seed) {
            return switch (this) {
                case NONE -> pictures;
                case NOISY_LABELS -> PictureSubsets.noisyLabels(pictures, 0.4, seed);
                case LONG_TAIL -> PictureSubsets.longTailed(pictures, 600, 0.01, seed);
                case FEW_LABELS -> PictureSubsets.perClass(pictures, 20, seed);
                case REPEATED -> PictureSubsets.repeated(pictures, 800, 9, 6, seed);
            };
        }
    }

    record Data(Pictures train, Pictures test) {}

    /** Read once a process. */
    private static Optional<Data> read = Optional.empty();

    static Data data(Path folder) {
        if (read.isEmpty()) {
            Pictures all = PictureFiles.read(folder.resolve(FILE), PictureFiles.Options.defaults());
            List<Pictures> parts = PictureSubsets.byPosition(all, LEARNED);
            read = Optional.of(new Data(parts.get(0), parts.get(1)));
        }
        return read.get();
    }

    @Override
    public Map<String, Object> budget() {
        Map<String, Object> budget = new LinkedHashMap<>();
        budget.put("bench", name);
        budget.put("data", "mnist_t10k, the first 8,000 to learn from, " + change.words + ", 2,000 to judge by");
        budget.put("base", BASE);
        budget.put("steps", steps);
        budget.put("batch", batch);
        budget.put("learning-rate", RATE);
        budget.put("augmentation", VIEWS);
        if (pretraining > 0) {
            budget.put(
                    "pretraining",
                    "nt-xent on all 8,000 without labels, " + pretraining + " steps of " + PRETRAINING_BATCH);
        }
        return budget;
    }

    @Override
    public Map<String, Double> figures(Arm arm, long seed, Path folder, Path out) {
        Data data = data(folder);
        // The judge knows the labels of all of them, also of those that an arm leaves out.
        Pictures all = change.of(data.train(), seed);
        try (PictureTraining training = trained(arm, all, seed, folder, out)) {
            return judged(training, all, data.test());
        }
    }

    /** The finished run of an arm on pictures; the caller closes it. */
    PictureTraining trained(Arm arm, Pictures pictures, long seed, Path folder, Path out) {
        Map<String, Object> own = new LinkedHashMap<>(arm.run());
        Pictures learned = reduced(pictures, own.remove(REDUCED_BY));
        Map<String, Object> told = told(arm.recipe(), arm.set(), folder, seed);
        told.put("out", out.toString());
        told.put("steps", steps);
        told.put("batch", batch);
        told.put("checkpoint-steps", steps);
        if (pretraining > 0) {
            told.put("base", pretrained(data(folder).train(), folder, seed, out).toString());
            told.put("out", out.resolve("run").toString());
        }
        told.putAll(own);
        return trained(told, learned);
    }

    private static Map<String, Object> told(String recipe, Map<String, String> slots, Path folder, long seed) {
        Map<String, String> set = new LinkedHashMap<>();
        set.put("augmentation", VIEWS);
        set.putAll(slots);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("data", List.of(Map.of("path", folder.resolve(FILE).toString())));
        told.put("base", BASE);
        told.put("recipe", recipe);
        told.put("set", set);
        told.put("learning-rate", RATE);
        told.put("schedule", "cosine(warmup=0.1)");
        told.put("weight-decay", 1e-4);
        told.put("seed", seed);
        return told;
    }

    /** The model that every arm of a seed starts from; made again for each arm, with the same bits. */
    private Path pretrained(Pictures pictures, Path folder, long seed, Path out) {
        Path run = out.resolve("pretraining");
        Map<String, Object> told = told("nt-xent", Map.of(), folder, seed);
        told.put("out", run.toString());
        told.put("steps", pretraining);
        told.put("batch", PRETRAINING_BATCH);
        told.put("checkpoint-steps", pretraining);
        trained(told, pictures).close();
        return run.resolve("model");
    }

    private static PictureTraining trained(Map<String, Object> told, Pictures pictures) {
        PictureTraining training = PictureTraining.start(
                RunFile.defaults().with("effects", told), pictures, PictureTraining.Options.defaults());
        try {
            TrainingEvent.Ending ending = training.run();
            if (ending != TrainingEvent.Ending.COMPLETED) {
                throw new IllegalStateException(
                        told.get("recipe") + ", seed " + told.get("seed") + ": the run was " + ending);
            }
            return training;
        } catch (RuntimeException | Error e) {
            training.close();
            throw e;
        }
    }

    /** Without pictures that are alike by a measure at its usual threshold, if an arm names one. */
    private static Pictures reduced(Pictures pictures, @Nullable Object measure) {
        if (measure == null) {
            return pictures;
        }
        PictureLikeness likeness = (PictureLikeness) measure;
        return pictures.select(Reduction.ofAlike(pictures.count(), 0, likeness.of(pictures), likeness.threshold())
                .kept());
    }

    private static Map<String, Double> judged(PictureTraining training, Pictures learned, Pictures test) {
        float[][] train = training.model().embed(learned);
        float[][] judged = training.model().embed(test);
        Map<String, Double> figures = new LinkedHashMap<>();
        ClassProbe probe = probe(train, learned, judged, test);
        figures.put("accuracy", probe.accuracy());
        figures.put("knn-accuracy", probe.neighbourAccuracy());
        figures.put("effective-rank", EmbeddingGeometry.effectiveRank(judged));
        figures.put("uniformity", EmbeddingGeometry.uniformity(judged));
        if (training.towers().head().isPresent()) {
            float[][] projected = training.projected(judged);
            ClassProbe behind = probe(training.projected(train), learned, projected, test);
            figures.put("accuracy behind the head", behind.accuracy());
            // One for class means at right angles and of one length.
            figures.put(
                    "orthogonality behind the head",
                    1 - NeuralCollapse.of(projected, test.labels()).orthogonalDistance());
        }
        return figures;
    }

    static ClassProbe probe(float[][] train, Pictures learned, float[][] judged, Pictures test) {
        return ClassProbe.of(
                train,
                learned.labels(),
                judged,
                test.labels(),
                learned.labelNames().size());
    }
}
