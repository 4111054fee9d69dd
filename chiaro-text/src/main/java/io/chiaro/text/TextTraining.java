package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.Provenance;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.EpochOptions;
import io.chiaro.data.EpochPlan;
import io.chiaro.data.ExampleShape;
import io.chiaro.model.BertConfig;
import io.chiaro.model.ModelCard;
import io.chiaro.model.SparseCode;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Objective;
import io.chiaro.objective.Towers;
import io.chiaro.objective.Views;
import io.chiaro.onnx.OnnxParity;
import io.chiaro.tensor.Optimizer;
import io.chiaro.train.AuxiliaryTerm;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Guide;
import io.chiaro.train.Learning;
import io.chiaro.train.Memories;
import io.chiaro.train.MemoryPlan;
import io.chiaro.train.PredictorFiles;
import io.chiaro.train.RunOptimizer;
import io.chiaro.train.RunReport;
import io.chiaro.train.TowerSettings;
import io.chiaro.train.Trainer;
import io.chiaro.train.TrainerSettings;
import io.chiaro.train.TrainingEvent;
import io.chiaro.train.TrainingListener;
import io.chiaro.train.Twin;
import io.chiaro.train.Validation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run that trains a text model: from a {@link RunFile} to a model directory. The folder of the run holds {@code
 * run.json} (what it was told), {@code provenance.json} (what it can be repeated from), {@code events.jsonl}, {@code
 * report.html}, {@code checkpoints/}, {@code store-N/} and in the end {@code model/}, with {@link PredictorFiles} where a
 * predictor is linear.
 *
 * <p>One thread; {@link #requestStop} may come from any. Closing it releases the model.
 */
public final class TextTraining implements AutoCloseable {

    /**
     * What a run takes from the program around it.
     *
     * @param validation judges the model; made once the model is loaded
     * @param listeners told what happens, besides the run's own files
     * @param started the time of the start, ISO-8601, for the provenance
     * @param skipBad whether bad records are counted and left out, instead of ending the run
     * @param anyMachine whether a resumed run may go on with another BLAS or thread count
     * @param notes told, line by line, of work that takes long before the first step
     */
    public record Options(
            Function<TextModel, Validation> validation,
            List<TrainingListener> listeners,
            String started,
            boolean skipBad,
            boolean anyMachine,
            Consumer<String> notes) {

        public Options {
            listeners = List.copyOf(listeners);
        }

        /** No judging, nobody told, the present time. */
        public static Options defaults() {
            return new Options(
                    model -> Validation.none(), List.of(), Instant.now().toString(), false, false, line -> {});
        }

        /** The same with a judge. */
        public Options withValidation(Function<TextModel, Validation> judge) {
            return new Options(judge, listeners, started, skipBad, anyMachine, notes);
        }

        /** The same with these told. */
        public Options withListeners(List<TrainingListener> told) {
            return new Options(validation, told, started, skipBad, anyMachine, notes);
        }

        /** The same, with bad records left out and counted, or not. */
        public Options withSkipBad(boolean skip) {
            return new Options(validation, listeners, started, skip, anyMachine, notes);
        }

        /** The same, with another machine accepted at resume, or not. */
        public Options withAnyMachine(boolean any) {
            return new Options(validation, listeners, started, skipBad, any, notes);
        }

        /** The same, with somebody told of long work before the first step. */
        public Options withNotes(Consumer<String> told) {
            return new Options(validation, listeners, started, skipBad, anyMachine, told);
        }
    }

    /** Of the data, from which the tokens that replace others are drawn. */
    private static final long MOST_COUNTED_TOKENS = 1L << 22;

    /** Records whose cosines are compared with those that a teacher asks for. */
    private static final int COMPARED_RECORDS = 32;

    private final List<String> remarks = new ArrayList<>();
    private final TextRun.Opened opened;
    private final RunFile run;
    private final Options options;
    private final String recipe;
    private final OptimisationSettings learned;
    private final AuxiliarySettings term;
    private final Optional<Objective> objective;
    private final TextModel model;
    private final TrainingData data;
    private final PromptedTokenizer.Before before;
    private final Optional<NegativeTurns> turns;
    private final TextBatches batches;
    private final Optional<ContrastiveLearning<PackedSequences>> contrast;
    private final Optimizer optimizer;
    private final @Nullable TextModel guide;
    private final TextRun ready;

    /** Prepares a new run. The folder may exist, but not with a run in it. */
    public static TextTraining start(RunFile run, Options options) {
        return TextRun.start(run, opened -> new TextTraining(opened, options));
    }

    /** Prepares to go on with the run of a folder, from its newest whole checkpoint. */
    public static TextTraining resume(Path folder, Options options) {
        return TextRun.resume(folder, opened -> new TextTraining(opened, options));
    }

    private TextTraining(TextRun.Opened opened, Options options) {
        this.opened = opened;
        this.run = opened.run();
        this.options = options;
        ExampleShape whole = TrainingData.shapeWithDomains(run);
        Optional<RemineSettings> remining = RemineSettings.parse(run.set());
        ExampleShape shape = remining.map(each -> each.seen(whole)).orElse(whole);
        this.recipe = TextRecipes.canonical(run.recipe().orElseGet(() -> TextRecipes.defaultFor(shape)));
        TextSettings told = TextSettings.of(run, recipe);
        this.learned = told.optimisation();
        this.term = told.auxiliary();
        this.objective = objective(told, shape);
        Optional<Needs> needs = objective.map(Objective::needs);
        told.refuseWithoutEffect(recipe, objective, shape.kind());
        needs.ifPresent(found -> learned.tuning().refuseBesideTwin(recipe, found.towers()));
        DoubleUnaryOperator score = told.score();

        List<String> classes = needs.filter(
                        found -> found.labels() && !found.memories().isEmpty())
                .map(found -> TrainingData.classes(run, options.skipBad() ? BadRows.SKIP : BadRows.STOP))
                .orElse(List.of());
        boolean perRecord = remining.isPresent()
                || needs.map(found -> !Collections.disjoint(found.memories(), Views.PER_RECORD))
                        .orElse(false);
        int records = perRecord ? TrainingData.records(run, options.skipBad() ? BadRows.SKIP : BadRows.STOP) : 0;
        Memories.Sizes sizes = told.memories(run.batch(), classes, records);
        Experts experts = Experts.of(run, options.skipBad() ? BadRows.SKIP : BadRows.STOP);
        experts.refuseBeside(run, recipe, needs, learned.tuning(), term);
        this.model =
                TextModel.load(run.base(), run.seed(), additions(objective, told, sizes, records, experts.domains()));
        opened.closing().push(model::close);
        experts.requireIn(model.specification());
        learned.tuning().requireSomethingLearned(recipe, model.parameters());
        this.turns = remining.map(each -> new NegativeTurns(model.parameters(), each, whole.negatives(), records));
        turns.ifPresent(NegativeTurns::start);
        learned.tuning().start(model.tower().encoder(), run.seed());
        Optional<TowerSettings> towers = needs.map(
                found -> told.towers(found, (1 + found.layers()) * model.tower().dimension()));
        towers.ifPresent(found -> found.refuseOneView(told.twice(needs) ? 2 : shape.texts()));
        BertConfig config = model.specification().config();
        double dropout = told.dropout(config.hiddenDropout());
        int maxTokens = told.maxTokens(
                model.specification().maxTokens(), 1 + model.tokenizer().specialTokens(), config.maxPositions());
        this.before = told.before(model.specification().prompts(), needs);
        opened.folder().make();
        this.data = TrainingData.open(
                run,
                opened.folder().path(),
                new PromptedTokenizer(model.tokenizer(), before, maxTokens),
                options.skipBad() ? BadRows.SKIP : BadRows.STOP,
                options.notes());
        opened.closing().push(data::close);
        if (needs.map(Needs::cosineScores).orElse(false)) {
            data.requireCosines(recipe, score);
        }
        double teacherScale = needs.map(Needs::teacherScale).orElse(0.0);
        if (teacherScale > 0) {
            remarks.add(TeacherScale.line(
                    data.teacherCosines(recipe, teacherScale, score), model, data.records(COMPARED_RECORDS)));
        }
        BatchGroups groups = BatchGroups.of(told.text(), run.batch(), shape);
        this.batches = new TextBatches(
                grouped(groups),
                new TextBatches.Form(
                        EpochOptions.defaults(run.batch())
                                .withDistinctTexts(
                                        needs.map(Needs::inBatchNegatives).orElse(false))
                                .withGrouping(groups.grouping()),
                        run.chunkTokens(),
                        told.twice(needs) ? told.views(model.tokenizer(), maxTokens) : null,
                        towers.map(TowerSettings::towers).map(Towers::averaged).orElse(false),
                        score,
                        classes,
                        turns.orElse(null),
                        experts.domains().isEmpty() ? List.of() : config.domains(),
                        needs.map(Needs::scores).orElse(false)),
                run.seed());
        this.guide = told.guide().map(this::guideModel).orElse(null);
        long steps = opened.steps(batches.batchesPerEpoch());
        needs.ifPresent(
                found -> Memories.requirePasses(recipe, found, steps * run.batch() * run.accumulate(), records));
        Optional<Twin<PackedSequences>> twin = towers.flatMap(found -> twin(found, steps));
        Memories.@Nullable Course course = told.temperature()
                .map(schedule -> new Memories.Course(schedule, steps))
                .orElse(null);
        this.contrast = objective
                .map(made -> contrastive(made, course, sizes, towers.orElseThrow(), twin, dropout)
                        .withAuxiliary(terms(told, dropout)))
                .map(learning -> turns.map(learning::withObserver).orElse(learning));
        Learning<PackedSequences> learning =
                contrast.<Learning<PackedSequences>>map(each -> each).orElseGet(() -> auxiliary(told, dropout));
        this.optimizer = learned.step().averaged(RunOptimizer.of(run, model.parameters()), model.parameters());
        opened.closing().push(optimizer::close);
        TrainerSettings settings = TrainerSettings.of(run, steps, learned.step());
        MemoryPlan memory = memoryPlan(config, twin.map(Twin::count).orElse(0L));
        Provenance provenance = provenance();
        Trainer<PackedSequences> trainer = opened.folder()
                .trainer(
                        batches,
                        learning,
                        optimizer,
                        settings,
                        options.validation().apply(model),
                        options.listeners(),
                        options.anyMachine());
        this.ready = new TextRun(opened, trainer, settings, memory, provenance);
    }

    private Optional<Objective> objective(TextSettings told, ExampleShape shape) {
        if (TextRecipes.isAuxiliary(recipe)) {
            if (!told.slots().isEmpty()) {
                String key = told.slots().keySet().iterator().next();
                throw ChiaroException.usage("set: recipe " + recipe + " has no slot \"" + key + "\". "
                        + Names.hint(key, TextSettings.NAMES));
            }
            if (shape.texts() != 1) {
                throw ChiaroException.usage("recipe " + recipe + ": learns from single texts, but the data are " + shape
                        + ". Name the one column with --roles anchor=COLUMN.");
            }
            if (!learned.several().others().isEmpty()) {
                throw ChiaroException.usage("recipe " + recipe + ": is no objective on embeddings, so set also has no "
                        + "effect. Train with it first, and take its model as --base.");
            }
            if (shape.labelled()) {
                throw ChiaroException.usage(
                        "recipe " + recipe + ": would ignore the role label, and nothing is ignored "
                                + "silently. Leave it out with --roles anchor=COLUMN.");
            }
            return Optional.empty();
        }
        Objective made = learned.objective(recipe, told.slots());
        TextRecipes.check(recipe, made.needs(), shape, told.guide(), told.twice(Optional.of(made.needs())));
        return Optional.of(made);
    }

    private ContrastiveLearning<PackedSequences> contrastive(
            Objective objective,
            Memories.@Nullable Course course,
            Memories.Sizes sizes,
            TowerSettings towers,
            Optional<Twin<PackedSequences>> twin,
            double dropout) {
        Memories memories = new Memories(model.parameters(), objective, sizes, towers.width(), course);
        memories.start(run.seed());
        int earlier = objective.needs().layers();
        return new ContrastiveLearning<>(
                        earlier == 0 ? model.tower() : new LayeredTower(model.tower(), earlier),
                        objective,
                        dropout,
                        guide == null ? null : Guide.encoding(guide.tower()),
                        memories)
                .withTowers(towers, twin, run.seed());
    }

    /** A second model that follows the first, if the towers ask for it. */
    private Optional<Twin<PackedSequences>> twin(TowerSettings towers, long steps) {
        if (!towers.towers().averaged()) {
            return Optional.empty();
        }
        TextModel follower = TextModel.load(
                run.base(), run.seed(), new TextModel.Additions(learned.tuning().softPrompt(), (builder, made) -> {
                    learned.tuning().declare(builder, made.config());
                    towers.declareTwin(builder);
                }));
        opened.closing().push(follower::close);
        return Optional.of(new Twin<>(follower.tower(), model.parameters(), towers, steps));
    }

    /** What is learned beside the contrast with parameters of its own. */
    private List<AuxiliaryTerm<PackedSequences>> terms(TextSettings told, double dropout) {
        if (term.writes()) {
            return List.of(new Captioning(model.tower().encoder(), term.weight(), dropout));
        }
        if (!term.detects()) {
            return List.of();
        }
        ReplacementTokens replacements = ReplacementTokens.of(
                term.generator(),
                ReplacementTokens.sample(data, MOST_COUNTED_TOKENS),
                model.specification().config().vocabularySize(),
                model.tokenizer()::frames);
        ReplacedTokenDetection detection = new ReplacedTokenDetection(
                model.tower().encoder(),
                model.tokenizer(),
                replacements,
                new ReplacedTokenDetection.Settings(
                        term.weight(),
                        told.share(0.3),
                        term.layers(model.specification().config().layers()),
                        dropout));
        detection.start();
        return List.of(detection);
    }

    private Learning<PackedSequences> auxiliary(TextSettings told, double dropout) {
        if (recipe.equals(TextRecipes.MASKED)) {
            return new MaskedLanguageModel(model.tower().encoder(), model.tokenizer(), told.share(0.15), dropout);
        }
        return new DenoisingAutoEncoder(model.tower(), model.tokenizer(), told.share(0.6), dropout);
    }

    /** What the recipe and the way of learning need beside the encoder. */
    private TextModel.Additions additions(
            Optional<Objective> objective, TextSettings told, Memories.Sizes sizes, int records, List<String> domains) {
        return new TextModel.Additions(learned.tuning().softPrompt(), domains, (builder, made) -> {
            learned.tuning().declare(builder, made.config());
            int dimension = made.poolings().size() * made.config().hiddenSize();
            if (objective.isPresent()) {
                Needs needs = objective.get().needs();
                LayeredTower.refuseTooMany(needs.layers(), made.config());
                TowerSettings towers = told.towers(needs, (1 + needs.layers()) * dimension);
                towers.declare(builder);
                told.remining().ifPresent(each -> NegativeTurns.declare(builder, records));
                Memories.declare(builder, objective.get(), sizes, towers.width());
                term.declare(builder, made.config(), dimension);
            } else if (recipe.equals(TextRecipes.MASKED)) {
                MaskedLanguageModel.declare(builder, made.config());
            } else {
                DenoisingAutoEncoder.declare(builder, made.config(), dimension);
            }
        });
    }

    private TextModel guideModel(String name) {
        TextModel loaded = TextModel.load(name, run.seed());
        opened.closing().push(loaded::close);
        requireSameTokenizer(loaded, name, "guide");
        Experts.refuseIn(loaded, name);
        return loaded;
    }

    /** The data with groups by a teacher's vectors, which is let go at once. */
    private List<EpochPlan.Source> grouped(BatchGroups groups) {
        String name = groups.teacher().orElse(null);
        if (name == null) {
            return data.weighted();
        }
        options.notes().accept("batches: " + name + " embeds the data");
        try (TextModel teacher = TextModel.load(name, run.seed())) {
            requireSameTokenizer(teacher, name, BatchGroups.TEACHER);
            Experts.refuseIn(teacher, name);
            return groups.grouped(data.weighted(), teacher, run.seed(), remarks::add);
        }
    }

    private void requireSameTokenizer(TextModel loaded, String name, String part) {
        if (!loaded.tokenizer().hash().equals(model.tokenizer().hash())) {
            throw ChiaroException.usage(part + ": expected a model with the tokenizer of " + run.base() + ", but "
                    + name + " has another one, and the store holds tokens. Take a " + part + " of the same family.");
        }
    }

    private MemoryPlan memoryPlan(BertConfig config, long followed) {
        long longest = data.longest();
        long inputs = (long) run.batch() * batches.columns();
        long batchTokens = batches.largest().tokens();
        long chunk = Math.min(Math.max(run.chunkTokens(), longest), batchTokens);
        long predicted = recipe.equals(TextRecipes.MASKED)
                ? chunk * 15 / 100
                : recipe.equals(TextRecipes.DENOISING) || term.writes() ? chunk : 0;
        return TextMemory.plan(
                config,
                TextMemory.Weights.of(
                        model.parameters(), optimizer, learned.step().sharpnessRadius() > 0),
                followed,
                recipe.equals(TextRecipes.DENOISING) || term.isPresent() ? 2 * chunk : chunk,
                inputs,
                (1 + objective.map(made -> made.needs().layers()).orElse(0))
                        * model.tower().dimension(),
                data,
                predicted);
    }

    private Provenance provenance() {
        String hash = run.base().startsWith(TextModel.FRESH) ? RunRecord.FRESH : model.hash();
        return RunRecord.provenance(run, recipe, hash, data, options.started());
    }

    /** What the run will need in memory. */
    public MemoryPlan memory() {
        return ready.memory();
    }

    /** Steps of the whole run. */
    public long steps() {
        return ready.steps();
    }

    /** The recipe's name and how it fills the slots. */
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", recipe);
        slots.putAll(objective.map(Objective::slots).orElseGet(run::set));
        TextRecipes.usual(recipe)
                .forEach((setting, value) -> slots.put(setting, run.set().getOrDefault(setting, value)));
        slots.putAll(term.told());
        return slots;
    }

    /** Lines that say what will be trained on what, for people to read before the first step. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        BertEncoder encoder = model.tower().encoder();
        lines.add("base " + run.base() + ", " + learned.tuning().describe(encoder) + ", " + run.optimizer());
        lines.addAll(data.describe());
        if (!before.anchor().isEmpty() || !before.other().isEmpty()) {
            lines.add(
                    "prompts \"" + before.anchor() + "\" before anchors, \"" + before.other() + "\" before the others");
        }
        List<String> domains = model.specification().config().domains();
        if (!domains.isEmpty()) {
            lines.add("experts: one for each of the domains " + String.join(", ", domains));
        }
        EpochPlan plan = batches.firstEpoch();
        lines.add(batches.batchesPerEpoch() + " batches of " + run.batch() + " an epoch, " + steps() + " steps, "
                + plan.dropped().total() + " rows left out an epoch");
        lines.add("recipe " + slots());
        lines.addAll(remarks);
        RemineSettings.parse(run.set()).ifPresent(remining -> lines.add(remining.describe(TrainingData.shape(run))));
        lines.addAll(gradientLines());
        lines.addAll(ready.describe());
        return lines;
    }

    /** How many negatives an anchor has, and what the gradient of a step is, where it is more than that of one batch. */
    private List<String> gradientLines() {
        List<String> lines = new ArrayList<>();
        boolean inBatch = objective.map(made -> made.needs().inBatchNegatives()).orElse(false);
        if (inBatch) {
            lines.add("negatives: an anchor is contrasted with the " + (run.batch() - 1)
                    + " other records of its batch; only a larger --batch gives it more");
        }
        if (run.accumulate() > 1) {
            lines.add("gradient: the mean over " + run.accumulate() + " batches"
                    + (inBatch
                            ? ", each contrasted only with itself: this adds no negatives. --batch "
                                    + (long) run.batch() * run.accumulate()
                                    + " would, and --chunk-tokens bounds its memory"
                            : ""));
        }
        if (learned.step().sharpnessRadius() > 0) {
            lines.add("gradient: taken where the loss is largest within "
                    + learned.step().sharpnessRadius() + " of the weights, which costs every batch twice");
        }
        learned.step()
                .average()
                .ifPresent(decay -> lines.add(
                        "weights: an average with decay " + decay + " is judged and kept in place of the last ones"));
        return lines;
    }

    /** The model, with the parameters as they are now. */
    public TextModel model() {
        return model;
    }

    /** Asks the run to stop after the step that it is in. */
    public void requestStop() {
        ready.trainer().requestStop();
    }

    /**
     * Trains to the end, then saves the model and its export, and checks the export.
     *
     * @param results figures for the model card
     */
    public Outcome run(Function<TextModel, List<ModelCard.Result>> results) {
        TrainingEvent.Ending ending =
                ready.train(TextRun.figures(model.parameters().count(), "batch", run.batch()));
        turns.ifPresent(each -> options.notes()
                .accept(String.format(
                        Locale.ROOT,
                        "negatives: easy ones gave way to the next of their row %,d times",
                        each.replaced())));
        if (ending == TrainingEvent.Ending.INTERRUPTED) {
            return new Outcome(ending, Optional.empty());
        }
        learned.tuning().merge(model.tower().encoder());
        contrast.ifPresent(this::savePredictor);
        return new Outcome(ending, Optional.of(save(results.apply(model))));
    }

    private void savePredictor(ContrastiveLearning<PackedSequences> learning) {
        learning.predictorMatrix().ifPresent(matrix -> {
            List<int[]> anchors = data.anchors(PredictorFiles.MOST_INPUTS);
            PredictorFiles.write(opened.folder().path(), matrix, learning.projected(model.encodeTokens(anchors)));
        });
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
        Path directory = ready.modelFolder();
        ModelCard card = ready.card(slots(), results);
        if (recipe.equals(TextRecipes.MASKED)) {
            model.saveWithHead(directory, card);
        } else {
            model.save(directory, card);
        }
        sparseCode().ifPresent(code -> code.write(directory));
        return model.export(directory);
    }

    /** The code that the run has learned beside the model, if its recipe learns one. */
    private Optional<SparseCode> sparseCode() {
        Map<String, String> slots = objective.map(Objective::slots).orElseGet(Map::of);
        boolean learns = objective
                .map(made -> made.needs().memories().contains("encoder"))
                .orElse(false);
        // A head between encoder and objective is not part of the model, and a code of what it makes is of no use.
        if (!learns || run.set().containsKey("head")) {
            return Optional.empty();
        }
        int active = slots.entrySet().stream()
                .filter(slot -> ("." + slot.getKey()).endsWith(".active"))
                .mapToInt(slot -> Integer.parseInt(slot.getValue()))
                .findFirst()
                .orElseThrow();
        boolean unit = slots.entrySet().stream()
                .anyMatch(slot -> ("." + slot.getKey()).endsWith(".unit-rows")
                        && slot.getValue().equals("true"));
        if (!unit) {
            return Optional.empty();
        }
        return Optional.of(new SparseCode(
                Memories.learned(model.parameters(), "encoder"),
                Memories.learned(model.parameters(), "latent-bias"),
                Memories.learned(model.parameters(), "reading-bias"),
                active));
    }

    /** The run's provenance. */
    public Provenance record() {
        return ready.provenance();
    }

    /** The report of the run so far, to be enlarged by the program around it. */
    public RunReport report() {
        return opened.folder().report();
    }

    @Override
    public void close() {
        opened.close();
    }
}
