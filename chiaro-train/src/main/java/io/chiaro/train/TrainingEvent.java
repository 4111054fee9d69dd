package io.chiaro.train;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that happened in a run, as plain Java values. {@code step} is always the number of steps done by then: 0 before
 * the first, and {@link StepDone} of the first step says 1. A figure that does not exist is NaN.
 *
 * <p>As JSON an event is one flat object, {@code {"event":"step-done","step":1,...}}; {@link #line} writes it and
 * {@link #from} reads it.
 *
 * <p>Immutable, safe from any thread.
 */
public sealed interface TrainingEvent
        permits TrainingEvent.RunStarted,
                TrainingEvent.StepDone,
                TrainingEvent.Evaluated,
                TrainingEvent.CollapseChecked,
                TrainingEvent.EmbeddingsPictured,
                TrainingEvent.CheckpointSaved,
                TrainingEvent.BestChanged,
                TrainingEvent.RunFinished {

    /** The number of steps done by then. */
    long step();

    /** Hands the event to the method of the visitor that is meant for its type. */
    void accept(Visitor visitor);

    /** One method for each type of event; each does nothing unless overridden. */
    interface Visitor {
        /** The run starts or goes on. */
        default void started(RunStarted event) {}

        /** A step is done. */
        default void stepped(StepDone event) {}

        /** The model was judged. */
        default void evaluated(Evaluated event) {}

        /** The embeddings were looked at. */
        default void collapseChecked(CollapseChecked event) {}

        /** The embeddings were pictured. */
        default void embeddingsPictured(EmbeddingsPictured event) {}

        /** A checkpoint is on the disk. */
        default void checkpointSaved(CheckpointSaved event) {}

        /** There is a new best model. */
        default void bestChanged(BestChanged event) {}

        /** The run is over. */
        default void finished(RunFinished event) {}
    }

    /**
     * The run starts, or goes on from a checkpoint.
     *
     * @param step the steps done before: 0 for a new run
     * @param steps the steps of the whole run
     * @param run its name, for people
     * @param unit what the size of a batch is counted in, in the plural: tokens, pixels
     * @param plan the figures of the plan by name, for example {@code parameters}, {@code batch}, {@code peak-bytes}
     */
    record RunStarted(long step, long steps, String run, String unit, Map<String, Double> plan)
            implements TrainingEvent {
        public RunStarted {
            plan = ordered(plan);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.started(this);
        }
    }

    /**
     * A step of the optimiser is done.
     *
     * @param step the steps done, this one counted
     * @param steps the steps of the whole run
     * @param epoch passes over the data so far, with its fraction
     * @param loss the objective's value over the batch
     * @param chanceLoss the value that embeddings without any signal would have; NaN where the objective has none
     * @param learningRate the rate that the step used
     * @param gradientNorm of the whole gradient, before clipping
     * @param tokens in the batch, or whatever the run counts in, padding not counted
     * @param seconds that the step took
     * @param paddingShare the share of computed positions that were padding, from 0 to 1
     * @param components the terms of the loss by name
     * @param maskedCells cells of the batch's grid that were ignored, as duplicates or likely false negatives
     */
    record StepDone(
            long step,
            long steps,
            double epoch,
            double loss,
            double chanceLoss,
            double learningRate,
            double gradientNorm,
            long tokens,
            double seconds,
            double paddingShare,
            Map<String, Double> components,
            long maskedCells)
            implements TrainingEvent {
        public StepDone {
            components = ordered(components);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.stepped(this);
        }
    }

    /**
     * The model was judged.
     *
     * @param name of what it was judged on
     * @param metrics values by metric key
     */
    record Evaluated(long step, String name, Map<String, Double> metrics) implements TrainingEvent {
        public Evaluated {
            metrics = ordered(metrics);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.evaluated(this);
        }
    }

    /** The embeddings of a batch were looked at. */
    record CollapseChecked(long step, CollapseVerdict verdict) implements TrainingEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.collapseChecked(this);
        }
    }

    /** The scores and directions of the batch that was looked at. */
    record EmbeddingsPictured(long step, EmbeddingPicture picture) implements TrainingEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.embeddingsPictured(this);
        }
    }

    /** A checkpoint is on the disk, whole. */
    record CheckpointSaved(long step, String path, long bytes, double seconds) implements TrainingEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.checkpointSaved(this);
        }
    }

    /**
     * There is a new best model.
     *
     * @param previous the value of the best before, NaN for the first
     */
    record BestChanged(long step, String metric, double value, double previous) implements TrainingEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.bestChanged(this);
        }
    }

    /** Why a run is over. */
    enum Ending {
        /** All steps are done. */
        COMPLETED,
        /** The best metric did not get better for as long as the patience lasts. */
        STOPPED_EARLY,
        /** The user stopped it. */
        INTERRUPTED,
        /** An error ended it. */
        FAILED
    }

    /**
     * The run is over.
     *
     * @param message one sentence for people
     * @param tokens trained on in this process
     * @param seconds since the start of this process's part of the run
     */
    record RunFinished(long step, Ending ending, String message, long tokens, double seconds) implements TrainingEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.finished(this);
        }
    }

    /** The event as one line of JSON, without a line feed. */
    default String line() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("event", nameOf(getClass()));
        object.putAll(Json.parse("event", Json.line(this)).toMap());
        return Json.line(object);
    }

    /** Reads what {@link #line} writes. */
    static TrainingEvent from(String where, String line) {
        JsonObject object = Json.parse(ChiaroException.Kind.MODEL, where, line);
        String name = object.string("event");
        List<String> names = new ArrayList<>();
        for (Class<?> type : TrainingEvent.class.getPermittedSubclasses()) {
            if (nameOf(type).equals(name)) {
                Map<String, Object> components = object.toMap();
                components.remove("event");
                JsonObject record = Json.parse(ChiaroException.Kind.MODEL, where, Json.line(components));
                return (TrainingEvent) Json.read(record, type.asSubclass(Record.class));
            }
            names.add(nameOf(type));
        }
        throw ChiaroException.model(
                where + ": expected an event that is known, but found \"" + name + "\". " + Names.hint(name, names));
    }

    private static String nameOf(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, Double> ordered(Map<String, Double> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
