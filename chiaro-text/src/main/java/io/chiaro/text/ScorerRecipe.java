package io.chiaro.text;

import io.chiaro.nn.PackedSequences;
import io.chiaro.train.BatchSource;
import io.chiaro.train.Learning;
import io.chiaro.train.StepSettings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How one kind of {@link TextScorer} is made and what it learns from, by what a run was told. */
interface ScorerRecipe {

    /** What is made small, in the run's provenance. */
    String learns();

    /** What is said of a step. */
    StepSettings step();

    /** What of the encoder learns. */
    EncoderTuning tuning();

    /** What is made small and its numbers, for people to read. */
    Map<String, String> slots();

    /** Loads what the run starts from. */
    Loaded load(String base, long seed);

    /**
     * A model before its first step.
     *
     * @param model to be closed by whoever asked for it
     * @param lessons what data teach it
     */
    record Loaded(TextScorer model, Function<TrainingData, Lesson> lessons) {}

    /** What some data teach a model. */
    interface Lesson {

        BatchSource<PackedSequences> batches();

        /** Of a pass over the data. */
        int batchesPerEpoch();

        /** Tokens of the largest chunk. */
        long chunkTokens();

        /** Texts of the largest batch. */
        long inputs();

        /** How the data become batches, for people to read. */
        List<String> describe(long steps);

        /**
         * What becomes of a batch.
         *
         * @param steps of the run
         */
        Learning<PackedSequences> learning(long steps);
    }
}
