package io.chiaro.objective;

/** A value of all rows of a batch by their classes, however many views there are. */
public interface LabelledLoss extends BatchLoss {

    @Override
    default boolean labelled() {
        return true;
    }

    @Override
    default int views() {
        return 1;
    }
}
