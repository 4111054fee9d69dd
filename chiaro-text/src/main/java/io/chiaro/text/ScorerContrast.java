package io.chiaro.text;

import io.chiaro.core.RunFile;
import io.chiaro.data.EpochOptions;
import io.chiaro.nn.PackedSequences;
import io.chiaro.objective.Objective;
import io.chiaro.train.ContrastiveLearning;
import io.chiaro.train.Learning;
import io.chiaro.train.StepSettings;
import java.util.List;
import java.util.Map;

/**
 * A {@link TextScorer} that is trained by the contrast of a batch.
 *
 * @param run what was told
 * @param told its settings
 */
record ScorerContrast(RunFile run, ScorerSettings told) implements ScorerRecipe {

    @Override
    public String learns() {
        return told.kind().recipe();
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
        return told.written();
    }

    @Override
    public Loaded load(String base, long seed) {
        Objective objective = told.objective(); // an error before anything is loaded
        TextScorer model = told.kind().load(base, seed, told);
        return new Loaded(model, data -> new Contrast(this, objective, model, data, batches(objective, data)));
    }

    private TextBatches batches(Objective objective, TrainingData data) {
        return new TextBatches(
                data.weighted(),
                TextBatches.Form.of(
                        EpochOptions.defaults(run.batch())
                                .withDistinctTexts(objective.needs().inBatchNegatives()),
                        run.chunkTokens()),
                run.seed());
    }

    private record Contrast(
            ScorerContrast recipe, Objective objective, TextScorer model, TrainingData data, TextBatches batches)
            implements Lesson {

        @Override
        public int batchesPerEpoch() {
            return batches.batchesPerEpoch();
        }

        @Override
        public long chunkTokens() {
            return Math.min(
                    Math.max(recipe.run.chunkTokens(), data.longest()),
                    batches.largest().tokens());
        }

        @Override
        public long inputs() {
            return (long) recipe.run.batch() * batches.columns();
        }

        @Override
        public List<String> describe(long steps) {
            return List.of(batches.batchesPerEpoch() + " batches of " + recipe.run.batch() + " an epoch, " + steps
                    + " steps, " + batches.firstEpoch().dropped().total() + " rows left out an epoch");
        }

        @Override
        public Learning<PackedSequences> learning(long steps) {
            ScorerSettings told = recipe.told;
            return new ContrastiveLearning<>(
                            model, objective, told.dropout(model.config().hiddenDropout()), null)
                    .withAuxiliary(told.kind().terms(told, steps, batches.batchesPerEpoch(), recipe.run.accumulate()));
        }
    }
}
