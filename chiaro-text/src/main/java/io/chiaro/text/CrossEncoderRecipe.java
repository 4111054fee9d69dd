package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RunFile;
import io.chiaro.data.ExampleShape;
import io.chiaro.nn.PackedSequences;
import io.chiaro.train.Learning;
import io.chiaro.train.StepSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@link CrossEncoder} that learns from lists of graded candidates.
 *
 * @param run what was told
 * @param told its settings
 */
record CrossEncoderRecipe(RunFile run, CrossEncoderSettings told) implements ScorerRecipe {

    /** The recipe of a run on data of some shape. */
    static CrossEncoderRecipe of(RunFile run, ExampleShape shape) {
        refuseWeights(run);
        return new CrossEncoderRecipe(run, CrossEncoderSettings.of(run, shape));
    }

    static void refuseWeights(RunFile run) {
        if (run.data().stream().anyMatch(source -> source.weight() != 1)) {
            throw ChiaroException.usage(
                    "data: a cross-encoder takes every list once an epoch, so a weight of a source would have"
                            + " no effect, and nothing is ignored silently. Leave it out.");
        }
    }

    @Override
    public String learns() {
        return ScorerTraining.CROSS_ENCODER + " " + told.loss().name();
    }

    @Override
    public StepSettings step() {
        return told.pairs().step();
    }

    @Override
    public EncoderTuning tuning() {
        return told.pairs().tuning();
    }

    @Override
    public Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("recipe", ScorerTraining.CROSS_ENCODER);
        slots.putAll(told.slots());
        return slots;
    }

    @Override
    public Loaded load(String base, long seed) {
        CrossEncoder model = told.pairs().load(base, seed, List.of());
        try {
            model.specification().requireScore();
        } catch (ChiaroException e) {
            model.close();
            throw e;
        }
        return new Loaded(model, data -> new Lists(this, model, batches(model, data)));
    }

    private ListBatches batches(CrossEncoder model, TrainingData data) {
        return ListBatches.of(
                data.weighted(),
                model.tokenizer(),
                new ListBatches.Options(
                        run.batch(),
                        told.list(),
                        run.chunkTokens(),
                        model.specification().maxTokens(),
                        run.seed()),
                told.loss());
    }

    private record Lists(CrossEncoderRecipe recipe, CrossEncoder model, ListBatches batches) implements Lesson {

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
                    "%,d lists of up to %d candidates, pairs of up to %d tokens, %d batches of %d an epoch, %d steps",
                    batches.lists().size(),
                    batches.lists().stream().mapToInt(GradedList::size).max().orElse(0),
                    model.specification().maxTokens(),
                    batches.batchesPerEpoch(),
                    recipe.run.batch(),
                    steps));
            if (batches.leftOut() > 0) {
                lines.add(String.format(
                        Locale.ROOT, "%,d lists left out, whose candidates have no order to learn", batches.leftOut()));
            }
            return lines;
        }

        @Override
        public Learning<PackedSequences> learning(long steps) {
            return new ListLearning(
                    model, recipe.told.loss(), recipe.told.pairs().dropout(model));
        }
    }
}
