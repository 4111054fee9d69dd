package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.data.ExampleShape;
import io.chiaro.nn.PackedSequences;
import io.chiaro.train.Learning;
import io.chiaro.train.StepSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@link CrossEncoder} that learns to sort pairs into classes: {@code --set loss=}{@value #LOSS}.
 *
 * @param run what was told
 * @param told its settings
 */
record ClassifierRecipe(RunFile run, PairSettings told) implements ScorerRecipe {

    /** The loss of such a run, by which it is told from one that learns scores. */
    static final String LOSS = "cross-entropy";

    /** More are labels that name no class. */
    private static final int MOST_CLASSES = 10_000;

    /** Whether a run sorts pairs into classes. */
    static boolean isFor(RunFile run) {
        return LOSS.equals(run.set().get(CrossEncoderSettings.LOSS));
    }

    /** The recipe of a run on data of some shape. */
    static ClassifierRecipe of(RunFile run, ExampleShape shape) {
        CrossEncoderRecipe.refuseWeights(run);
        if (shape.kind() != ExampleShape.Kind.LABELLED_PAIRS) {
            throw ChiaroException.usage("set loss: " + LOSS + " sorts pairs by their label, but the data are " + shape
                    + ". Name the column with --roles anchor=...,positive=...,label=..., or take another loss.");
        }
        return new ClassifierRecipe(run, PairSettings.of(run.set(), List.of(CrossEncoderSettings.LOSS)));
    }

    @Override
    public String learns() {
        return ScorerTraining.CROSS_ENCODER + " " + LOSS;
    }

    @Override
    public StepSettings step() {
        return told.step();
    }

    @Override
    public EncoderTuning tuning() {
        return told.tuning();
    }

    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", ScorerTraining.CROSS_ENCODER);
        slots.put(CrossEncoderSettings.LOSS, LOSS);
        return slots;
    }

    @Override
    public Loaded load(String base, long seed) {
        List<String> classes = classes();
        CrossEncoder model = told.load(base, seed, classes);
        List<String> ofModel = model.specification().classes();
        if (!ofModel.containsAll(classes)) {
            model.close();
            throw ChiaroException.usage("base " + base + ": expected a cross-encoder with the classes of the data, "
                    + classes + ", but it has " + (ofModel.isEmpty() ? "a score" : ofModel)
                    + ". Take an encoder of texts, which gets a head of its own.");
        }
        return new Loaded(model, data -> new Pairs(this, model, batches(model, data)));
    }

    /** The labels of the data: by their value if all are numbers, else by name. */
    private List<String> classes() {
        // A bad record is told when it is read to be learned.
        List<String> classes = TrainingData.classes(run, BadRows.SKIP);
        if (classes.size() < 2 || classes.size() > MOST_CLASSES) {
            throw ChiaroException.data("data: expected labels of two classes to " + MOST_CLASSES + ", but found "
                    + classes.size() + ". Check the column of the role label.");
        }
        try {
            return classes.stream()
                    .sorted(Comparator.comparingDouble(Double::parseDouble))
                    .toList();
        } catch (NumberFormatException e) {
            return classes;
        }
    }

    private ListBatches batches(CrossEncoder model, TrainingData data) {
        return ListBatches.ofClasses(
                data.weighted(),
                model.tokenizer(),
                new ListBatches.Options(
                        run.batch(), 1, run.chunkTokens(), model.specification().maxTokens(), run.seed()),
                model.specification().classes());
    }

    private record Pairs(ClassifierRecipe recipe, CrossEncoder model, ListBatches batches) implements Lesson {

        @Override
        public int batchesPerEpoch() {
            return batches.batchesPerEpoch();
        }

        @Override
        public long chunkTokens() {
            return batches.chunkTokens();
        }

        @Override
        public long inputs() {
            return batches.largest().rows();
        }

        @Override
        public List<String> describe(long steps) {
            List<String> lines = new ArrayList<>();
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d pairs of up to %d tokens, %d batches of %d an epoch, %d steps",
                    batches.lists().size(),
                    model.specification().maxTokens(),
                    batches.batchesPerEpoch(),
                    recipe.run.batch(),
                    steps));
            lines.add("classes " + model.specification().classes());
            return lines;
        }

        @Override
        public Learning<PackedSequences> learning(long steps) {
            return new ClassLearning(model, recipe.told.dropout(model));
        }
    }
}
