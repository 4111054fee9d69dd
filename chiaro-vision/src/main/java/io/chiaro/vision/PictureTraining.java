package io.chiaro.vision;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.LearnedFrom;
import io.chiaro.core.Names;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.objective.Objective;
import io.chiaro.objective.recipe.Recipe;
import io.chiaro.objective.recipe.Recipes;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Guide;
import io.chiaro.train.HeadBatch;
import io.chiaro.train.Memories;
import io.chiaro.train.PredictorFiles;
import io.chiaro.train.RunFolder;
import io.chiaro.train.RunOptimizer;
import io.chiaro.train.RunReport;
import io.chiaro.train.TowerSettings;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Twin;
import io.chiaro.train.Validation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run that trains a model of pictures: from a {@link RunFile} to a model directory. The folder of the run is a {@link RunFolder} with
 * {@code model/} in it in the end, and with {@link PredictorFiles} where a predictor is linear.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class PictureTraining implements AutoCloseable {

    /** Before the size of a model that has learned nothing. */
    public static final String FRESH = "fresh:";

    private static final String DEFAULT_RECIPE = "nt-xent";

    /**
     * What a run takes from the program around it.
     *
     * @param validation judges the model; made once the model is loaded
     * @param listeners told what happens, besides the run's own files
     * @param started the time of the start, ISO-8601, for the provenance
     * @param anyMachine whether a resumed run may go on with another BLAS or thread count
     */
    public record Options(
            Function<PictureModel, Validation> validation,
            List<TrainingListener> listeners,
            String started,
            boolean anyMachine) {

        public Options {
            listeners = List.copyOf(listeners);
        }

        /** No judging, nobody told, the present time. */
        public static Options defaults() {
            return new Options(
                    model -> Validation.none(), List.of(), Instant.now().toString(), false);
        }

        /** The same with these told. */
        public Options withListeners(List<TrainingListener> told) {
            return new Options(validation, told, started, anyMachine);
        }

        /** The same with a judge. */
        public Options withValidation(Function<PictureModel, Validation> judge) {
            return new Options(judge, listeners, started, anyMachine);
        }

        /** The same, with another machine accepted at resume, or not. */
        public Options withAnyMachine(boolean any) {
            return new Options(validation, listeners, started, any);
        }
    }

    private final RunFile run;
    private final RunFolder folder;
    private final String recipe;
    private final Objective objective;
    private final PictureGroups groups;
    private final Optional<PictureTeacher> guide;
    private final AugmentationRecipe augmentation;
    private final Pictures pictures;
    private final ConvConfig net;
    private final PictureTuning tuning;
    private final PictureModel model;
    private final PictureBatches batches;
    private final ContrastiveLearning<PictureChunk> learning;
    private final TowerSettings towers;
    private final TrainerSettings settings;
    private final Trainer<PictureChunk> trainer;
    private final Provenance provenance;
    private final LearnedFrom learned;
    private final Deque<Runnable> closing;

    /** Prepares a new run on the pictures that its data name. */
    public static PictureTraining start(RunFile run, Options options) {
        return start(run, read(run), options);
    }

    /** Prepares a new run on pictures that were read, or changed for a study; the data of the run say where they are from. */
    public static PictureTraining start(RunFile run, Pictures pictures, Options options) {
        RunFile complete = absolute(run.complete("run"));
        return create(complete, RunFolder.create(Path.of(complete.out().orElseThrow())), pictures, options);
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static PictureTraining resume(Path folder, Options options) {
        RunFolder found = RunFolder.resume(folder);
        RunFile run = found.told();
        return create(run, found, read(run), options);
    }

    /** With whole paths, so that a run resumes from any folder. */
    private static RunFile absolute(RunFile run) {
        List<Map<String, Object>> sources = run.data().stream()
                .map(source -> Map.<String, Object>of(
                        "path", Path.of(source.path()).toAbsolutePath().toString()))
                .toList();
        String base = run.base().startsWith(FRESH)
                ? run.base()
                : Path.of(run.base()).toAbsolutePath().toString();
        String out = Path.of(run.out().orElseThrow()).toAbsolutePath().toString();
        Map<String, String> set = new LinkedHashMap<>(run.set());
        for (String model : List.of("teacher", "guide")) {
            set.computeIfPresent(model, (key, name) -> PictureTeacher.absolute(name));
        }
        return run.with("run", Map.of("data", sources, "out", out, "base", base, "set", set));
    }

    private static Pictures read(RunFile run) {
        if (run.data().size() != 1) {
            throw ChiaroException.usage("data: expected one set of pictures, but found "
                    + run.data().size() + ". Put them into one folder.");
        }
        return PictureFiles.read(Path.of(run.data().get(0).path()), PictureFiles.Options.defaults());
    }

    private static PictureTraining create(RunFile run, RunFolder folder, Pictures pictures, Options options) {
        Deque<Runnable> opened = new ArrayDeque<>();
        opened.push(folder::close);
        try {
            return new PictureTraining(run, folder, pictures, options, opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private PictureTraining(
            RunFile run, RunFolder folder, Pictures pictures, Options options, Deque<Runnable> closing) {
        this.closing = closing;
        this.run = run;
        this.folder = folder;
        this.pictures = pictures;
        run.threads().ifPresent(NativeRuntime::threads);
        RunOptimizer.check(run);
        Recipe named = Recipes.named(run.recipe().orElse(DEFAULT_RECIPE));
        this.recipe = named.name();
        PictureSettings told = PictureSettings.of(run, named.usual());
        this.objective = told.objective(recipe, pictures.labelled());
        this.groups = told.groups(run.batch());
        groups.require(pictures);
        this.guide = told.guide();
        this.augmentation = told.augmentation(pictures.size());
        Memories.Sizes sizes = told.memories(run.batch(), pictures.labelNames(), pictures.count());
        this.net = net(told);
        this.tuning = tuning(told);
        told.tuning().refuseBesideTwin(recipe, objective.needs().towers());
        this.model = load(run.base(), net, run.seed(), tuning, builder -> {
            TowerSettings declared = declared(told);
            declared.declare(builder);
            Memories.declare(builder, objective, sizes, declared.width());
        });
        closing.push(model::close);
        told.tuning().requireSomethingLearned(recipe, parameters().count());
        tuning.start(parameters(), run.seed());
        this.towers = declared(told);
        towers.refuseOneView(told.views(objective.needs()));
        folder.make();
        PictureBatches plain = PictureBatches.of(
                pictures,
                augmentation,
                groups.planner(pictures, run.batch(), run.seed()),
                new PictureBatches.Options(
                        told.views(objective.needs()),
                        (long) told.chunk() * pictures.size().area(),
                        towers.towers().averaged(),
                        run.seed()));
        this.batches = towers.towers().mixed() ? plain.withMixtures() : plain;
        long steps = run.steps()
                .orElseGet(() -> stepsOf((long) run.epochs().orElse(1) * batches.batchesPerEpoch(), run.accumulate()));
        Memories.requirePasses(recipe, objective.needs(), steps * run.batch() * run.accumulate(), pictures.count());
        Optimizer optimizer = told.step().averaged(RunOptimizer.of(run, parameters()), parameters());
        closing.push(optimizer::close);
        this.settings = TrainerSettings.of(run, steps, told.step());
        this.provenance = provenance(options);
        this.learned = LearnedFrom.of(run.base()).and(provenance.data());
        this.learning = learning(
                sizes,
                told.temperature()
                        .map(schedule -> new Memories.Course(schedule, steps))
                        .orElse(null),
                steps);
        this.trainer = folder.trainer(
                batches,
                learning,
                optimizer,
                settings,
                options.validation().apply(model),
                options.listeners(),
                options.anyMachine());
        folder.begin(run, provenance);
    }

    /** The last step of a run takes from one epoch more what it lacks, so that no picture is left out. */
    private static long stepsOf(long allBatches, int accumulated) {
        return (allBatches + accumulated - 1) / accumulated;
    }

    private TowerSettings declared(PictureSettings told) {
        return told.towers(objective.needs().towers(), net.dimension());
    }

    private ConvConfig net(PictureSettings told) {
        ConvConfig named = config(run.base(), pictures.size());
        if (run.base().startsWith(FRESH)) {
            return told.fresh(named);
        }
        told.refuseShape(named);
        return named;
    }

    private PictureTuning tuning(PictureSettings told) {
        PictureTuning found = told.tuning(net, pictures.size());
        Optional<BorderShape> ofBase =
                run.base().startsWith(FRESH) ? Optional.empty() : PictureModel.border(Path.of(run.base()));
        ofBase.ifPresent(shape -> {
            if (!shape.fits(pictures.size())) {
                throw ChiaroException.usage("base: has a border for pictures of " + shape.height() + "x"
                        + shape.width() + ", but found pictures of " + pictures.size()
                        + ". Bring them to that size, or take another base.");
            }
            if (found.border().filter(asked -> !asked.equals(shape)).isPresent()) {
                throw ChiaroException.usage("set soft-prompt: expected " + shape.border()
                        + " pixels, as the border of the base has, but found "
                        + found.border().get().border()
                        + ". Give that number to train it further, or take another base.");
            }
        });
        return found;
    }

    private static ConvConfig config(String base, PictureSize size) {
        if (base.startsWith(FRESH)) {
            return ConvConfig.named(base.substring(FRESH.length()), size.channels());
        }
        if (!Files.isDirectory(Path.of(base))) {
            throw ChiaroException.usage("base: expected fresh:SIZE or the directory of a picture model, but found \""
                    + base + "\". " + Names.hint(base, sizes()));
        }
        ConvConfig found = PictureModel.config(Path.of(base));
        if (found.channels() != size.channels()) {
            throw ChiaroException.usage("base: expected an encoder of pictures of " + size.channels()
                    + " channels, but found one of " + found.channels() + ".");
        }
        return found;
    }

    /** The model that a run on pictures of some size starts from. */
    public static PictureModel base(String base, PictureSize size, long seed) {
        return load(base, config(base, size), seed, PictureTuning.NONE, builder -> {});
    }

    private static PictureModel load(
            String base, ConvConfig config, long seed, PictureTuning tuning, Consumer<ParameterStore.Builder> more) {
        return base.startsWith(FRESH)
                ? PictureModel.fresh(config, seed, tuning, more)
                : PictureModel.load(Path.of(base), tuning, more);
    }

    private static List<String> sizes() {
        return ConvConfig.names().stream().map(size -> FRESH + size).toList();
    }

    private ContrastiveLearning<PictureChunk> learning(
            Memories.Sizes sizes, Memories.@Nullable Course course, long steps) {
        Memories memories = new Memories(parameters(), objective, sizes, towers.width(), course);
        memories.start(run.seed());
        return new ContrastiveLearning<>(
                        model.encoder(),
                        objective,
                        0,
                        guide.map(teacher -> Guide.<PictureChunk>ofRecords(teacher.centred(pictures, run.seed())))
                                .orElse(null),
                        memories)
                .withTowers(towers, twin(steps), run.seed());
    }

    private Optional<Twin<PictureChunk>> twin(long steps) {
        if (!towers.towers().averaged()) {
            return Optional.empty();
        }
        PictureModel follower = load(run.base(), net, run.seed(), tuning, towers::declareTwin);
        closing.push(follower::close);
        return Optional.of(new Twin<>(follower.encoder(), parameters(), towers, steps));
    }

    private ParameterStore parameters() {
        return model.encoder().parameters();
    }

    private Provenance provenance(Options options) {
        String version = PictureTraining.class.getPackage().getImplementationVersion();
        return new Provenance(
                Provenance.VERSION,
                "chiaro " + (version == null ? "development" : version),
                Provenance.Machine.here(
                        NativeRuntime.blas().name().toLowerCase(Locale.ROOT) + ", LibTorch " + NativeRuntime.version(),
                        NativeRuntime.threads()),
                run.seed(),
                recipe,
                run.base().startsWith(FRESH) ? "fresh" : model.hash(),
                Map.of(pictures.source(), pictures.hash()),
                Json.parse("run", Json.text(run)),
                options.started());
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        return List.of(
                "base " + run.base() + ", " + learned() + ", " + run.optimizer(),
                pictures.toString(),
                "augmentation " + augmentation.name() + " "
                        + augmentation.describe().replace('\n', ' '),
                "head " + towers.head().map(Object::toString).orElse("none")
                        + towers.predictor()
                                .map(shape -> ", predictor " + shape)
                                .orElse("")
                        + (towers.batch() == HeadBatch.FUSED ? ", all views as one batch" : ""),
                batches.batchesPerEpoch() + " batches of " + run.batch() + groups.describe() + " an epoch, "
                        + settings.steps() + " steps",
                "recipe " + slots() + guide.map(teacher -> ", guide " + teacher).orElse(""));
    }

    private String learned() {
        long trained = parameters().count();
        if (!tuning.frozen()) {
            return String.format(Locale.ROOT, "%,d parameters", trained);
        }
        long still = model.encoder().arrayNames().stream()
                .filter(parameters()::isFrozen)
                .mapToLong(name -> parameters().array(name).count())
                .sum();
        return String.format(Locale.ROOT, "%,d parameters that stand still, %,d that are trained", still, trained);
    }

    /** The recipe's name and how it fills the slots. */
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", recipe);
        slots.putAll(objective.slots());
        return slots;
    }

    /** The model, with the parameters as they are now. */
    public PictureModel model() {
        return model;
    }

    /**
     * What the projection head makes of embeddings, as the objective sees them; themselves where there is no head. A batch norm is
     * that of these rows.
     *
     * @param embeddings [n][d]
     */
    public float[][] projected(float[][] embeddings) {
        return learning.projected(embeddings);
    }

    /** What stands between encoder and objective. */
    public TowerSettings towers() {
        return towers;
    }

    /** Steps of the whole run. */
    public long steps() {
        return settings.steps();
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return folder.report();
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        trainer.requestStop();
    }

    /** Trains to the end, then saves the model. */
    public TrainingEvent.Ending run() {
        Map<String, Double> plan = new LinkedHashMap<>();
        plan.put("parameters", (double) parameters().count());
        plan.put("batch", (double) run.batch());
        TrainingEvent.Ending ending;
        try {
            ending = trainer.run(folder.path().toString(), plan);
        } finally {
            folder.writeReport(provenance);
        }
        if (ending != TrainingEvent.Ending.INTERRUPTED) {
            tuning.merge(parameters());
            model.save(folder.path().resolve("model"));
            learned.write(folder.path().resolve("model"));
            learning.predictorMatrix().ifPresent(this::savePredictor);
        }
        return ending;
    }

    private void savePredictor(float[][] matrix) {
        int most = Math.min(PredictorFiles.MOST_INPUTS, pictures.count());
        Pictures some = pictures.select(IntStream.range(0, most).toArray());
        PredictorFiles.write(folder.path(), matrix, projected(model.embed(some)));
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
