package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.RandomStream;
import io.chiaro.tensor.NativeRuntime;
import io.chiaro.tensor.Optimizer;
import io.chiaro.tensor.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The training loop: batch, gradients, step, and now and then a judgement and a checkpoint. It knows neither text nor
 * pictures; a {@link Learning} turns a batch into gradients.
 *
 * <p>A run is determined by its seed: random numbers are addressed by the step, batches are planned ahead, and a checkpoint
 * holds all the rest, so that a run that was killed and resumed ends in the same weights.
 *
 * <p>One thread runs it; {@link #requestStop} may come from any.
 *
 * @param <C> what a chunk of a batch is
 */
public final class Trainer<C> {

    /** Rare enough to cost nothing, often enough that freed pages do not pile up beyond the memory plan. */
    private static final int STEPS_BETWEEN_RELEASES = 25;

    private final BatchSource<C> source;
    private final Learning<C> learning;
    private final Optimizer optimizer;
    private final TrainerSettings settings;
    private final Validation validation;
    private final CheckpointStore checkpoints;
    private final List<TrainingListener> listeners;
    private final LongSupplier nanoTime;

    private Optional<EarlyStopping> stopping;
    private long step;
    private volatile boolean stopRequested;

    /**
     * A run that has not started.
     *
     * @param nanoTime the time in nanoseconds, for durations in events
     * @throws ChiaroException of kind usage if the best metric is none of those that the validation gives
     */
    public Trainer(
            BatchSource<C> source,
            Learning<C> learning,
            Optimizer optimizer,
            TrainerSettings settings,
            Validation validation,
            CheckpointStore checkpoints,
            List<TrainingListener> listeners,
            LongSupplier nanoTime) {
        this.source = source;
        this.learning = learning;
        this.optimizer = optimizer;
        this.settings = settings;
        this.validation = validation;
        this.checkpoints = checkpoints;
        this.listeners = List.copyOf(listeners);
        this.nanoTime = nanoTime;
        this.stopping = settings.bestMetric()
                .map(metric -> EarlyStopping.of(metric, validation.metrics(), settings.patience()));
    }

    /**
     * Goes on from the newest whole checkpoint, if there is one.
     *
     * @param anyMachine whether another BLAS or number of threads is accepted, at the price of other last bits
     * @return the steps that are already done
     */
    public long restore(boolean anyMachine) {
        Optional<CheckpointStore.Checkpoint> latest = checkpoints.latest();
        latest.ifPresent(checkpoint -> {
            TrainingState.Counters counters =
                    TrainingState.read(checkpoint.directory(), learning.state(), optimizer, anyMachine);
            step = counters.step();
            stopping = stopping.isPresent() ? counters.stopping().or(() -> stopping) : stopping;
            // A kill may have come between the best checkpoint and its mark.
            stopping.map(EarlyStopping::bestStep)
                    .filter(checkpoints.steps()::contains)
                    .ifPresent(checkpoints::markBest);
        });
        return step;
    }

    /** Asks the run to stop after the step that it is in, with a checkpoint. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Runs to the end. Afterwards the parameters are those of the best judgement if a metric is watched, else the last; where
     * the optimiser keeps others than it trains, they are those that it keeps.
     *
     * @param name of the run, for people
     * @param plan figures of the plan by name, for the first event
     * @return why it ended
     */
    public TrainingEvent.Ending run(String name, Map<String, Double> plan) {
        long start = nanoTime.getAsLong();
        long tokens = 0;
        emit(new TrainingEvent.RunStarted(step, settings.steps(), name, source.unit(), plan));
        TrainingEvent.Ending ending = TrainingEvent.Ending.COMPLETED;
        try (StepGradient<C> gradient = new StepGradient<>(source, learning, settings)) {
            if (step == 0) {
                rehearse();
            }
            while (step < settings.steps()) {
                // Asked before the step, since a resumed run may have lost its patience before it was killed.
                if (stopping.map(EarlyStopping::stops).orElse(false)) {
                    ending = TrainingEvent.Ending.STOPPED_EARLY;
                    break;
                }
                tokens += oneStep(gradient);
                boolean last = step == settings.steps();
                boolean planned = step % settings.checkpointSteps() == 0 || last;
                if (planned) {
                    judge();
                }
                // A stop in between saves without judging: the straight run does not judge here, and a judgement may
                // change which weights are taken in the end.
                if (planned || stopRequested) {
                    save();
                }
                if (stopRequested && !last) {
                    ending = TrainingEvent.Ending.INTERRUPTED;
                    break;
                }
            }
        } catch (RuntimeException e) {
            emit(new TrainingEvent.RunFinished(
                    step, TrainingEvent.Ending.FAILED, String.valueOf(e.getMessage()), tokens, seconds(start)));
            throw e;
        }
        if (ending != TrainingEvent.Ending.INTERRUPTED) {
            takeBest();
        }
        emit(new TrainingEvent.RunFinished(step, ending, message(ending), tokens, seconds(start)));
        return ending;
    }

    /** The largest planned batch once, without a step: what does not fit fails now and not hours later. */
    private void rehearse() {
        learning.rehearse(source.largest(), RandomStream.address(settings.seed(), "rehearsal"));
        parameters().zeroGradients();
        NativeRuntime.releasePages();
    }

    private long oneStep(StepGradient<C> gradient) {
        long start = nanoTime.getAsLong();
        StepGradient.Found found = gradient.of(step);
        StepOutcome outcome = found.outcome();
        if (!Double.isFinite(outcome.loss())) {
            throw ChiaroException.model("step " + (step + 1) + ": the loss is " + outcome.loss()
                    + ". Lower the learning rate (now " + settings.learningRate() + ") or raise the temperature.");
        }
        double norm = settings.clip() > 0
                ? parameters().clipGradients(settings.clip())
                : parameters().gradientNorm();
        if (!Double.isFinite(norm)) {
            throw ChiaroException.model("step " + (step + 1) + ": the norm of the gradient is " + norm
                    + ". Lower the learning rate (now " + settings.learningRate() + ") or raise the temperature.");
        }
        double rate = settings.learningRate() * settings.schedule().at(step, settings.steps());
        optimizer.step(rate);
        learning.stepped();
        step++;
        if (step % STEPS_BETWEEN_RELEASES == 0) {
            NativeRuntime.releasePages();
        }
        emit(new TrainingEvent.StepDone(
                step,
                settings.steps(),
                found.epoch(),
                outcome.loss(),
                outcome.chance(),
                rate,
                norm,
                found.tokens(),
                seconds(start),
                found.paddingShare(),
                outcome.components(),
                outcome.maskedCells()));
        boolean look = step == 1 || step % settings.collapseSteps() == 0 || step == settings.steps();
        if (look && outcome.anchors().length > 1) {
            CollapseVerdict verdict = CollapseVerdict.of(outcome.anchors(), outcome.positives());
            emit(new TrainingEvent.CollapseChecked(step, verdict));
            // Vectors that are not finite have no directions to draw.
            if (Double.isFinite(verdict.effectiveRank())) {
                emit(new TrainingEvent.EmbeddingsPictured(
                        step, EmbeddingPicture.of(outcome.anchors(), outcome.positives())));
            }
        }
        return found.tokens();
    }

    private void judge() {
        if (!validation.metrics().isEmpty()) {
            Map<String, Double> metrics = judged();
            emit(new TrainingEvent.Evaluated(step, "validation", metrics));
            stopping.ifPresent(before -> {
                EarlyStopping after = before.after(step, metrics);
                stopping = Optional.of(after);
                if (after.bestStep() == step) {
                    emit(new TrainingEvent.BestChanged(
                            step,
                            after.metric(),
                            after.best().orElse(Double.NaN),
                            before.best().orElse(Double.NaN)));
                }
            });
        }
    }

    private Map<String, Double> judged() {
        optimizer.toJudging();
        try {
            return validation.judge();
        } finally {
            optimizer.toTraining();
        }
    }

    private void save() {
        long start = nanoTime.getAsLong();
        CheckpointStore.Checkpoint saved = checkpoints.save(
                step, directory -> TrainingState.write(directory, learning.state(), optimizer, step, stopping));
        if (stopping.map(EarlyStopping::bestStep).orElse(-1L) == step) {
            checkpoints.markBest(step);
        }
        emit(new TrainingEvent.CheckpointSaved(step, saved.directory().toString(), saved.bytes(), seconds(start)));
    }

    private void takeBest() {
        if (stopping.isPresent()) {
            checkpoints
                    .best()
                    .ifPresent(best -> TrainingState.readWeights(best.directory(), learning.state(), optimizer));
        }
        optimizer.toJudging();
    }

    private String message(TrainingEvent.Ending ending) {
        String best = stopping.flatMap(watched -> watched.best()
                        .map(value -> " The best " + watched.metric() + " was " + value + " at step "
                                + watched.bestStep() + "."))
                .orElse("");
        return switch (ending) {
            case COMPLETED -> "All " + settings.steps() + " steps are done." + best;
            case STOPPED_EARLY -> "Stopped at step " + step + ", since nothing better came." + best;
            case INTERRUPTED -> "Stopped at step " + step + " as asked; resume goes on from here." + best;
            case FAILED -> "Failed at step " + step + ".";
        };
    }

    private ParameterStore parameters() {
        return learning.parameters();
    }

    private double seconds(long start) {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    private void emit(TrainingEvent event) {
        listeners.forEach(listener -> listener.on(event));
    }
}
