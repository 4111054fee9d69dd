package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.Names;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.ExampleReader;
import io.chiaro.data.ExampleShape;
import io.chiaro.data.RecordReader;
import io.chiaro.data.Role;
import io.chiaro.data.Roles;
import io.chiaro.data.TokenStore;
import io.chiaro.data.TokenStoreOptions;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Objective;
import io.chiaro.onnx.EmbeddedModels;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.AdamW;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import io.chiaro.tensor.Sgd;
import io.chiaro.train.CheckpointStore;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.JsonLines;
import io.chiaro.train.Learning;
import io.chiaro.train.MemoryPlan;
import io.chiaro.train.RunReport;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run that trains a text model: from a {@link RunFile} to a model directory. The folder of the run holds {@code
 * run.json} (what it was told), {@code provenance.json} (what it can be repeated from), {@code events.jsonl}, {@code
 * report.html}, {@code checkpoints/}, {@code store-N/} and in the end {@code model/}.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class TextTraining implements AutoCloseable {

    private static final List<String> OPTIMIZERS = List.of("adamw", "lazy-adamw", "sgd");
    private static final List<String> TEXT_SETTINGS = List.of("dropout", "max-tokens", "guide", "share");

    /**
     * What a run takes from the program around it.
     *
     * @param validation judges the model; made once the model is loaded
     * @param listeners told what happens, besides the run's own files
     * @param started the time of the start, ISO-8601, for the provenance
     * @param skipBad whether bad records are counted and left out, instead of ending the run
     * @param anyMachine whether a resumed run may go on with another BLAS or thread count
     */
    public record Options(
            Function<TextModel, Validation> validation,
            List<TrainingListener> listeners,
            String started,
            boolean skipBad,
            boolean anyMachine) {

        public Options {
            listeners = List.copyOf(listeners);
        }

        /** No judging, nobody told, the present time. */
        public static Options defaults() {
            return new Options(
                    model -> Validation.none(), List.of(), Instant.now().toString(), false, false);
        }

        /** The same with a judge. */
        public Options withValidation(Function<TextModel, Validation> judge) {
            return new Options(judge, listeners, started, skipBad, anyMachine);
        }

        /** The same with these told. */
        public Options withListeners(List<TrainingListener> told) {
            return new Options(validation, told, started, skipBad, anyMachine);
        }

        /** The same, with bad records left out and counted, or not. */
        public Options withSkipBad(boolean skip) {
            return new Options(validation, listeners, started, skip, anyMachine);
        }

        /** The same, with another machine accepted at resume, or not. */
        public Options withAnyMachine(boolean any) {
            return new Options(validation, listeners, started, skipBad, any);
        }
    }

    private final RunFile run;
    private final Path folder;
    private final Options options;
    private final String recipe;
    private final TextModel model;
    private final List<TokenStore> stores;
    private final TextBatches batches;
    private final Optimizer optimizer;
    private final TrainerSettings settings;
    private final Trainer<PackedSequences> trainer;
    private final MemoryPlan memory;
    private final Provenance provenance;
    private final JsonLines events;
    private final RunReport report;
    private final @Nullable TextModel guide;
    private final Deque<Runnable> closing;

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static TextTraining start(RunFile run, Options options) {
        RunFile complete = absolute(run.complete("run"));
        Path folder = Path.of(complete.out().orElseThrow());
        if (Files.exists(folder.resolve("run.json"))) {
            throw ChiaroException.usage(folder + ": expected a folder without a run, but found run.json. Go on with "
                    + "\"chiaro resume " + folder + "\", or give another --out.");
        }
        return create(complete, folder, options, false);
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static TextTraining resume(Path folder, Options options) {
        Path file = folder.resolve("run.json");
        if (!Files.isRegularFile(file)) {
            throw ChiaroException.usage(folder + ": expected the folder of a run with run.json in it, but found none. "
                    + "Check the path.");
        }
        return create(RunFile.load(file), folder, options, true);
    }

    /** What was opened before an error is closed again. */
    private static TextTraining create(RunFile run, Path folder, Options options, boolean resumed) {
        Deque<Runnable> opened = new ArrayDeque<>();
        try {
            return new TextTraining(run, folder, options, resumed, opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private TextTraining(RunFile run, Path folder, Options options, boolean resumed, Deque<Runnable> closing) {
        this.closing = closing;
        this.run = run;
        this.folder = folder;
        this.options = options;
        run.threads().ifPresent(NativeRuntime::threads);
        if (!OPTIMIZERS.contains(run.optimizer())) {
            throw ChiaroException.usage(
                    "optimizer: unknown name \"" + run.optimizer() + "\". " + Names.hint(run.optimizer(), OPTIMIZERS));
        }
        ExampleShape shape = shapeOfData(run);
        this.recipe = TextRecipes.canonical(run.recipe().orElseGet(() -> TextRecipes.defaultFor(shape)));
        Map<String, String> textSettings = new TreeMap<>();
        Map<String, String> slots = new LinkedHashMap<>();
        run.set().forEach((key, value) -> (TEXT_SETTINGS.contains(key) ? textSettings : slots).put(key, value));
        Optional<String> guideName = Optional.ofNullable(textSettings.get("guide"));
        Optional<Objective> objective = objective(slots, shape, guideName);
        refuseWithoutEffect(textSettings, objective);

        this.model = TextModel.load(run.base(), run.seed(), declared());
        closing.push(model::close);
        BertConfig config = model.specification().config();
        double dropout = number(textSettings, "dropout", config.hiddenDropout(), 0, 0.99);
        int maxTokens =
                wholeNumber(textSettings, "max-tokens", model.specification().maxTokens(), 3, config.maxPositions());
        createFolder(folder);
        this.stores = openStores(maxTokens);
        boolean sameText = objective.map(made -> made.needs().sameText()).orElse(false);
        boolean distinct =
                objective.map(made -> made.needs().inBatchNegatives()).orElse(false);
        this.batches = new TextBatches(
                sources(),
                EpochOptions.defaults(run.batch()).withDistinctTexts(distinct),
                run.chunkTokens(),
                sameText,
                run.seed());
        this.guide = guideName.map(name -> guideModel(name)).orElse(null);
        Learning<PackedSequences> learning = learning(objective, textSettings, dropout);
        this.optimizer = optimizer();
        closing.push(optimizer::close);
        long steps = run.steps().orElseGet(() -> (long) run.epochs().orElse(1) * batches.batchesPerEpoch());
        this.settings = new TrainerSettings(
                steps,
                run.learningRate(),
                run.learningRateSchedule(),
                run.clip(),
                run.checkpointSteps(),
                Math.max(1, Math.min(50, (int) (steps / 20))),
                run.seed(),
                run.bestMetric(),
                run.patience());
        this.memory = memoryPlan(objective, config);
        this.provenance = provenance();
        Validation validation = options.validation().apply(model);
        CheckpointStore checkpoints = CheckpointStore.open(folder.resolve("checkpoints"), 2);
        this.report = RunReport.create();
        Path eventFile = folder.resolve("events.jsonl");
        if (resumed && Files.exists(eventFile)) {
            long step =
                    checkpoints.latest().map(CheckpointStore.Checkpoint::step).orElse(0L);
            this.events = JsonLines.resume(eventFile, step);
            closing.push(events::close);
            JsonLines.replay(eventFile, report);
        } else {
            this.events = JsonLines.create(eventFile);
            closing.push(events::close);
        }
        List<TrainingListener> listeners = new ArrayList<>(options.listeners());
        listeners.add(events);
        listeners.add(report);
        this.trainer = new Trainer<>(
                batches, learning, optimizer, settings, validation, checkpoints, listeners, System::nanoTime);
        if (resumed) {
            trainer.restore(options.anyMachine());
        } else {
            run.write(folder.resolve("run.json"));
            provenance.write(folder.resolve("provenance.json"));
        }
    }

    /** Nothing is ignored silently: a setting that the recipe does not look at is an error. */
    private void refuseWithoutEffect(Map<String, String> textSettings, Optional<Objective> objective) {
        if (textSettings.containsKey("share") && objective.isPresent()) {
            throw ChiaroException.usage("recipe " + recipe + ": has no setting \"share\", which belongs to "
                    + TextRecipes.MASKED + " and " + TextRecipes.DENOISING + ". Leave it out.");
        }
        boolean guided = objective.map(made -> made.needs().guide()).orElse(false);
        if (textSettings.containsKey("guide") && !guided) {
            throw ChiaroException.usage("recipe " + recipe + ": has no use for a guide. Leave it out, or take the "
                    + "recipe gist, or set guide-margin where the recipe has that slot.");
        }
    }

    private Optional<Objective> objective(Map<String, String> slots, ExampleShape shape, Optional<String> guideName) {
        if (TextRecipes.isAuxiliary(recipe)) {
            if (!slots.isEmpty()) {
                String key = slots.keySet().iterator().next();
                throw ChiaroException.usage(
                        "set: recipe " + recipe + " has no slot \"" + key + "\". " + Names.hint(key, TEXT_SETTINGS));
            }
            if (shape.texts() != 1) {
                throw ChiaroException.usage("recipe " + recipe + ": learns from single texts, but the data are " + shape
                        + ". Name the one column with --roles anchor=COLUMN.");
            }
            if (shape.labelled()) {
                throw ChiaroException.usage(
                        "recipe " + recipe + ": would ignore the role label, and nothing is ignored "
                                + "silently. Leave it out with --roles anchor=COLUMN.");
            }
            return Optional.empty();
        }
        Objective made = TextRecipes.objective(recipe, slots);
        TextRecipes.check(recipe, made.needs(), shape, guideName);
        return Optional.of(made);
    }

    private Learning<PackedSequences> learning(
            Optional<Objective> objective, Map<String, String> textSettings, double dropout) {
        if (objective.isPresent()) {
            return new ContrastiveLearning<>(
                    model.tower(), objective.get(), dropout, guide == null ? null : guide.tower());
        }
        if (recipe.equals(TextRecipes.MASKED)) {
            return new MaskedLanguageModel(
                    model.tower().encoder(),
                    model.tokenizer(),
                    number(textSettings, "share", 0.15, 0.01, 0.99),
                    dropout);
        }
        return new DenoisingAutoEncoder(
                model.tower(), model.tokenizer(), number(textSettings, "share", 0.6, 0.01, 0.99), dropout);
    }

    /** The parameters that the recipe needs beside the encoder's. */
    private BiConsumer<ParameterStore.Builder, BertConfig> declared() {
        return switch (recipe) {
            case TextRecipes.MASKED -> MaskedLanguageModel::declare;
            case TextRecipes.DENOISING ->
                (builder, config) -> DenoisingAutoEncoder.declare(builder, config, config.hiddenSize());
            default -> (builder, config) -> {};
        };
    }

    private Optimizer optimizer() {
        AdamW.Config adam = AdamW.Config.defaults().withWeightDecay(run.weightDecay());
        return switch (run.optimizer()) {
            case "sgd" -> new Sgd(model.parameters(), 0.9, run.weightDecay());
            case "lazy-adamw" -> new AdamW(model.parameters(), adam.withLazyTables(true));
            default -> new AdamW(model.parameters(), adam);
        };
    }

    private TextModel guideModel(String name) {
        TextModel loaded = TextModel.load(name, run.seed());
        closing.push(loaded::close);
        if (!loaded.tokenizer().hash().equals(model.tokenizer().hash())) {
            throw ChiaroException.usage("guide: expected a model with the tokenizer of " + run.base() + ", but " + name
                    + " has another one, and the store holds tokens. Take a guide of the same family.");
        }
        return loaded;
    }

    private static ExampleShape shapeOfData(RunFile run) {
        ExampleShape shape = null;
        for (RunFile.Source source : run.data()) {
            try (ExampleReader reader = ExampleReader.open(Path.of(source.path()), roles(source), BadRows.STOP)) {
                if (shape != null && !shape.equals(reader.shape())) {
                    throw ChiaroException.data(source.path() + ": expected " + shape
                            + " as in the first source, but found " + reader.shape() + ". Give sources of one shape.");
                }
                shape = reader.shape();
            }
        }
        if (shape == null) {
            throw ChiaroException.usage("data: expected at least one source. Give --data FILE.");
        }
        return shape;
    }

    private static Roles roles(RunFile.Source source) {
        Path path = Path.of(source.path());
        if (!Files.isRegularFile(path)) {
            throw ChiaroException.data(path + ": expected a file of records, but found "
                    + (Files.exists(path) ? "a folder" : "nothing") + ". Check the path.");
        }
        if (source.roles().isEmpty()) {
            try (RecordReader reader = RecordReader.open(path)) {
                return Roles.defaults(path, reader.columns());
            }
        }
        Map<Role, List<String>> columns = new EnumMap<>(Role.class);
        List<String> keys =
                java.util.Arrays.stream(Role.values()).map(Role::key).toList();
        source.roles().forEach((key, names) -> {
            int index = keys.indexOf(key);
            if (index < 0) {
                throw ChiaroException.usage("roles: unknown role \"" + key + "\". " + Names.hint(key, keys));
            }
            columns.put(Role.values()[index], List.of(names.split("\\|")));
        });
        return Roles.of(columns);
    }

    private List<TokenStore> openStores(int maxTokens) {
        List<TokenStore> opened = new ArrayList<>();
        String prompt = model.specification().prompts().text();
        PromptedTokenizer encoder = new PromptedTokenizer(model.tokenizer(), prompt, maxTokens);
        TokenStoreOptions storing =
                TokenStoreOptions.defaults().withBadRows(options.skipBad() ? BadRows.SKIP : BadRows.STOP);
        for (int i = 0; i < run.data().size(); i++) {
            RunFile.Source source = run.data().get(i);
            TokenStore store = TokenStore.openOrBuild(
                    folder.resolve("store-" + i), Path.of(source.path()), roles(source), encoder, storing);
            closing.push(store::close);
            opened.add(store);
        }
        return List.copyOf(opened);
    }

    private List<EpochPlan.Source> sources() {
        List<EpochPlan.Source> sources = new ArrayList<>();
        boolean weighted = run.data().stream().anyMatch(source -> source.weight() != 1.0);
        for (int i = 0; i < stores.size(); i++) {
            double weight = weighted ? run.data().get(i).weight() : 0;
            sources.add(new EpochPlan.Source(stores.get(i), weight));
        }
        return sources;
    }

    private MemoryPlan memoryPlan(Optional<Objective> objective, BertConfig config) {
        long longest = stores.stream().mapToLong(TokenStore::longest).max().orElse(1);
        int columns = stores.get(0).columns()
                + (objective.map(made -> made.needs().sameText()).orElse(false) ? 1 : 0);
        long inputs = (long) run.batch() * columns;
        long batchTokens = batches.largest().tokens();
        long chunk = Math.min(Math.max(run.chunkTokens(), longest), batchTokens);
        long predicted =
                recipe.equals(TextRecipes.MASKED) ? chunk * 15 / 100 : recipe.equals(TextRecipes.DENOISING) ? chunk : 0;
        return TextMemory.plan(
                config,
                model.parameters().count(),
                recipe.equals(TextRecipes.DENOISING) ? 2 * chunk : chunk,
                inputs,
                model.tower().dimension(),
                stores.stream().mapToLong(TokenStore::mappedBytes).sum(),
                predicted);
    }

    private Provenance provenance() {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        for (int i = 0; i < stores.size(); i++) {
            fingerprints.put(run.data().get(i).path(), stores.get(i).fingerprint());
        }
        return new Provenance(
                Provenance.VERSION,
                library(),
                Provenance.Machine.here(
                        NativeRuntime.blas().name().toLowerCase(Locale.ROOT) + ", LibTorch " + NativeRuntime.version(),
                        NativeRuntime.threads()),
                run.seed(),
                recipe,
                run.base().startsWith("fresh:") ? "fresh" : model.hash(),
                fingerprints,
                Json.parse("run", Json.text(run)),
                options.started());
    }

    private static String library() {
        String version = TextTraining.class.getPackage().getImplementationVersion();
        return "chiaro " + (version == null ? "development" : version);
    }

    /** What the run will need in memory. */
    public MemoryPlan memory() {
        return memory;
    }

    /** Steps of the whole run. */
    public long steps() {
        return settings.steps();
    }

    /** The recipe's name and how it fills the slots. */
    public Map<String, String> slots() {
        Map<String, String> changed = new LinkedHashMap<>(run.set());
        if (!TextRecipes.isAuxiliary(recipe)) {
            TEXT_SETTINGS.forEach(changed::remove);
        }
        return TextRecipes.slots(recipe, changed);
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add("base " + run.base() + ", "
                + String.format(Locale.ROOT, "%,d", model.parameters().count()) + " parameters, " + run.optimizer());
        for (TokenStore store : stores) {
            lines.add(store.source() + ": " + String.format(Locale.ROOT, "%,d", store.rows()) + " " + store.shape()
                    + ", "
                    + String.format(Locale.ROOT, "%,d", store.totalTokens()) + " tokens, longest " + store.longest()
                    + ", " + store.truncated() + " texts cut, " + store.skipped());
        }
        EpochPlan plan = batches.firstEpoch();
        lines.add(batches.batchesPerEpoch() + " batches of " + run.batch() + " an epoch, " + steps() + " steps, "
                + plan.dropped().total() + " rows left out an epoch");
        lines.add("recipe " + slots());
        lines.add("memory " + memory);
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public TextModel model() {
        return model;
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        trainer.requestStop();
    }

    /**
     * Trains to the end, then saves the model and its export, and checks the export.
     *
     * @param results figures for the model card
     */
    public Outcome run(Function<TextModel, List<ModelCard.Result>> results) {
        memory.check(availableMemory());
        Map<String, Double> plan = new LinkedHashMap<>();
        plan.put("parameters", (double) model.parameters().count());
        plan.put("batch", (double) run.batch());
        plan.put("chunk-tokens", (double) run.chunkTokens());
        plan.put("peak-bytes", (double) memory.total());
        TrainingEvent.Ending ending;
        try {
            ending = trainer.run(folder.toString(), plan);
        } finally {
            report.write(folder.resolve("report.html"), provenance);
        }
        if (ending == TrainingEvent.Ending.INTERRUPTED) {
            return new Outcome(ending, Optional.empty());
        }
        return new Outcome(ending, Optional.of(save(results.apply(model))));
    }

    /** Trains to the end without figures for the model card. */
    public Outcome run() {
        return run(trained -> List.of());
    }

    /**
     * How a run ended.
     *
     * @param ending why
     * @param parity how well the exported model agrees with the trained one; absent if the run was interrupted
     */
    public record Outcome(TrainingEvent.Ending ending, Optional<OnnxParity> parity) {}

    private OnnxParity save(List<ModelCard.Result> results) {
        Path directory = folder.resolve("model");
        createFolder(directory.resolve("onnx"));
        ModelCard card = new ModelCard(
                Optional.of(run.base()),
                run.data().stream().map(RunFile.Source::path).toList(),
                Optional.of(slots().toString()),
                results,
                Optional.empty(),
                Optional.empty(),
                library());
        model.save(directory, card);
        return model.export(directory);
    }

    /** The run's provenance. */
    public Provenance record() {
        return provenance;
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return report;
    }

    private static long availableMemory() {
        java.lang.management.OperatingSystemMXBean system =
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean memory
                ? memory.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    folder + ": the folder cannot be created (" + e.getMessage() + "). Choose another --out.",
                    e);
        }
    }

    private static RunFile absolute(RunFile run) {
        List<Map<String, Object>> sources = run.data().stream()
                .map(source -> Map.<String, Object>of(
                        "path",
                        Path.of(source.path()).toAbsolutePath().toString(),
                        "roles",
                        source.roles(),
                        "weight",
                        source.weight()))
                .toList();
        String out = Path.of(run.out().orElseThrow()).toAbsolutePath().toString();
        Map<String, String> set = new LinkedHashMap<>(run.set());
        set.computeIfPresent("guide", (key, guide) -> absoluteModel(guide));
        return run.with("run", Map.of("data", sources, "out", out, "base", absoluteModel(run.base()), "set", set));
    }

    /** A directory by its whole path, so that a run resumes from any folder; the name of a model as it is. */
    private static String absoluteModel(String model) {
        String fresh = model.startsWith(TextModel.FRESH) ? TextModel.FRESH : "";
        String place = model.substring(fresh.length());
        boolean named = fresh.isEmpty() && EmbeddedModels.lookup(place).isPresent();
        return !named && !place.isEmpty() && Files.isDirectory(Path.of(place))
                ? fresh + Path.of(place).toAbsolutePath().normalize()
                : model;
    }

    private static int wholeNumber(Map<String, String> settings, String key, int standard, int least, int most) {
        double value = number(settings, key, standard, least, most);
        if (value != Math.rint(value)) {
            throw ChiaroException.usage("set " + key + ": expected a whole number from " + least + " to " + most
                    + ", but found \"" + settings.get(key) + "\".");
        }
        return (int) value;
    }

    private static double number(Map<String, String> settings, String key, double standard, double least, double most) {
        String written = settings.get(key);
        if (written == null) {
            return standard;
        }
        try {
            double value = Double.parseDouble(written);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ChiaroException.usage("set " + key + ": expected a number from " + least + " to " + most
                + ", but found \"" + written + "\".");
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
