package io.chiaro.train;

import io.chiaro.core.RunFile;
import io.chiaro.core.Schedule;
import java.util.Optional;

/**
 * How a run goes, whatever it learns.
 *
 * @param steps steps of the whole run
 * @param learningRate the base rate that the schedule multiplies
 * @param schedule how the rate changes over the run
 * @param clip the largest norm of the whole gradient; 0 for none
 * @param checkpointSteps steps between two checkpoints, each with a judgement before it
 * @param collapseSteps steps between two looks at the embeddings
 * @param seed of every random stream
 * @param bestMetric the metric by which the best model is kept, or empty for the last
 * @param patience judgements without a better metric after which the run stops, or empty for never
 * @param gradient how the gradient of a step is made
 */
public record TrainerSettings(
        long steps,
        double learningRate,
        Schedule schedule,
        double clip,
        int checkpointSteps,
        int collapseSteps,
        long seed,
        Optional<String> bestMetric,
        Optional<Integer> patience,
        GradientSettings gradient) {

    /** How often a run looks at its embeddings at the least, and after how many steps at the latest. */
    private static final int LOOKS = 20;

    private static final int MOST_BETWEEN_LOOKS = 50;

    public TrainerSettings {
        if (steps < 1 || checkpointSteps < 1 || collapseSteps < 1 || !(learningRate > 0) || !(clip >= 0)) {
            throw new IllegalArgumentException(
                    "TrainerSettings: expected positive steps and learning rate and a clip of at least 0, but found steps "
                            + steps + ", checkpoint-steps " + checkpointSteps + ", collapse-steps " + collapseSteps
                            + ", learning-rate " + learningRate + ", clip " + clip);
        }
    }

    /** Settings with a gradient of one batch, taken where the weights are. */
    public TrainerSettings(
            long steps,
            double learningRate,
            Schedule schedule,
            double clip,
            int checkpointSteps,
            int collapseSteps,
            long seed,
            Optional<String> bestMetric,
            Optional<Integer> patience) {
        this(
                steps,
                learningRate,
                schedule,
                clip,
                checkpointSteps,
                collapseSteps,
                seed,
                bestMetric,
                patience,
                GradientSettings.defaults());
    }

    /** The same with another way to a step's gradient. */
    public TrainerSettings withGradient(GradientSettings other) {
        return new TrainerSettings(
                steps, learningRate, schedule, clip, checkpointSteps, collapseSteps, seed, bestMetric, patience, other);
    }

    /**
     * What a run was told.
     *
     * @param steps of the whole run
     * @param told of a step
     */
    public static TrainerSettings of(RunFile run, long steps, StepSettings told) {
        return new TrainerSettings(
                        steps,
                        run.learningRate(),
                        run.learningRateSchedule(),
                        run.clip(),
                        run.checkpointSteps(),
                        Math.max(1, Math.min(MOST_BETWEEN_LOOKS, (int) (steps / LOOKS))),
                        run.seed(),
                        run.bestMetric(),
                        run.patience())
                .withGradient(new GradientSettings(run.accumulate(), told.sharpnessRadius()));
    }

    /** 2e-5 with a cosine after a tenth of warm-up, norm clipped at 1, a checkpoint every 100 steps, seed 42. */
    public static TrainerSettings defaults(long steps) {
        return new TrainerSettings(
                steps, 2e-5, Schedule.cosine(0.1), 1.0, 100, 50, 42, Optional.empty(), Optional.empty());
    }
}
