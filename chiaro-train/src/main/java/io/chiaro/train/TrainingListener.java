package io.chiaro.train;

/**
 * Is told what happens in a run, on the thread that trains, in order. It holds up the run while it works: be quick, and
 * throw only to stop the run.
 */
@FunctionalInterface
public interface TrainingListener {

    /** Something happened. */
    void on(TrainingEvent event);

    /** A listener that tells several, in their order. */
    static TrainingListener all(Iterable<? extends TrainingListener> listeners) {
        return event -> listeners.forEach(listener -> listener.on(event));
    }
}
